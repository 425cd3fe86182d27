/** Pictures a second of a track. */
import type { FilmTrack } from './film-track.ts'
import { type ShownSamples, sampleDuration } from './shown-samples.ts'

const usual: readonly (readonly [number, number])[] = [
  ...[24, 25, 30, 48, 50, 60, 100, 120].map((rate) => [rate, 1] as const),
  ...[24, 30, 48, 60, 120].map((rate) => [rate * 1000, 1001] as const),
]

/** One length this common is the rate; the rest are pauses, or a last picture that was held. */
const mostShare = 0.9

/** As a fraction; within 0.02 % of a usual rate it is that rate, because clocks in milliseconds round. */
export function frameRateOf(
  track: FilmTrack,
  { from, to }: ShownSamples,
): readonly [number, number] | undefined {
  const counts = new Map<number, number>()
  let ticks = 0
  for (let i = from; i < to; i++) {
    const duration = sampleDuration(track, i)
    ticks += duration
    counts.set(duration, (counts.get(duration) ?? 0) + 1)
  }
  if (ticks === 0) return undefined
  const [common, count] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a))
  const mean = common > 0 && count >= mostShare * (to - from) ? common : ticks / (to - from)
  const rate = track.timescale / mean
  const near = usual.find(([numerator, denominator]) => Math.abs((rate * denominator) / numerator - 1) < 2e-4)
  return near ?? [Math.round(rate * 1000), 1000]
}
