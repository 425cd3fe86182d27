/** Digests of text and bytes. */
import { createHash } from 'node:crypto'

/** SHA-256 as 64 lower-case hex digits. */
export const sha256Hex = (contents: string | Uint8Array): string =>
  createHash('sha256').update(contents).digest('hex')
