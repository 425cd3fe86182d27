/** What of AES protection needs; given by who has it, for formats know no machine. */

/** Encrypts what it is given, going on where it ended; as long as its input. */
export type StreamCipher = (bytes: Uint8Array) => Uint8Array

/** AES-128 in the two modes of ISO/IEC 23001-7. Key and IV have 16 bytes. */
export interface Aes {
  /** Counter mode. */
  ctr(key: Uint8Array, iv: Uint8Array): StreamCipher
  /** Cipher block chaining without padding; takes whole blocks. */
  cbc(key: Uint8Array, iv: Uint8Array): StreamCipher
}
