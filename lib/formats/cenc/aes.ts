/** The AES operations that encryption needs; passed in by the caller, because formats are platform-independent. */

/** Encrypts bytes in place, continuing where the last call ended. */
export type StreamCipher = (bytes: Uint8Array) => void

/** AES-128. Key and IV have 16 bytes. */
export interface Aes {
  /** Counter mode. */
  ctr(key: Uint8Array, iv: Uint8Array): StreamCipher
  /** Cipher block chaining without padding; takes whole blocks. */
  cbc(key: Uint8Array, iv: Uint8Array): StreamCipher
  /** Each block separately (ECB); takes whole blocks. */
  ecb(key: Uint8Array): StreamCipher
}

/** Encrypts one block and returns a copy. */
export function encipherBlock(aes: Pick<Aes, 'ecb'>, key: Uint8Array, block: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(block)
  aes.ecb(key)(bytes)
  return bytes
}
