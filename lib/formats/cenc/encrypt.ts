/**
 * Encrypts the samples of one segment where they stand (ISO/IEC 23001-7 9 and 10). One cipher a segment: making
 * one costs more than encrypting a sound sample.
 */
import type { Aes } from './aes.ts'
import type { Subsamples } from './subsamples.ts'

/** A segment's samples, one after another. */
export interface Samples {
  readonly bytes: Uint8Array
  readonly sizes: Uint32Array
  /** Of each sample; absent where samples are protected whole. */
  readonly subsamples?: readonly Subsamples[]
}

const block = 16

/**
 * Scheme `cenc`. `iv` is the first sample's; the IV of each further sample is the one before plus the blocks that
 * were used, so that all are one run of the counter. Gives the samples' IVs, 16 bytes each.
 */
export function encryptCenc(aes: Aes, key: Uint8Array, iv: Uint8Array, samples: Samples): Uint8Array[] {
  const ranges = rangesOf(samples)
  let blocks = 0
  for (const { length } of ranges) blocks += Math.ceil(length / block)
  const gathered = new Uint8Array(blocks * block)
  const ivs: Uint8Array[] = []
  let to = 0
  for (const { parts, length } of ranges) {
    ivs.push(counterAt(iv, to / block))
    let at = to
    for (const [offset, bytes] of parts) {
      gathered.set(samples.bytes.subarray(offset, offset + bytes), at)
      at += bytes
    }
    to += Math.ceil(length / block) * block
  }
  const sealed = aes.ctr(key, iv)(gathered)
  let from = 0
  for (const { parts, length } of ranges) {
    let at = from
    for (const [offset, bytes] of parts) {
      samples.bytes.set(sealed.subarray(at, at + bytes), offset)
      at += bytes
    }
    from += Math.ceil(length / block) * block
  }
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
  const { bytes } = samples
  const period = (pattern.crypt + pattern.skip) * block
  const run = pattern.skip === 0 ? undefined : pattern.crypt * block
  const pieces: [offset: number, length: number, first: boolean][] = []
  let total = 0
  for (const { parts } of rangesOf(samples))
    for (const [offset, length] of parts) {
      const end = offset + length - (length % block)
      for (let at = offset; at < end; at += run === undefined ? end - offset : period) {
        const size = Math.min(run ?? end - at, end - at)
        pieces.push([at, size, at === offset])
        total += size
      }
    }
  const gathered = new Uint8Array(total)
  let to = 0
  for (const [offset, length] of pieces) {
    gathered.set(bytes.subarray(offset, offset + length), to)
    to += length
  }
  const cipher = aes.cbc(key, iv)
  // A chain is begun anew without a new cipher: its first block takes back what the running chain will add to it.
  let previous = iv
  let from = 0
  for (let i = 0; i < pieces.length; ) {
    let length = pieces[i]?.[1] ?? 0
    let next = i + 1
    for (; next < pieces.length && !pieces[next]?.[2]; next++) length += pieces[next]?.[1] ?? 0
    for (let b = 0; b < block; b++)
      gathered[from + b] = (gathered[from + b] ?? 0) ^ (previous[b] ?? 0) ^ (iv[b] ?? 0)
    const sealed = cipher(gathered.subarray(from, from + length))
    previous = sealed.subarray(length - block, length)
    let at = 0
    for (; i < next; i++) {
      const [offset = 0, size = 0] = pieces[i] ?? []
      bytes.set(sealed.subarray(at, at + size), offset)
      at += size
    }
    from += length
  }
}

interface Ranges {
  /** Offsets in the segment's samples, and lengths. */
  readonly parts: readonly (readonly [offset: number, length: number])[]
  readonly length: number
}

/** The protected bytes of each sample. */
function rangesOf({ sizes, subsamples }: Samples): Ranges[] {
  const ranges: Ranges[] = []
  let at = 0
  for (const [i, size] of sizes.entries()) {
    const pairs = subsamples?.[i] ?? (subsamples ? [] : [0, size])
    const parts: (readonly [number, number])[] = []
    let offset = at
    let length = 0
    for (let pair = 0; pair < pairs.length; pair += 2) {
      offset += pairs[pair] ?? 0
      const guarded = pairs[pair + 1] ?? 0
      if (guarded > 0) parts.push([offset, guarded])
      offset += guarded
      length += guarded
    }
    ranges.push({ parts, length })
    at += size
  }
  return ranges
}

/** The counter block `blocks` on; its low 64 bits are the block counter. */
function counterAt(iv: Uint8Array, blocks: number): Uint8Array {
  // A Buffer's slice would be the IV itself.
  const counter = Uint8Array.from(iv)
  let carry = blocks
  for (let i = 15; i >= 8 && carry > 0; i--) {
    const sum = (counter[i] ?? 0) + (carry % 256)
    counter[i] = sum & 255
    carry = Math.floor(carry / 256) + (sum >> 8)
  }
  return counter
}
