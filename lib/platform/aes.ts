/** AES of node:crypto. */
import { type Cipheriv, createCipheriv } from 'node:crypto'

/** One native cipher a stream: on Node 24 making one costs as much as encrypting 20 KB. */
export const nodeAes = {
  ctr: (key: Uint8Array, iv: Uint8Array) => inPlace(createCipheriv('aes-128-ctr', key, iv)),
  cbc: (key: Uint8Array, iv: Uint8Array) =>
    inPlace(createCipheriv('aes-128-cbc', key, iv).setAutoPadding(false)),
  ecb: (key: Uint8Array) => inPlace(createCipheriv('aes-128-ecb', key, null).setAutoPadding(false)),
}

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
