/** Base64 (RFC 4648 4) in XML documents and manifests. */
import { HeadendError } from '../errors.ts'

/** Decodes a text. White space is skipped; anything else that is not base64 is refused. */
export function base64Bytes(text: string, what: string): Uint8Array<ArrayBuffer> {
  const bare = SPACE.test(text) ? text.replaceAll(SPACES, '') : text
  let binary: string
  try {
    binary = atob(bare)
  } catch (cause) {
    // the text may be a key, so it is not shown
    throw new HeadendError(
      'BASE64_TEXT',
      `${what}: expected base64, got ${bare.length} characters that are not`,
      { cause },
    )
  }
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}

/** Encodes bytes in one line, padded. */
export function base64Text(bytes: Uint8Array): string {
  let binary = ''
  for (let from = 0; from < bytes.length; from += PIECE)
    binary += String.fromCharCode(...bytes.subarray(from, from + PIECE))
  return btoa(binary)
}

/** White space of XML. */
const SPACE = /[\t\n\r ]/
const SPACES = /[\t\n\r ]+/g

/** The number of arguments in one call: engines stop at some ten thousands. */
const PIECE = 4096
