/**
 * The cryptography that CPIX needs (CPIX 2.3 6, XML Encryption 1.1): passed in by the caller, so that this stays pure.
 */

/** The primitives for encryption and decryption. */
export interface CpixCrypto {
  randomBytes(count: number): Uint8Array
  /** AES-256 in CBC mode over whole blocks, without padding. */
  aes256Cbc(direction: 'encrypt' | 'decrypt', job: AesJob): Uint8Array
  hmacSha512(key: Uint8Array, data: Uint8Array): Uint8Array
  /**
   * RSA-OAEP with MGF1 and SHA-1 to the key of an X.509 certificate in DER. Throws a `HeadendError` for an invalid
   * certificate, or one whose key is not RSA of at least 2048 bits.
   */
  wrapFor(certificate: Uint8Array, secret: Uint8Array): Uint8Array
}

/** The input of an AES call. */
export interface AesJob {
  readonly key: Uint8Array
  readonly iv: Uint8Array
  readonly data: Uint8Array
}

/** The inverse of `wrapFor`, with the private key of one recipient; throws if the cipher text is not for it. */
export type Unwrap = (cipher: Uint8Array) => Uint8Array

/** URIs of the only methods in CPIX. */
export const METHOD = {
  aes256Cbc: 'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
  rsaOaep: 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
  hmacSha512: 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha512',
} as const
