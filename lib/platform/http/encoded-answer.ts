/** Answers of text through a buffered Function URL, compressed as the cache in front asks for them. */
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/** An answer of text; header names are lower case. */
export interface TextAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What Lambda makes an HTTP response of (payload format 2.0). */
export interface UrlAnswer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly isBase64Encoded: boolean
}

/** Lambda's limit of a buffered answer: 6 MB and 100 bytes of JSON. */
export const maxAnswerBytes = 6 * 2 ** 20 + 100

/** Below it compression costs more than it saves; CloudFront has the same bound. */
const minBytes = 1000

const encoders = {
  // Text that repeats itself as manifests do gains little above this quality, and takes several times as long.
  br: (text: string) => promisify(brotliCompress)(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  gzip: (text: string) => promisify(gzip)(text),
}

/** The answer, encoded as `acceptEncoding` allows; undefined where it is longer than Lambda lets it be. */
export async function encodedAnswer(
  { status, headers, body }: TextAnswer,
  acceptEncoding = '',
): Promise<UrlAnswer | undefined> {
  const encoding = body.length < minBytes ? undefined : encodingOf(acceptEncoding)
  const plain = { statusCode: status, headers: { ...headers, vary: 'accept-encoding' } }
  const answer: UrlAnswer =
    encoding === undefined
      ? { ...plain, body, isBase64Encoded: false }
      : {
          statusCode: status,
          headers: { ...plain.headers, 'content-encoding': encoding },
          body: (await encoders[encoding](body)).toString('base64'),
          isBase64Encoded: true,
        }
  return Buffer.byteLength(JSON.stringify(answer)) > maxAnswerBytes ? undefined : answer
}

/** CloudFront says `br,gzip`, `br` or `gzip`; what is asked for with a weight of nothing is refused (RFC 9110 12.5.3). */
function encodingOf(acceptEncoding: string): 'br' | 'gzip' | undefined {
  const accepted = new Set(
    acceptEncoding
      .toLowerCase()
      .split(',')
      .filter((item) => !/;\s*q=0(\.0*)?\s*$/.test(item))
      .map((item) => item.split(';')[0]?.trim()),
  )
  return accepted.has('br') ? 'br' : accepted.has('gzip') ? 'gzip' : undefined
}
