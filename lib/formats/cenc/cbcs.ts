/** Scheme `cbcs`: AES-CBC, each protected range a new chain with the constant IV (ISO/IEC 23001-7 10.4). */
import type { Aes } from './aes.ts'
import { block, viewOf } from './block.ts'
import { type Chain, type ChainKey, chainCipher, encryptChains } from './chains.ts'
import { eachRange, type SampleCipher } from './sample-cipher.ts'

/** The encrypted blocks in each ten of a pattern (10.4.2): all, or one followed by nine clear ones. */
export interface Pattern {
  readonly crypt: number
  readonly skip: number
}

/** Encrypts samples in `bytes`; a partial block stays clear. */
export function cbcsCipher(
  aes: Aes,
  { pattern, ...chainKey }: ChainKey & { readonly pattern: Pattern },
  bytes: Uint8Array,
): SampleCipher {
  return pattern.skip > 0
    ? patternCipher(aes, { pattern, ...chainKey }, bytes)
    : wholeCipher(aes, chainKey, bytes)
}

/** Encrypts all chains together at the end: they are many and short. */
function wholeCipher(aes: Aes, chainKey: ChainKey, bytes: Uint8Array): SampleCipher {
  const chains: Chain[] = []
  return {
    take(from, pairs) {
      eachRange(pairs, from, (offset, length) => {
        if (length >= block) chains.push({ from: offset, blocks: Math.floor(length / block) })
      })
    },
    end: () => encryptChains(aes, chainKey, { bytes, chains }),
  }
}

/** 32-bit words in a block. */
const words = block / 4
/** Buffer size for the encrypted blocks of all but the longest ranges. */
const defaultBytes = 64 * 1024

/** Gathers the pattern's blocks of a range, encrypts them and puts them back. */
function patternCipher(
  aes: Aes,
  { pattern: { crypt, skip }, ...chainKey }: ChainKey & { readonly pattern: Pattern },
  bytes: Uint8Array,
): SampleCipher {
  const encryptChain = chainCipher(aes, chainKey)
  const iv = viewOf(chainKey.iv)
  const source = viewOf(bytes)
  const [cryptBytes, periodBytes] = [crypt * block, (crypt + skip) * block]
  let gathered = new Int32Array(defaultBytes / 4)
  const encrypt = (offset: number, length: number) => {
    const end = offset + length - (length % block)
    if (end === offset) return
    if (length > gathered.byteLength) gathered = new Int32Array(Math.ceil(length / 4))
    const blocks = { at: offset, end, cryptBytes, periodBytes }
    const count = fetchSamples(source, blocks, gathered)
    encryptChain(new Uint8Array(gathered.buffer, 0, count * 4), iv, 0)
    scatter(gathered, source, blocks)
  }
  return {
    take: (from, pairs) => void eachRange(pairs, from, encrypt),
    end: () => undefined,
  }
}

/** The blocks of a range that a pattern encrypts. */
interface Blocks {
  readonly at: number
  readonly end: number
  readonly cryptBytes: number
  readonly periodBytes: number
}

/**
 * Writing words of a typed array is quicker than copying bytes. They are little-endian wherever Node runs on Lambda.
 */
function fetchSamples(
  from: DataView,
  { at: start, end, cryptBytes, periodBytes }: Blocks,
  to: Int32Array,
): number {
  let count = 0
  for (let at = start; at < end; at += periodBytes)
    for (let offset = at, stop = Math.min(end, at + cryptBytes); offset < stop; offset += block) {
      to[count] = from.getInt32(offset, true)
      to[count + 1] = from.getInt32(offset + 4, true)
      to[count + 2] = from.getInt32(offset + 8, true)
      to[count + 3] = from.getInt32(offset + 12, true)
      count += words
    }
  return count
}

function scatter(from: Int32Array, to: DataView, { at: start, end, cryptBytes, periodBytes }: Blocks): void {
  let count = 0
  for (let at = start; at < end; at += periodBytes)
    for (let offset = at, stop = Math.min(end, at + cryptBytes); offset < stop; offset += block) {
      to.setInt32(offset, from[count] ?? 0, true)
      to.setInt32(offset + 4, from[count + 1] ?? 0, true)
      to.setInt32(offset + 8, from[count + 2] ?? 0, true)
      to.setInt32(offset + 12, from[count + 3] ?? 0, true)
      count += words
    }
}
