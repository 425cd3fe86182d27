/** Scheme `cenc`: AES in counter mode (ISO/IEC 23001-7 10.1). */
import type { Aes } from './aes.ts'
import { block } from './block.ts'
import { eachRange, type SampleCipher } from './sample-cipher.ts'

/** A range of at least this many bytes goes to the cipher in place; smaller ones are gathered first. */
const directBytes = 4096
/** Bytes per cipher call, so that they stay in the processor's cache. */
const stepBytes = 64 * 1024

/** A cipher with the facts for `senc`. */
export interface CencCipher extends SampleCipher {
  /** 16 bytes for each sample, concatenated. */
  readonly ivs: Uint8Array
}

/**
 * Encrypts `count` samples in `bytes`. `iv` is that of the first sample; each further IV is the one before plus the
 * blocks used, so that all samples are one run of the counter.
 */
export function cencCipher(
  aes: Aes,
  { key, iv }: { readonly key: Uint8Array; readonly iv: Uint8Array },
  { bytes, count }: { readonly bytes: Uint8Array; readonly count: number },
): CencCipher {
  const cipher = aes.ctr(key, iv)
  const small = new Uint8Array(stepBytes)
  /** The ranges in `small`: their origin and length. */
  const waiting: number[] = []
  let filled = 0
  const seal = () => {
    if (filled > 0) cipher(small.subarray(0, filled))
    for (let i = 0, from = 0; i < waiting.length; i += 2) {
      const [at = -1, length = 0] = [waiting[i], waiting[i + 1]]
      if (at >= 0) bytes.set(small.subarray(from, from + length), at)
      from += length
    }
    waiting.length = 0
    filled = 0
  }
  const encrypt = (offset: number, length: number) => {
    if (length < directBytes) {
      if (filled + length > stepBytes) seal()
      small.set(bytes.subarray(offset, offset + length), filled)
      waiting.push(offset, length)
      filled += length
      return
    }
    seal()
    for (let at = offset, end = offset + length; at < end; at += stepBytes)
      cipher(bytes.subarray(at, Math.min(end, at + stepBytes)))
  }
  const ivs = new Uint8Array(count * block)
  let sample = 0
  let blocks = 0
  return {
    ivs,
    take(from, pairs) {
      writeCounter(ivs, sample++ * block, { iv, blocks })
      const length = eachRange(pairs, from, encrypt)
      blocks += Math.ceil(length / block)
      // The rest of a sample's last block is used up: the next sample begins with a new block.
      const rest = (block - (length % block)) % block
      if (rest === 0) return
      if (filled + rest > stepBytes) seal()
      waiting.push(-1, rest)
      filled += rest
    },
    end: seal,
  }
}

/** Writes the counter block that is `blocks` after `iv`; its low 64 bits are the block counter. */
function writeCounter(
  to: Uint8Array,
  at: number,
  { iv, blocks }: { readonly iv: Uint8Array; readonly blocks: number },
): void {
  let carry = blocks
  for (let i = block - 1; i >= 0; i--) {
    const sum = (iv[i] ?? 0) + (i < 8 ? 0 : carry % 256)
    to[at + i] = sum & 255
    carry = Math.floor(carry / 256) + (sum >> 8)
  }
}
