/** Counter blocks of AES-CTR as samples use them up (ISO/IEC 23001-7 9.3). */

/** A run of blocks; `nonce` is what stands above the 64 bits that count. */
export interface CounterRun {
  readonly nonce: string
  readonly from: bigint
  /** Behind the last one. */
  readonly to: bigint
  /** Whose it is, for whoever reads of it. */
  readonly of: string
}

/** The run of one sample; 8 bytes of IV are the upper half of a counter that begins at 0 (9.3). */
export function counterRun(iv: Uint8Array, guardedBytes: number, of: string): CounterRun {
  const block = Buffer.concat([iv, new Uint8Array(16 - iv.length)])
  const from = block.readBigUInt64BE(8)
  return {
    nonce: block.toString('hex', 0, 8),
    from,
    to: from + BigInt(Math.ceil(guardedBytes / 16)),
    of,
  }
}

/** Two runs that share a block, or one that wraps around; undefined where no block is used twice. */
export function sharedBlocks(
  runs: readonly CounterRun[],
): readonly [one: CounterRun, other: CounterRun] | undefined {
  const used = runs.filter(({ from, to }) => to > from).toSorted(inOrder)
  // The furthest so far: a long run reaches over shorter ones behind it.
  let before: CounterRun | undefined
  for (const run of used) {
    if (run.to > 2n ** 64n) return [run, run]
    if (before?.nonce === run.nonce && run.from < before.to) return [before, run]
    if (!before || before.nonce !== run.nonce || run.to > before.to) before = run
  }
  return undefined
}

function inOrder(a: CounterRun, b: CounterRun): number {
  if (a.nonce !== b.nonce) return a.nonce < b.nonce ? -1 : 1
  return a.from < b.from ? -1 : a.from > b.from ? 1 : 0
}
