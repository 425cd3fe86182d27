/** Decrypts the content keys of a document that is addressed to us (CPIX 2.3 6.2). */
import { type ErrorCodeOf, HeadendError } from '../../errors.ts'
import { type CpixCrypto, METHOD, type Unwrap } from './crypto.ts'
import type { ContentKey, Cpix, DeliveryData, EncryptedValue } from './model.ts'

/** The recipient: the certificate selects its DeliveryData, `unwrap` opens it. */
export interface Recipient {
  /** DER. */
  readonly certificate: Uint8Array
  readonly unwrap: Unwrap
}

/**
 * The keys by kid, clear ones as they are; those without a value are left out. A key is authenticated before it is
 * decrypted: without a MAC anybody with repeated requests could decrypt it by a padding oracle.
 */
export function decryptKeys(
  crypto: Pick<CpixCrypto, 'aes256Cbc' | 'hmacSha512'>,
  { keys, deliveries }: Pick<Cpix, 'keys' | 'deliveries'>,
  recipient: Recipient,
): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>()
  const open = opener(deliveries, recipient)
  for (const key of keys) {
    const { kid, secret } = key
    if (secret?.plain) found.set(kid, secret.plain)
    else if (secret?.encrypted) found.set(kid, decrypt(crypto, key, open()))
  }
  return found
}

/** The decrypted document and MAC keys. */
interface Opened {
  readonly macKey: Uint8Array
  readonly documentKeyFor: (kid: string) => Uint8Array
}

/** RSA is slow, so it runs once, and only if there is something to decrypt. */
function opener(deliveries: readonly DeliveryData[], recipient: Recipient): () => Opened {
  let opened: Opened | undefined
  return () => {
    opened ??= openDelivery(deliveries, recipient)
    return opened
  }
}

function openDelivery(deliveries: readonly DeliveryData[], { certificate, unwrap }: Recipient): Opened {
  const delivery = deliveries.find(({ certificates }) => certificates.some((one) => same(one, certificate)))
  if (!delivery)
    throw refused('CPIX_RECIPIENT', `expected our certificate among ${deliveries.length} recipients`)
  const { documentKeys, macMethod } = delivery
  if (!macMethod?.key || macMethod.algorithm !== METHOD.hmacSha512)
    throw refused('CPIX_MAC', `MACMethod: expected a key for ${METHOD.hmacSha512}`)
  const byKid = new Map<string, Uint8Array>()
  return {
    macKey: unwrapped(macMethod.key, unwrap),
    documentKeyFor(kid) {
      const ours = documentKeys.find(({ encryptsKey }) => encryptsKey === kid)
      const documentKey = ours ?? documentKeys.find(({ encryptsKey }) => encryptsKey === undefined)
      const wrapped = documentKey?.secret?.encrypted
      if (!wrapped) throw refused('CPIX_DOCUMENT_KEY', `DocumentKey: expected one for KID ${kid}, got none`)
      const name = documentKey?.encryptsKey ?? ''
      const key = byKid.get(name) ?? unwrapped(wrapped, unwrap)
      byKid.set(name, key)
      if (key.length !== 32)
        throw refused('CPIX_DOCUMENT_KEY', `DocumentKey: expected 32 bytes, got ${key.length}`)
      return key
    },
  }
}

function decrypt(
  crypto: Pick<CpixCrypto, 'aes256Cbc' | 'hmacSha512'>,
  { kid, secret }: ContentKey,
  { macKey, documentKeyFor }: Opened,
): Uint8Array {
  const { algorithm, cipher } = secret?.encrypted ?? { algorithm: '', cipher: new Uint8Array() }
  if (algorithm !== METHOD.aes256Cbc)
    throw refused(
      'CPIX_CIPHER',
      `KID ${kid}: expected ${METHOD.aes256Cbc}, got ${JSON.stringify(algorithm.slice(0, 80))}`,
    )
  if (!secret?.mac || !same(secret.mac, crypto.hmacSha512(macKey, cipher)))
    throw refused(
      'CPIX_MAC',
      `KID ${kid}: expected the ValueMAC of its cipher value, got ${secret?.mac ? 'another' : 'none'}`,
    )
  if (cipher.length < 32 || cipher.length % 16 !== 0)
    throw refused(
      'CPIX_CIPHER',
      `KID ${kid}: expected an initialization vector and whole blocks, got ${cipher.length} bytes`,
    )
  const job = { key: documentKeyFor(kid), iv: cipher.subarray(0, 16), data: cipher.subarray(16) }
  const data = crypto.aes256Cbc('decrypt', job)
  // XML Encryption 5.2 defines only the last byte; the other padding bytes are arbitrary
  const padding = data.at(-1) ?? 0
  if (padding < 1 || padding > 16)
    throw refused('CPIX_CIPHER', `KID ${kid}: expected padding of 1 to 16 bytes`)
  return new Uint8Array(data.subarray(0, data.length - padding))
}

function unwrapped({ algorithm, cipher }: EncryptedValue, unwrap: Unwrap): Uint8Array {
  if (algorithm !== METHOD.rsaOaep)
    throw refused('CPIX_CIPHER', `expected ${METHOD.rsaOaep}, got ${JSON.stringify(algorithm.slice(0, 80))}`)
  try {
    return unwrap(cipher)
  } catch (cause) {
    throw new HeadendError('CPIX_RECIPIENT', 'expected a key that was wrapped for us', { status: 422, cause })
  }
}

/** Compares in constant time. */
function same(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0)
  return difference === 0
}

function refused(code: ErrorCodeOf<422>, text: string): HeadendError {
  return new HeadendError(code, text, { status: 422 })
}
