/** Bit rates as signalled to players. */
import type { Bandwidth, Segment } from '../../timeline/timeline.ts'

/**
 * Peak and mean bits per second of whole segments. The peak is that of RFC 8216bis 4.1: the highest of any run of
 * segments that together last between 0.5 and 1.5 times the target duration.
 */
export function bandwidthOf(segments: readonly Segment[], timescale: number): Bandwidth {
  const longest = Math.max(1, ...segments.map(({ duration }) => Math.round(duration / timescale)))
  const rate = (bytes: number, ticks: number): number =>
    Math.ceil((bytes * 8 * timescale) / Math.max(1, ticks))
  let bytes = 0
  let ticks = 0
  let peak = 0
  for (const [i, segment] of segments.entries()) {
    bytes += segment.bytes
    ticks += segment.duration
    let runBytes = 0
    let runTicks = 0
    for (let j = i; j < segments.length; j++) {
      runBytes += segments[j]?.bytes ?? 0
      runTicks += segments[j]?.duration ?? 0
      if (runTicks > 1.5 * longest * timescale) break
      if (runTicks >= 0.5 * longest * timescale) peak = Math.max(peak, rate(runBytes, runTicks))
    }
  }
  const average = rate(bytes, ticks)
  return { peak: Math.max(peak, average), average }
}
