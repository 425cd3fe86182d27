/** SigV4's canonical request, rebuilt from what came over the wire. */
import type { IncomingMessage } from 'node:http'
import { AwsFault } from '../service.ts'
import type { Signature } from './signature.ts'

/** The text whose hash was signed. `payloadHash` is what the client said or what its body gives. */
export function canonicalRequest(
  request: IncomingMessage,
  signature: Signature,
  payloadHash: string,
): string {
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2)
  return [
    request.method ?? 'GET',
    canonicalPath(path, signature.service),
    canonicalQuery(query),
    ...signature.signedHeaders.map((name) => `${name}:${headerValue(request, name)}`),
    '',
    signature.signedHeaders.join(';'),
    payloadHash,
  ].join('\n')
}

/** S3 signs the path as it is; every other service encodes it once more. */
function canonicalPath(path: string, service: string): string {
  const once = path.split('/').map((segment) => encode(decode(segment)))
  return (service === 's3' ? once : once.map(encode)).join('/') || '/'
}

function canonicalQuery(query: string): string {
  return query
    .split('&')
    .filter((pair) => pair !== '' && !pair.startsWith('X-Amz-Signature='))
    .map((pair): readonly [string, string] => {
      const at = pair.indexOf('=')
      const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
      return [encode(decode(name.replaceAll('+', ' '))), encode(decode(value.replaceAll('+', ' ')))]
    })
    .toSorted(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

function headerValue(request: IncomingMessage, name: string): string {
  const values = request.headersDistinct[name] ?? []
  return values.map((value) => value.trim().replaceAll(/ +/g, ' ')).join(',')
}

/** RFC 3986: everything but unreserved characters, byte by byte. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new AwsFault('InvalidURI', "Couldn't parse the specified URI.")
  }
}
