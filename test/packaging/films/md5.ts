/** The digest by which samples are told apart. */
import { createHash } from 'node:crypto'

/** In hexadecimal. */
export const md5Of = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex')
