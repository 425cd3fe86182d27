/** Computes the bit rate at which a player that buffers briefly before it starts never stalls. */
import type { Fragment } from '../../formats/isobmff/index.ts'
import { type Bandwidth, startBufferSeconds } from '../../timeline/timeline.ts'

/** A segment as delivered. */
interface Delivered {
  readonly fragment: Pick<Fragment, 'decodeTime' | 'sizes' | 'durations'>
  readonly bytes: number
}

/** Adds the rate that never stalls a player, if it exceeds the peak of whole segments. */
export function withSteadyRate(
  bandwidth: Bandwidth,
  segments: readonly Delivered[],
  timescale: number,
): Bandwidth {
  const steady = steadyRate(segments, { timescale, atLeast: bandwidth.peak })
  return steady > bandwidth.peak ? { ...bandwidth, steady } : bandwidth
}

/**
 * The least bits per second, from `atLeast` on, at which every sample arrives before it is decoded, for a player that
 * begins with any segment and starts `startBufferSeconds` after its first byte (ISO/IEC 23009-1 5.3.5.2). A key frame
 * followed by nearly nothing needs more than any mean of its segment.
 */
function steadyRate(
  segments: readonly Delivered[],
  { timescale, atLeast }: { readonly timescale: number; readonly atLeast: number },
): number {
  let rate = atLeast
  // A higher rate has its worst start elsewhere: each pass raises it only as needed; the last raises nothing.
  for (let before = -1; rate > before; ) {
    before = rate
    rate = raised(segments, timescale, rate)
  }
  return rate
}

/** The rate, raised wherever a sample would arrive too late. */
function raised(segments: readonly Delivered[], timescale: number, from: number): number {
  let rate = from
  let started = 0
  let bits = 0
  for (const { fragment, bytes } of segments) {
    const { sizes, durations, decodeTime } = fragment
    // When the buffer has caught up, starting here is the worst case: restart the sum.
    if (bits * timescale <= rate * (decodeTime - started)) {
      bits = 0
      started = decodeTime
    }
    bits += bytes * 8
    for (const size of sizes) bits -= size * 8
    let time = decodeTime
    for (let i = 0; i < sizes.length; i++) {
      bits += (sizes[i] ?? 0) * 8
      const seconds = startBufferSeconds + (time - started) / timescale
      if (bits > rate * seconds) rate = Math.ceil(bits / seconds)
      time += durations[i] ?? 0
    }
  }
  return rate
}
