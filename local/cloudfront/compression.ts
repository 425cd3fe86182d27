/** Compression on the way into the cache ("Serve compressed files"). */
import type { Readable } from 'node:stream'
import { constants, createBrotliCompress, createGzip } from 'node:zlib'
import { encodingsOf } from './caching/cache-key.ts'
import type { Behaviour } from './config.ts'
import { type EdgeRequest, type Headers, headerOf, withHeaders } from './message.ts'

const minimumBytes = 1000
const maximumBytes = 10_000_000

/** The types CloudFront compresses that a headend may send. */
const types = new Set([
  'application/dash+xml',
  'application/eot',
  'application/font',
  'application/font-sfnt',
  'application/javascript',
  'application/json',
  'application/opentype',
  'application/otf',
  'application/pdf',
  'application/pkcs7-mime',
  'application/protobuf',
  'application/rss+xml',
  'application/truetype',
  'application/ttf',
  'application/vnd.apple.mpegurl',
  'application/vnd.mapbox-vector-tile',
  'application/vnd.ms-fontobject',
  'application/wasm',
  'application/x-font-opentype',
  'application/x-font-truetype',
  'application/x-font-ttf',
  'application/x-httpd-cgi',
  'application/x-javascript',
  'application/x-mpegurl',
  'application/x-opentype',
  'application/x-otf',
  'application/x-perl',
  'application/x-ttf',
  'application/xhtml+xml',
  'application/xml',
  'application/xml+rss',
  'font/eot',
  'font/opentype',
  'font/otf',
  'font/ttf',
  'image/svg+xml',
  'text/css',
  'text/csv',
  'text/html',
  'text/javascript',
  'text/js',
  'text/plain',
  'text/richtext',
  'text/tab-separated-values',
  'text/xml',
  'text/x-component',
  'text/x-java-source',
  'text/x-script',
  'vnd.apple.mpegurl',
])

export interface Compressible {
  readonly status: number
  readonly headers: Headers
  readonly body: Readable
}

/** The response compressed for this viewer, or as it is. */
export function compressed(response: Compressible, behaviour: Behaviour, request: EdgeRequest): Compressible {
  const encoding = encodingFor(response, behaviour, request)
  if (encoding === undefined) return response
  const encoder =
    encoding === 'br'
      ? createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 5 } })
      : createGzip()
  response.body.once('error', (error) => encoder.destroy(error))
  const etag = headerOf(response.headers, 'etag')
  return {
    status: response.status,
    headers: withHeaders(response.headers, {
      'content-encoding': encoding,
      'content-length': undefined,
      vary: headerOf(response.headers, 'vary') ?? 'Accept-Encoding',
      // The bytes differ from the origin's, so a strong validator becomes a weak one.
      ...(etag === undefined ? {} : { etag: etag.startsWith('W/') ? etag : `W/${etag}` }),
    }),
    body: response.body.pipe(encoder),
  }
}

function encodingFor(
  { status, headers }: Compressible,
  { compress, cachePolicy }: Behaviour,
  request: EdgeRequest,
): 'br' | 'gzip' | undefined {
  const accepted = encodingsOf(cachePolicy, request.headers)
  if (!compress || accepted === undefined || accepted === '') return undefined
  if (![200, 403, 404].includes(status) || headers['content-encoding'] !== undefined) return undefined
  const bytes = Number(headerOf(headers, 'content-length') ?? Number.NaN)
  if (!(bytes >= minimumBytes && bytes <= maximumBytes)) return undefined
  const type = headerOf(headers, 'content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (!types.has(type)) return undefined
  return accepted.startsWith('br') ? 'br' : 'gzip'
}
