/**
 * What a symmetric key encrypts: AES-256-GCM with the encryption context as additional data, in a blob that names
 * its key, as AWS's does, so that Decrypt needs no KeyId.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { AwsFault } from '../service.ts'
import type { KmsKey } from './types.ts'

/** Names and values said at encryption, and to be said again at decryption. */
export type EncryptionContext = Readonly<Record<string, string>>

const magic = Buffer.from([1, 2, 2, 0])
const idBytes = 16
const headBytes = magic.length + idBytes + 2
const ivBytes = 12
const tagBytes = 16

/** The key's newest material encrypts. */
export function seal(key: KmsKey, plaintext: Uint8Array, context: EncryptionContext): Buffer {
  const material = key.material.length - 1
  const head = Buffer.alloc(headBytes)
  magic.copy(head)
  Buffer.from(key.id.replaceAll('-', ''), 'hex').copy(head, magic.length)
  head.writeUInt16BE(material, headBytes - 2)
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', secretOf(key, material), iv)
  cipher.setAAD(additionalData(head, context))
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return Buffer.concat([head, iv, cipher.getAuthTag(), sealed])
}

/** The id of the key that made the blob; throws InvalidCiphertextException where none did. */
export function keyIdOf(blob: Buffer): string {
  if (blob.length < headBytes + ivBytes + tagBytes || !blob.subarray(0, magic.length).equals(magic))
    throw unreadable()
  const hex = blob.toString('hex', magic.length, magic.length + idBytes)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Throws InvalidCiphertextException where the blob was changed or the context is another. */
export function unseal(key: KmsKey, blob: Buffer, context: EncryptionContext): Buffer {
  const head = blob.subarray(0, headBytes)
  const iv = blob.subarray(headBytes, headBytes + ivBytes)
  const tag = blob.subarray(headBytes + ivBytes, headBytes + ivBytes + tagBytes)
  try {
    const cipher = createDecipheriv('aes-256-gcm', secretOf(key, head.readUInt16BE(headBytes - 2)), iv)
    cipher.setAAD(additionalData(head, context))
    cipher.setAuthTag(tag)
    return Buffer.concat([cipher.update(blob.subarray(headBytes + ivBytes + tagBytes)), cipher.final()])
  } catch {
    throw unreadable()
  }
}

/** AWS says no more of why, and neither must we: it would tell an attacker which part was right. */
const unreadable = (): AwsFault => new AwsFault('InvalidCiphertextException', '')

function secretOf({ material }: KmsKey, index: number): Buffer {
  const secret = material[index]
  if (secret === undefined) throw unreadable()
  return Buffer.from(secret, 'base64')
}

const additionalData = (head: Buffer, context: EncryptionContext): Buffer =>
  Buffer.concat([
    head,
    Buffer.from(JSON.stringify(Object.entries(context).toSorted(([a], [b]) => (a < b ? -1 : 1)))),
  ])
