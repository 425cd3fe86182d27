/** Pictures, or frames of sound, a second of a track. */

import { hasMendedTimes } from '../reading/mend-times.ts'
import type { SourceTrack } from '../reading/source-track.ts'
import { type EditedSamples, sampleDuration } from './edited-samples.ts'
import { defaultRates, type Rate, roundedRate } from './rounded-rate.ts'

/** One length this common is the rate; the rest are pauses, or a last picture that was held. */
const maxShare = 0.9
/** Lengths seldomer than this are accidents. */
const minShare = 0.05
const minFrames = 10
/** A clock that does not divide by the rate makes lengths that differ by so much. */
const roundingTicks = 2
/** A rate this close to a usual one is that one: clocks in milliseconds round. */
const defaultShare = 2e-4
/** Where lengths were mended, what they add up to is a little off. */
const mendedShare = 0.01

/**
 * As a fraction. It is a usual rate where the clock can not say that and every picture lies where rounding would put
 * it, and within 0.02 % of one.
 */
export function frameRateOf(
  { stored, ...shown }: SourceTrack,
  { from, to }: EditedSamples,
): Rate | undefined {
  const track = stored ? { ...shown, samples: stored } : shown
  const counts = new Map<number, number>()
  let ticks = 0
  for (let i = from; i < to; i++) {
    const duration = sampleDuration(track, i)
    ticks += duration
    counts.set(duration, (counts.get(duration) ?? 0) + 1)
  }
  if (ticks === 0) return undefined
  const [common, count] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a))
  const rounded = roundedRate(track, { from, to }, common)
  if (rounded) return rounded
  const isMended = hasMendedTimes(track.samples)
  const length =
    common > 0 && count >= maxShare * (to - from)
      ? common
      : ((isMended ? undefined : shortOf(counts, to - from)) ?? ticks / (to - from))
  const rate = track.timescale / length
  const near = defaultRates.find(
    ([frames, seconds]) => Math.abs((rate * seconds) / frames - 1) < (isMended ? mendedShare : defaultShare),
  )
  return near ?? (rate < 1 ? secondsEach(1 / rate) : [Math.round(rate * 1000), 1000])
}

/** Frames of sound a second, where they are shorter than those of most codecs: Opus may have 400. */
export function shortFramesOf(
  track: SourceTrack,
  { from, to }: EditedSamples,
  sampleRate: number,
): number | undefined {
  let ticks = 0
  for (let i = from; i < to; i++) ticks += sampleDuration(track, i)
  const rate = Math.ceil(((to - from) * track.timescale) / Math.max(1, ticks))
  return rate > sampleRate / defaultFrame ? rate : undefined
}

/** Samples in the shortest frame that is usual: 20 ms of Opus. */
const defaultFrame = 960

/** The highest rate counts where rates change (RFC 8216bis 4.4.6.2); undefined where lengths are merely uneven. */
function shortOf(counts: ReadonlyMap<number, number>, pictures: number): number | undefined {
  const least = Math.max(minFrames, minShare * pictures)
  const defaultOnes = [...counts].filter(([length, count]) => length > 0 && count >= least)
  const lengths = defaultOnes.map(([length]) => length)
  const [shortest, longest] = [Math.min(...lengths), Math.max(...lengths)]
  if (defaultOnes.length < 2 || longest - shortest <= roundingTicks) return undefined
  const short = defaultOnes.filter(([length]) => length - shortest <= roundingTicks)
  const of = (value: (one: readonly [number, number]) => number) =>
    short.reduce((sum, one) => sum + value(one), 0)
  return of(([length, count]) => length * count) / of(([, count]) => count)
}

/** One picture in so many seconds, to the millisecond: of key frames and slides there may be few an hour. */
function secondsEach(seconds: number): Rate {
  const whole = Math.round(seconds)
  return Math.abs(seconds - whole) < 5e-4 ? [1, whole] : [1000, Math.round(seconds * 1000)]
}
