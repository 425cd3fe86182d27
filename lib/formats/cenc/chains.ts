/** Many chains of blocks (CBC) under one key and IV, each beginning anew. */
import type { Aes, StreamCipher } from './aes.ts'
import { addBlock, block, copyBlock, viewOf } from './block.ts'

/** A key and its constant IV, 16 bytes each. */
export interface ChainKey {
  readonly key: Uint8Array
  readonly iv: Uint8Array
}

/** Whole blocks that lie one after another. */
export interface Chain {
  readonly from: number
  readonly blocks: number
}

/**
 * As many chains are worth going through side by side. A chain's every block waits for the one before, and a call to a
 * cipher costs as much as half a kilobyte; the blocks of many chains are one call, and none waits.
 */
const fewestAbreast = 48

/** Encrypts the chains where they lie. */
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

/** Chains under way: the first `count` members of each. */
interface Work {
  readonly bytes: Uint8Array
  count: number
  /** Where each one's next block lies. */
  readonly at: Int32Array
  /** Blocks to come. */
  readonly left: Int32Array
  /** What each adds to its next block: the IV, then the block before. */
  readonly states: Uint8Array
}

/** One block of each chain at a time, until few chains are left. */
function encryptAbreast(cipher: StreamCipher, work: Work): void {
  const [source, states] = [viewOf(work.bytes), viewOf(work.states)]
  while (work.count >= fewestAbreast) encryptOneOfEach(cipher, work, { source, states })
}

/** A function of its own, which is compiled once; the runtime compiles nested loops again and again. */
function encryptOneOfEach(
  cipher: StreamCipher,
  work: Work,
  { source, states }: { readonly source: DataView; readonly states: DataView },
): void {
  const { at, left } = work
  let { count } = work
  for (let i = 0; i < count; i++) addBlock(source, at[i] ?? 0, states, i * block)
  cipher(work.states.subarray(0, count * block))
  // From the last: where a chain ends, the last one, which is done with this block, takes its place.
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

/** Each chain that is left, to its end. */
function encryptApart(aes: Aes, key: ChainKey, { bytes, count, at, left, states }: Work): void {
  const encrypt = chainCipher(aes, key)
  const before = viewOf(states)
  for (let i = 0; i < count; i++) {
    const from = at[i] ?? 0
    encrypt(bytes.subarray(from, from + (left[i] ?? 0) * block), before, i * block)
  }
}

/**
 * Encrypts whole blocks in place as a chain of their own, which goes on from the block at `at` in `before`: the IV where
 * it begins. One cipher does them all: the first block takes back what that cipher's running chain will add to it.
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
