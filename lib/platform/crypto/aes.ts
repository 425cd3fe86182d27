/** AES of node:crypto. */
import { type Cipheriv, createCipheriv, createSecretKey } from 'node:crypto'

/** One native cipher a stream. */
export const nodeAes = {
  ctr: (key: Uint8Array, iv: Uint8Array) => inPlace(cipherOf('ctr', key, iv)),
  cbc: (key: Uint8Array, iv: Uint8Array) => inPlace(cipherOf('cbc', key, iv).setAutoPadding(false)),
  ecb: (key: Uint8Array) => inPlace(cipherOf('ecb', key, null).setAutoPadding(false)),
}

/** Of a key object: Node 24 takes ten times as long to make a cipher of a key that comes as bytes. */
const cipherOf = (mode: 'ctr' | 'cbc' | 'ecb', key: Uint8Array, iv: Uint8Array | null): Cipheriv =>
  createCipheriv(`aes-128-${mode}`, createSecretKey(key), iv)

function inPlace(cipher: Cipheriv): (bytes: Uint8Array) => void {
  return (bytes) => {
    const sealed = cipher.update(bytes)
    bytes.set(sealed)
    // Let go of at once: left to the collector, what ciphers give back has it run every few segments.
    if (sealed.buffer instanceof ArrayBuffer && canTransfer) sealed.buffer.transfer(0)
  }
}

/** Not on Node 20. */
const canTransfer = 'transfer' in ArrayBuffer.prototype
