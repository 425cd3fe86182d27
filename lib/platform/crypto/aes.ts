/** AES of node:crypto. */
import { type Cipheriv, createCipheriv, createSecretKey } from 'node:crypto'

/** AES-CTR and AES-CBC, with one native cipher for each stream. */
export const nodeAes = {
  ctr: (key: Uint8Array, iv: Uint8Array) => inPlace(cipherOf('ctr', key, iv)),
  cbc: (key: Uint8Array, iv: Uint8Array) => inPlace(cipherOf('cbc', key, iv).setAutoPadding(false)),
  ecb: (key: Uint8Array) => inPlace(cipherOf('ecb', key, null).setAutoPadding(false)),
}

/** Uses a key object: Node 24 takes ten times as long to create a cipher from key bytes. */
const cipherOf = (mode: 'ctr' | 'cbc' | 'ecb', key: Uint8Array, iv: Uint8Array | null): Cipheriv =>
  createCipheriv(`aes-128-${mode}`, createSecretKey(key), iv)

function inPlace(cipher: Cipheriv): (bytes: Uint8Array) => void {
  return (bytes) => {
    const sealed = cipher.update(bytes)
    bytes.set(sealed)
    // Freed at once: left to the garbage collector, the ciphers' buffers cause a collection every few segments.
    if (sealed.buffer instanceof ArrayBuffer && canTransfer) sealed.buffer.transfer(0)
  }
}

/** False on Node 20. */
const canTransfer = 'transfer' in ArrayBuffer.prototype
