/** The head of a streamed HTTP response: JSON metadata, eight zero bytes, then the body. */
import type { Readable } from 'node:stream'

/** What `awslambda.HttpResponseStream.from` was given. */
export interface Prelude {
  readonly statusCode?: unknown
  readonly headers?: unknown
  readonly cookies?: unknown
}

const maximumBytes = 64 * 1024
const end = Buffer.alloc(8)

/**
 * Takes the metadata off the stream, which is left at the first byte of the body; throws when it is none. Undefined
 * for a stream without a byte, which AWS answers with nothing at all (aws-lambda-nodejs-runtime-interface-client#95).
 */
export async function readPrelude(body: Readable): Promise<Prelude | undefined> {
  let head = Buffer.alloc(0)
  for (;;) {
    const at = head.indexOf(end)
    if (at >= 0) {
      const rest = head.subarray(at + end.length)
      if (rest.length > 0) body.unshift(rest)
      const metadata: unknown = JSON.parse(head.subarray(0, at).toString('utf8'))
      if (typeof metadata !== 'object' || metadata === null) throw new Error('prelude: no object')
      return metadata
    }
    if (head.length > maximumBytes) throw new Error(`prelude: no end within ${maximumBytes} bytes`)
    const chunk = await nextChunk(body)
    if (chunk === undefined && head.length === 0) return undefined
    if (chunk === undefined) throw new Error('prelude: the stream ended inside it')
    head = Buffer.concat([head, chunk])
  }
}

async function nextChunk(body: Readable): Promise<Buffer | undefined> {
  for (;;) {
    const chunk: unknown = body.read()
    if (Buffer.isBuffer(chunk)) return chunk
    if (body.errored !== null) throw body.errored
    if (body.readableEnded) return undefined
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        for (const event of ['readable', 'end', 'error', 'close']) body.off(event, wake)
        resolve()
      }
      for (const event of ['readable', 'end', 'error', 'close']) body.on(event, wake)
    })
    if (body.destroyed && body.readableLength === 0 && !body.readableEnded) {
      throw body.errored ?? new Error('prelude: the stream was closed inside it')
    }
  }
}
