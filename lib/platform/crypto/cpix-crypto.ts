/** The cryptography of CPIX by node:crypto, passed to `lib/formats/cpix`. */
import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  verify,
  X509Certificate,
} from 'node:crypto'
import { HeadendError } from '../../errors.ts'

/** Every primitive, for encryption and decryption. */
export const cpixCrypto = {
  randomBytes: (count: number): Uint8Array => randomBytes(count),
  aes256Cbc(
    direction: 'encrypt' | 'decrypt',
    { key, iv, data }: { readonly key: Uint8Array; readonly iv: Uint8Array; readonly data: Uint8Array },
  ): Uint8Array {
    const create = direction === 'encrypt' ? createCipheriv : createDecipheriv
    return create('aes-256-cbc', key, iv).setAutoPadding(false).update(data)
  },
  hmacSha512: (key: Uint8Array, data: Uint8Array): Uint8Array =>
    createHmac('sha512', key).update(data).digest(),
  wrapFor: (certificate: Uint8Array, secret: Uint8Array): Uint8Array =>
    publicEncrypt({ key: publicKeyOf(certificate), ...oaep }, secret),
  digest: (hash: string, data: Uint8Array): Uint8Array => createHash(hash).update(data).digest(),
  isSignedBy: (
    certificate: Uint8Array,
    {
      hash,
      data,
      signature,
    }: { readonly hash: string; readonly data: Uint8Array; readonly signature: Uint8Array },
  ): boolean => verify(hash, data, publicKeyOf(certificate), signature),
}

/** Unwraps with a private key. */
export const unwrapWith =
  (key: KeyObject) =>
  (cipher: Uint8Array): Uint8Array =>
    privateDecrypt({ key, ...oaep }, cipher)

/** MGF1 and digest are both SHA-1, as `rsa-oaep-mgf1p` specifies (XML Encryption 5.5.2). */
const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }

const LEAST_BITS = 2048

function publicKeyOf(certificate: Uint8Array): KeyObject {
  let key: KeyObject
  try {
    key = new X509Certificate(certificate).publicKey
  } catch (cause) {
    throw refused(
      `expected an X.509 certificate in DER, got ${certificate.length} bytes that are none`,
      cause,
    )
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  if (key.asymmetricKeyType !== 'rsa' || bits < LEAST_BITS)
    throw refused(
      `expected an RSA key of at least ${LEAST_BITS} bits, got ${key.asymmetricKeyType} of ${bits}`,
    )
  return key
}

function refused(text: string, cause?: unknown): HeadendError {
  return new HeadendError('CPIX_CERTIFICATE', `X509Certificate: ${text}`, { status: 422, cause })
}
