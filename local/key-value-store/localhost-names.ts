/** Names under localhost, looked up as RFC 6761 6.3 asks and not every system does. */
import dns from 'node:dns'
import { isRecord } from '../json-input.ts'

const loopback = '127.0.0.1'

/**
 * Makes this thread find every `*.localhost` name on the loopback address. The SDK's KeyValueStore client puts the
 * account before the endpoint's host, which no address allows: with `AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE`
 * set to `http://localhost:<port>` it asks for `000000000000.localhost`.
 */
export function answerLocalhostNames(): void {
  dns.lookup = new Proxy(dns.lookup, {
    apply(lookup, self, call: readonly unknown[]) {
      const [hostname, options] = call
      const done = call.at(-1)
      if (typeof hostname !== 'string' || !/(^|\.)localhost$/i.test(hostname) || typeof done !== 'function') {
        return Reflect.apply(lookup, self, call)
      }
      const all = isRecord(options) && options['all'] === true
      const found = all ? [[{ address: loopback, family: 4 }]] : [loopback, 4]
      process.nextTick(() => Reflect.apply(done, undefined, [null, ...found]))
      return {}
    },
  })
}
