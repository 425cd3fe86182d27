/**
 * The `aws-chunked` framing of SigV4 streaming bodies: `<hex size>[;chunk-signature=…]CRLF <bytes> CRLF …
 * 0[;…]CRLF <trailers> CRLF`. It lies inside the HTTP body and must never reach the stored object.
 */
import { incompleteBody, S3Fault } from '../faults.ts'

const maxLineBytes = 8 * 1024

/** Whether a request's body is framed. */
export function isAwsChunked(header: (name: string) => string | undefined): boolean {
  return (
    (header('x-amz-content-sha256') ?? '').startsWith('STREAMING-') ||
    (header('content-encoding') ?? '').split(',').some((coding) => coding.trim() === 'aws-chunked')
  )
}

/** The bytes within the framing; `trailers` gets the lines behind the last chunk, names in lower case. */
export async function* unframe(
  source: AsyncIterable<Uint8Array>,
  trailers: Map<string, string>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let line = ''
  let state: 'size' | 'bytes' | 'end-of-bytes' | 'trailers' = 'size'
  let leftBytes = 0
  for await (const piece of source) {
    let at = 0
    while (at < piece.length) {
      if (state === 'bytes') {
        const to = Math.min(piece.length, at + leftBytes)
        yield piece.subarray(at, to)
        leftBytes -= to - at
        at = to
        if (leftBytes === 0) state = 'end-of-bytes'
        continue
      }
      const newline = piece.indexOf(10, at)
      line += Buffer.from(piece.subarray(at, newline < 0 ? piece.length : newline)).toString('latin1')
      if (line.length > maxLineBytes) throw malformed('a line that does not end')
      if (newline < 0) break
      at = newline + 1
      const text = line.trim()
      line = ''
      if (state === 'end-of-bytes') {
        if (text !== '') throw malformed('a chunk longer than it said')
        state = 'size'
      } else if (state === 'size') {
        const hex = text.split(';', 1)[0] ?? ''
        if (!/^[0-9a-f]{1,12}$/i.test(hex)) throw malformed(`chunk size "${hex.slice(0, 20)}"`)
        leftBytes = Number.parseInt(hex, 16)
        state = leftBytes > 0 ? 'bytes' : 'trailers'
      } else if (text !== '') {
        const colon = text.indexOf(':')
        if (colon < 0)
          throw new S3Fault(
            400,
            'MalformedTrailerError',
            'The request contained trailing data that was not well-formed',
          )
        trailers.set(text.slice(0, colon).trim().toLowerCase(), text.slice(colon + 1).trim())
        if (trailers.size > 16) throw malformed('too many trailers')
      }
    }
  }
  if (state !== 'trailers') throw incompleteBody()
}

const malformed = (what: string) =>
  new S3Fault(400, 'InvalidRequest', `The aws-chunked body is malformed: ${what}`)
