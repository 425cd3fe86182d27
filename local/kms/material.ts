/** What keys are made of, and what asymmetric and HMAC keys do. */
import {
  constants,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  type SignKeyObjectInput,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import { AwsFault } from '../service.ts'
import type { KeyUsage, KmsKey } from './types.ts'

const curves: Readonly<Record<string, { readonly curve: string; readonly algorithm: string }>> = {
  ECC_NIST_P256: { curve: 'prime256v1', algorithm: 'ECDSA_SHA_256' },
  ECC_NIST_P384: { curve: 'secp384r1', algorithm: 'ECDSA_SHA_384' },
  ECC_NIST_P521: { curve: 'secp521r1', algorithm: 'ECDSA_SHA_512' },
  ECC_SECG_P256K1: { curve: 'secp256k1', algorithm: 'ECDSA_SHA_256' },
}
const rsaBits: Readonly<Record<string, number>> = { RSA_2048: 2048, RSA_3072: 3072, RSA_4096: 4096 }
const rsaSigning = ['PKCS1_V1_5', 'PSS'].flatMap((padding) =>
  [256, 384, 512].map((bits) => `RSASSA_${padding}_SHA_${bits}`),
)
const rsaEncryption = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256']

/** New material for a key; symmetric and HMAC keys are plain bytes. */
export function makeMaterial(spec: string): string {
  if (spec === 'SYMMETRIC_DEFAULT') return randomBytes(32).toString('base64')
  const hmac = /^HMAC_(224|256|384|512)$/.exec(spec)?.[1]
  if (hmac !== undefined) return randomBytes(Number(hmac) / 8).toString('base64')
  return pairOf(spec).export({ type: 'pkcs8', format: 'der' }).toString('base64')
}

/** A new private key of a key pair's spec. */
export function pairOf(spec: string): KeyObject {
  const curve = curves[spec]
  if (curve !== undefined) return generateKeyPairSync('ec', { namedCurve: curve.curve }).privateKey
  const bits = rsaBits[spec]
  if (bits !== undefined) return generateKeyPairSync('rsa', { modulusLength: bits }).privateKey
  throw new AwsFault('ValidationException', `${spec} is not done here`)
}

/** What a spec may be used for; the first is the usual one. */
export function usagesOf(spec: string): readonly KeyUsage[] {
  if (spec === 'SYMMETRIC_DEFAULT') return ['ENCRYPT_DECRYPT']
  if (spec.startsWith('HMAC_')) return ['GENERATE_VERIFY_MAC']
  return spec.startsWith('RSA_') ? ['SIGN_VERIFY', 'ENCRYPT_DECRYPT'] : ['SIGN_VERIFY']
}

/** The algorithms AWS names for a key. */
export function algorithmsOf({ spec, usage }: Pick<KmsKey, 'spec' | 'usage'>): readonly string[] {
  if (usage === 'GENERATE_VERIFY_MAC') return [spec.replace(/^HMAC_/, 'HMAC_SHA_')]
  if (spec === 'SYMMETRIC_DEFAULT') return ['SYMMETRIC_DEFAULT']
  const curve = curves[spec]
  if (curve !== undefined) return [curve.algorithm]
  return usage === 'SIGN_VERIFY' ? rsaSigning : rsaEncryption
}

/** The one algorithm asked for; throws where the key does not do it. */
export function algorithmFor(key: KmsKey, asked: string | undefined): string {
  const all = algorithmsOf(key)
  const algorithm = asked ?? (all.length === 1 ? all[0] : undefined)
  if (algorithm !== undefined && all.includes(algorithm)) return algorithm
  throw new AwsFault(
    'InvalidKeyUsageException',
    `Algorithm ${asked ?? 'SYMMETRIC_DEFAULT'} is incompatible with key spec ${key.spec}.`,
  )
}

const newest = ({ material }: KmsKey): Buffer => Buffer.from(material.at(-1) ?? '', 'base64')
const privateKeyOf = (key: KmsKey): KeyObject =>
  createPrivateKey({ key: newest(key), type: 'pkcs8', format: 'der' })

/** SubjectPublicKeyInfo in DER. */
export const publicKeyOf = (key: KmsKey): Buffer =>
  createPublicKey(privateKeyOf(key)).export({ type: 'spki', format: 'der' })

/** What is signed: the message itself, or a digest the caller made of it. */
export interface Signable {
  readonly algorithm: string
  readonly message: Buffer
  readonly isDigest: boolean
}

/** ECDSA signatures are DER, as KMS gives them. */
export function signWith(key: KmsKey, { algorithm, message, isDigest }: Signable): Buffer {
  if (isDigest) throw new AwsFault('ValidationException', 'MessageType DIGEST is not done here: send RAW')
  return sign(hashOf(algorithm), message, { key: privateKeyOf(key), ...paddingOf(algorithm) })
}

export function isSignature(
  key: KmsKey,
  { algorithm, message, isDigest }: Signable,
  signature: Buffer,
): boolean {
  if (isDigest) throw new AwsFault('ValidationException', 'MessageType DIGEST is not done here: send RAW')
  const input = { key: createPublicKey(privateKeyOf(key)), ...paddingOf(algorithm) }
  return verify(hashOf(algorithm), message, input, signature)
}

export const macOf = (key: KmsKey, algorithm: string, message: Buffer): Buffer =>
  createHmac(hashOf(algorithm), newest(key)).update(message).digest()

export const isMac = (mac: Buffer, expected: Buffer): boolean =>
  mac.length === expected.length && timingSafeEqual(mac, expected)

export const encryptWith = (key: KmsKey, algorithm: string, plaintext: Buffer): Buffer =>
  publicEncrypt(
    {
      key: createPublicKey(privateKeyOf(key)),
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: hashOf(algorithm),
    },
    plaintext,
  )

export function decryptWith(key: KmsKey, algorithm: string, blob: Buffer): Buffer {
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  try {
    return privateDecrypt({ key: privateKeyOf(key), padding, oaepHash: hashOf(algorithm) }, blob)
  } catch {
    throw new AwsFault('InvalidCiphertextException', '')
  }
}

/** `ECDSA_SHA_256`, `HMAC_SHA_512`: the digest stands last. */
const hashOf = (algorithm: string): string => `sha${algorithm.slice(algorithm.lastIndexOf('_') + 1)}`

const paddingOf = (algorithm: string): Pick<SignKeyObjectInput, 'padding' | 'saltLength'> =>
  algorithm.startsWith('RSASSA_PSS')
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : {}
