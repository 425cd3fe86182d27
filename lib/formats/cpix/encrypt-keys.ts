/** Encrypts content keys for recipients (CPIX 2.3 6.1): one document key and one MAC key, wrapped for each of them. */

import { HeadendError } from '../../errors.ts'
import type { DeliveryAnswer } from './complete-cpix.ts'
import { type CpixCrypto, METHOD } from './crypto.ts'
import type { Secret } from './model.ts'

/** The keys to encrypt, and the recipients. */
export interface EncryptionJob {
  /** By kid. */
  readonly keys: ReadonlyMap<string, Uint8Array>
  /** DER, one for each recipient. */
  readonly certificates: readonly Uint8Array[]
  /** 2.4 no longer has DocumentKey@Algorithm. */
  readonly version?: string
}

/** The contents of ContentKey by kid, and of each DeliveryData. */
export interface EncryptedKeys {
  readonly secrets: ReadonlyMap<string, Secret>
  readonly deliveries: readonly DeliveryAnswer[]
}

/** Encrypts the keys; every call uses a new document key and new initialization vectors. */
export function encryptKeys(
  crypto: CpixCrypto,
  { keys, certificates, version }: EncryptionJob,
): EncryptedKeys {
  if (certificates.length === 0)
    throw new HeadendError('CPIX_RECIPIENT', 'DeliveryDataList: expected a certificate, got none', {
      status: 422,
    })
  const documentKey = crypto.randomBytes(32)
  const macKey = crypto.randomBytes(64)
  const secrets = new Map<string, Secret>()
  for (const [kid, key] of keys) {
    const iv = crypto.randomBytes(16)
    const body = crypto.aes256Cbc('encrypt', { key: documentKey, iv, data: padded(key) })
    const cipher = new Uint8Array([...iv, ...body])
    const mac = crypto.hmacSha512(macKey, cipher)
    secrets.set(kid, { encrypted: { algorithm: METHOD.aes256Cbc, cipher }, mac })
  }
  const wrap = (certificate: Uint8Array, secret: Uint8Array) => ({
    algorithm: METHOD.rsaOaep,
    cipher: crypto.wrapFor(certificate, secret),
  })
  return {
    secrets,
    deliveries: certificates.map((certificate) => ({
      documentKeys: [
        {
          ...(version === '2.4' ? {} : { algorithm: METHOD.aes256Cbc }),
          secret: { encrypted: wrap(certificate, documentKey) },
        },
      ],
      macMethod: { algorithm: METHOD.hmacSha512, key: wrap(certificate, macKey) },
    })),
  }
}

/** PKCS #7, which XML Encryption's padding (5.2) includes. */
function padded(data: Uint8Array): Uint8Array {
  const count = 16 - (data.length % 16)
  const out = new Uint8Array(data.length + count).fill(count)
  out.set(data)
  return out
}
