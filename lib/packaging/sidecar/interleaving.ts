/** Cost of reading a segment of a track, and whether it is too high for audio. */
import type { ByteRange } from '../../timeline/placement.ts'
import { partsOf, planReads } from '../segments/read-plan.ts'

/** The cost of reading a segment. */
export interface ReadCost {
  readonly requests: number
  /** Bytes read but not needed. */
  readonly overReadBytes: number
}

/** A request costs about as much as reading this: by its price and a function's, and by the latency of S3. */
const requestBytes = 2 ** 20

/**
 * Audio interleaved with video of 5 Mb/s is read with 4 MB of it, in some 50 ms; reading a whole film once costs what
 * each complete viewing costs while nothing is cached. Beyond this the audio is written to a sidecar.
 */
const bearableBytes = 4 * 2 ** 20

/** The cost of one segment. */
export function readCost(extents: readonly ByteRange[]): ReadCost {
  const reads = planReads(partsOf(extents, 0))
  let overReadBytes = 0
  for (const { range } of reads) overReadBytes += range.length
  for (const { length } of extents) overReadBytes -= length
  return { requests: reads.length, overReadBytes }
}

/** Whether a track's segments are too expensive on average. */
export function isPoorlyInterleaved(
  segments: readonly { readonly extents: readonly ByteRange[] }[],
): boolean {
  let cost = 0
  for (const { extents } of segments) {
    const { requests, overReadBytes } = readCost(extents)
    cost += overReadBytes + (requests - 1) * requestBytes
  }
  return cost > bearableBytes * segments.length
}
