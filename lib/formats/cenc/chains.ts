/** Many CBC chains under one key and IV, each starting anew. */
import type { Aes, StreamCipher } from './aes.ts'
import { addBlock, block, copyBlock, viewOf } from './block.ts'

/** A key and its constant IV, 16 bytes each. */
export interface ChainKey {
  readonly key: Uint8Array
  readonly iv: Uint8Array
}

/** Contiguous whole blocks. */
export interface Chain {
  readonly from: number
  readonly blocks: number
}

/**
 * The number of chains from which interleaving pays off. Each block of a chain depends on the one before, and a cipher
 * call costs as much as half a kilobyte; one block of each of many chains is one call.
 */
const fewestAbreast = 48

/** Encrypts the chains in place. */
export function encryptChains(
  aes: Aes,
  { key, iv }: ChainKey,
  { bytes, chains }: { readonly bytes: Uint8Array; readonly chains: readonly Chain[] },
): void {
  const work: Work = {
    bytes,
    count: chains.length,
    at: Int32Array.from(chains, ({ from }) => from),
    left: Int32Array.from(chains, ({ blocks }) => blocks),
    states: new Uint8Array(chains.length * block),
  }
  for (let i = 0; i < chains.length; i++) work.states.set(iv, i * block)
  encryptAbreast(aes.ecb(key), work)
  if (work.count > 0) encryptApart(aes, { key, iv }, work)
}

/** Chains in progress: the first `count` members of each array. */
interface Work {
  readonly bytes: Uint8Array
  count: number
  /** The offset of each chain's next block. */
  readonly at: Int32Array
  /** The number of blocks left. */
  readonly left: Int32Array
  /** The block to XOR into each chain's next one: the IV, then the block before. */
  readonly states: Uint8Array
}

/** Encrypts one block of each chain at a time, until few chains are left. */
function encryptAbreast(cipher: StreamCipher, work: Work): void {
  const [source, states] = [viewOf(work.bytes), viewOf(work.states)]
  while (work.count >= fewestAbreast) encryptOneOfEach(cipher, work, { source, states })
}

/** A separate function, which is compiled once; the runtime recompiles nested loops again and again. */
function encryptOneOfEach(
  cipher: StreamCipher,
  work: Work,
  { source, states }: { readonly source: DataView; readonly states: DataView },
): void {
  const { at, left } = work
  let { count } = work
  for (let i = 0; i < count; i++) addBlock(source, at[i] ?? 0, states, i * block)
  cipher(work.states.subarray(0, count * block))
  // Backwards: a chain that ends is replaced by the last one, whose block of this round is done.
  for (let i = count - 1; i >= 0; i--) {
    const to = at[i] ?? 0
    copyBlock(states, i * block, source, to)
    at[i] = to + block
    left[i] = (left[i] ?? 0) - 1
    if (left[i] !== 0) continue
    const last = --count
    at[i] = at[last] ?? 0
    left[i] = left[last] ?? 0
    copyBlock(states, last * block, states, i * block)
  }
  work.count = count
}

/** Encrypts each remaining chain to its end. */
function encryptApart(aes: Aes, key: ChainKey, { bytes, count, at, left, states }: Work): void {
  const encrypt = chainCipher(aes, key)
  const before = viewOf(states)
  for (let i = 0; i < count; i++) {
    const from = at[i] ?? 0
    encrypt(bytes.subarray(from, from + (left[i] ?? 0) * block), before, i * block)
  }
}

/**
 * Encrypts whole blocks in place as a chain of their own, continuing from the block at `at` in `before`: the IV at its
 * start. One cipher does them all: the first block is XORed with what that cipher's running chain will add to it.
 */
export function chainCipher(
  aes: Aes,
  { key, iv }: ChainKey,
): (blocks: Uint8Array, before: DataView, at: number) => void {
  const cipher = aes.cbc(key, iv)
  const running = viewOf(Uint8Array.from(iv))
  return (blocks, before, at) => {
    const view = viewOf(blocks)
    addBlock(before, at, view, 0)
    addBlock(running, 0, view, 0)
    cipher(blocks)
    copyBlock(view, blocks.length - block, running, 0)
  }
}
