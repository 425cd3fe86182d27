/** What it costs to read a segment of a track, and whether that is more than anybody should pay for sound. */
import type { ByteRange } from '../../timeline/placement.ts'
import { partsOf, planReads } from '../segments/read-plan.ts'

/** How a segment is read. */
export interface ReadCost {
  readonly requests: number
  /** Bytes that are read and belong to nobody. */
  readonly overReadBytes: number
}

/** A request costs about as much as reading this: by its price and a function's, and by how long S3 takes to answer. */
const requestBytes = 2 ** 20

/**
 * Sound between the pictures of a film at 5 Mb/s is read with 4 MB of them, in some 50 ms; to read a whole film
 * once costs what a viewer of all of it costs each time nothing is cached. Beyond it sound is written apart.
 */
const bearableBytes = 4 * 2 ** 20

/** What one segment costs. */
export function readCost(extents: readonly ByteRange[]): ReadCost {
  const reads = planReads(partsOf(extents, 0))
  let overReadBytes = 0
  for (const { range } of reads) overReadBytes += range.length
  for (const { length } of extents) overReadBytes -= length
  return { requests: reads.length, overReadBytes }
}

/** Whether a track's segments cost too much on average. */
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
