/** What of AES protection needs; given by who has it, for formats know no machine. */

/** Encrypts bytes where they stand, going on where it ended. */
export type StreamCipher = (bytes: Uint8Array) => void

/** AES-128. Key and IV have 16 bytes. */
export interface Aes {
  /** Counter mode. */
  ctr(key: Uint8Array, iv: Uint8Array): StreamCipher
  /** Cipher block chaining without padding; takes whole blocks. */
  cbc(key: Uint8Array, iv: Uint8Array): StreamCipher
  /** Each block by itself; takes whole blocks. */
  ecb(key: Uint8Array): StreamCipher
}

/** One block by itself; the block stays as it is. */
export function encipherBlock(aes: Pick<Aes, 'ecb'>, key: Uint8Array, block: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(block)
  aes.ecb(key)(bytes)
  return bytes
}
