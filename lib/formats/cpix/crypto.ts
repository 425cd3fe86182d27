/** What CPIX needs of a cryptographic library (CPIX 2.3 6, XML Encryption 1.1): given by the caller, so that this stays pure. */

/** The primitives of both directions. */
export interface CpixCrypto {
  randomBytes(count: number): Uint8Array
  /** AES-256 in CBC mode over whole blocks, without padding. */
  aes256Cbc(direction: 'encrypt' | 'decrypt', job: AesJob): Uint8Array
  hmacSha512(key: Uint8Array, data: Uint8Array): Uint8Array
  /**
   * RSA-OAEP with MGF1 and SHA-1 to the key of an X.509 certificate in DER. Throws a `HeadendError` for a certificate
   * that is none, or whose key is not RSA of at least 2048 bits.
   */
  wrapFor(certificate: Uint8Array, secret: Uint8Array): Uint8Array
}

/** One message for AES. */
export interface AesJob {
  readonly key: Uint8Array
  readonly iv: Uint8Array
  readonly data: Uint8Array
}

/** The other half of `wrapFor`, with the private key of one recipient; throws where the cipher is not for it. */
export type Unwrap = (cipher: Uint8Array) => Uint8Array

/** URIs of the only methods CPIX has. */
export const METHOD = {
  aes256Cbc: 'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
  rsaOaep: 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
  hmacSha512: 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha512',
} as const
