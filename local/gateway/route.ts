/** Which service a request on the one endpoint is for. */
import type { IncomingMessage } from 'node:http'
import { faultsPath } from '../faults/index.ts'
import { bucketOfHost } from '../s3/index.ts'

export type Route =
  | { readonly kind: 'service'; readonly name: string }
  /** `target` is path and query below the Function URL. */
  | { readonly kind: 'function-url'; readonly id: string; readonly target: string }
  /** The endpoint's own: who runs it. */
  | { readonly kind: 'instance' }
  /** What a test asks to go wrong. */
  | { readonly kind: 'faults' }

/**
 * By a host that is a bucket's, then by X-Amz-Target, then by paths that belong to one service, then by the service in the signature's scope;
 * what is left is S3, the only one that is asked without a signature.
 */
export function routeOf(request: IncomingMessage): Route {
  const url = request.url ?? '/'
  // Any path of it is a key, also one that looks like a path of another service.
  if (bucketOfHost(request.headers.host) !== undefined) return { kind: 'service', name: 's3' }
  const [, id, rest = ''] = /^\/_aws\/lambda-url\/([A-Za-z0-9.-]+)(.*)$/s.exec(url) ?? []
  if (id !== undefined && /^($|[/?])/.test(rest)) {
    return { kind: 'function-url', id, target: rest.startsWith('/') ? rest : `/${rest}` }
  }
  if (url === instancePath) return { kind: 'instance' }
  if (url.split('?', 1)[0] === faultsPath) return { kind: 'faults' }
  const target = request.headers['x-amz-target']
  if (typeof target === 'string') {
    const prefix = target.split('.')[0] ?? ''
    return { kind: 'service', name: jsonServices.get(prefix) ?? scopeService(request) ?? prefix }
  }
  if (url.startsWith('/key-value-stores/')) return { kind: 'service', name: 'cloudfront-keyvaluestore' }
  if (/^\/\d{4}-\d\d-\d\d\/functions\//.test(url)) return { kind: 'service', name: 'lambda' }
  return { kind: 'service', name: scopeService(request) ?? 's3' }
}

/** Where a second start asks whether this data directory is in use. */
export const instancePath = '/_aws/instance'

/** Where the prefix says more than the signature's scope does, or there is none. Streams are answered by the table engine. */
const jsonServices: ReadonlyMap<string, string> = new Map([
  ['DynamoDB_20120810', 'dynamodb'],
  ['DynamoDBStreams_20120810', 'dynamodb'],
  ['AmazonSQS', 'sqs'],
  ['secretsmanager', 'secretsmanager'],
  ['TrentService', 'kms'],
  ['AmazonSSM', 'ssm'],
])

function scopeService({ headers, url = '/' }: IncomingMessage): string | undefined {
  const header = /Credential=[^/,\s]+\/\d+(?:\/[^/,\s]+)?\/([^/,\s]+)\/aws4_request/.exec(
    headers.authorization ?? '',
  )
  if (header !== null) return header[1]
  const query = /[?&]X-Amz-Credential=[^&]*?(?:%2F|\/)([a-z0-9-]+)(?:%2F|\/)aws4_request/i.exec(url)
  return query?.[1]
}
