/** Text answers through a buffered Function URL, compressed as the cache in front accepts. */
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/** A text answer; header names are lower case. */
export interface TextAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The answer from which Lambda makes an HTTP response (payload format 2.0). */
export interface UrlAnswer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly isBase64Encoded: boolean
}

/** Lambda's limit for a buffered answer: 6 MB and 100 bytes of JSON. */
export const maxAnswerBytes = 6 * 2 ** 20 + 100

/** Below this, compression costs more than it saves; CloudFront has the same bound. */
const minBytes = 1000

const encoders = {
  // Repetitive text such as manifests gains little above this quality, and takes several times as long.
  br: (text: string) => promisify(brotliCompress)(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  gzip: (text: string) => promisify(gzip)(text),
}

/** The answer, encoded as `acceptEncoding` allows; undefined if it exceeds Lambda's limit. */
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

/** CloudFront sends `br,gzip`, `br` or `gzip`; a weight of 0 excludes an encoding (RFC 9110 12.5.3). */
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
