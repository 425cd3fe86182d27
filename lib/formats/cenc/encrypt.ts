/**
 * Encrypts the samples of one segment where they stand (ISO/IEC 23001-7 9 and 10). One cipher a segment: making
 * one costs more than encrypting a sound sample.
 */
import type { Aes, StreamCipher } from './aes.ts'
import { addBlock, block, copyBlock, viewOf } from './block.ts'
import { type Chain, encryptChains } from './chains.ts'
import type { Subsamples } from './subsamples.ts'

/** A segment's samples, one after another. */
export interface Samples {
  readonly bytes: Uint8Array
  readonly sizes: Uint32Array
  /** Of each sample; absent where samples are protected whole. */
  readonly subsamples?: readonly Subsamples[]
}

/** A range of at least so many bytes is handed to the cipher as it lies; smaller ones are put together first. */
const directBytes = 4096
/** Bytes given to a cipher at once, so that they stay in the processor's cache. */
const stepBytes = 64 * 1024

/**
 * Scheme `cenc`. `iv` is the first sample's; the IV of each further sample is the one before plus the blocks that
 * were used, so that all are one run of the counter. Gives the samples' IVs, 16 bytes each, one after another.
 */
export function encryptCenc(aes: Aes, key: Uint8Array, iv: Uint8Array, samples: Samples): Uint8Array {
  const { bytes, sizes } = samples
  const cipher = aes.ctr(key, iv)
  const small = new Uint8Array(stepBytes)
  /** Ranges in `small`: where they came from, and how long they are. */
  const waiting: number[] = []
  let filled = 0
  const seal = () => {
    cipher(small.subarray(0, filled))
    for (let i = 0, from = 0; i < waiting.length; i += 2) {
      const [at = -1, length = 0] = [waiting[i], waiting[i + 1]]
      if (at >= 0) bytes.set(small.subarray(from, from + length), at)
      from += length
    }
    waiting.length = 0
    filled = 0
  }
  const take = (offset: number, length: number) => {
    if (length < directBytes) {
      if (filled + length > stepBytes) seal()
      small.set(bytes.subarray(offset, offset + length), filled)
      waiting.push(offset, length)
      filled += length
      return
    }
    if (filled > 0) seal()
    for (let at = offset, end = offset + length; at < end; at += stepBytes)
      cipher(bytes.subarray(at, Math.min(end, at + stepBytes)))
  }
  const ivs = new Uint8Array(sizes.length * block)
  let sample = 0
  let blocks = 0
  eachSample(samples, (pairs, from) => {
    writeCounter(ivs, sample++ * block, { iv, blocks })
    const length = eachRange(pairs, from, take)
    blocks += Math.ceil(length / block)
    // What is left of a sample's last block is used up: the next sample begins a block of its own.
    const rest = (block - (length % block)) % block
    if (rest === 0) return
    if (filled + rest > stepBytes) seal()
    waiting.push(-1, rest)
    filled += rest
  })
  if (filled > 0) seal()
  return ivs
}

/** How many of each ten blocks of a pattern are encrypted (ISO/IEC 23001-7 10.4.2): all, or one and nine not. */
export interface Pattern {
  readonly crypt: number
  readonly skip: number
}

/** Scheme `cbcs`: the chain begins anew with the constant IV in each protected range; a partial block stays clear. */
export function encryptCbcs(
  aes: Aes,
  { key, iv, pattern }: { readonly key: Uint8Array; readonly iv: Uint8Array; readonly pattern: Pattern },
  samples: Samples,
): void {
  if (pattern.skip > 0) return encryptPattern(aes.cbc(key, iv), { iv, pattern, samples })
  const chains: Chain[] = []
  eachSample(samples, (pairs, from) => {
    eachRange(pairs, from, (offset, length) => {
      if (length >= block) chains.push({ from: offset, blocks: Math.floor(length / block) })
    })
  })
  encryptChains(aes, { key, iv }, { bytes: samples.bytes, chains })
}

function encryptPattern(
  cipher: StreamCipher,
  {
    iv,
    pattern: { crypt, skip },
    samples,
  }: { readonly iv: Uint8Array; readonly pattern: Pattern; readonly samples: Samples },
): void {
  const source = viewOf(samples.bytes)
  let gathered = new Uint8Array(stepBytes)
  let target = viewOf(gathered)
  const first = viewOf(iv)
  // A chain is begun anew without a new cipher: its first block takes back what the running chain will add to it.
  const running = viewOf(Uint8Array.from(iv))
  eachSample(samples, (pairs, from) => {
    eachRange(pairs, from, (offset, length) => {
      const end = offset + length - (length % block)
      if (end === offset) return
      if (length > gathered.length) {
        gathered = new Uint8Array(length)
        target = viewOf(gathered)
      }
      let total = 0
      for (let at = offset; at < end; at += skip * block)
        for (const stop = Math.min(end, at + crypt * block); at < stop; at += block, total += block)
          copyBlock(source, at, target, total)
      addBlock(first, 0, target, 0)
      addBlock(running, 0, target, 0)
      cipher(gathered.subarray(0, total))
      copyBlock(target, total - block, running, 0)
      let done = 0
      for (let at = offset; at < end; at += skip * block)
        for (const stop = Math.min(end, at + crypt * block); at < stop; at += block, done += block)
          copyBlock(target, done, source, at)
    })
  })
}

/** Each sample's subsamples, and where it begins. */
function eachSample({ sizes, subsamples }: Samples, visit: (pairs: Subsamples, from: number) => void): void {
  let at = 0
  for (let i = 0; i < sizes.length; i++) {
    const size = sizes[i] ?? 0
    visit(subsamples?.[i] ?? (subsamples ? [] : [0, size]), at)
    at += size
  }
}

/** The protected ranges of a sample; gives how many bytes they have together. */
function eachRange(pairs: Subsamples, from: number, visit: (offset: number, length: number) => void): number {
  let offset = from
  let length = 0
  for (let pair = 0; pair < pairs.length; pair += 2) {
    offset += pairs[pair] ?? 0
    const guarded = pairs[pair + 1] ?? 0
    if (guarded > 0) visit(offset, guarded)
    offset += guarded
    length += guarded
  }
  return length
}

/** Writes the counter block that lies `blocks` behind `iv`; its low 64 bits are the block counter. */
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
