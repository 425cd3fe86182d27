/** Frames per second of a video or audio track. */

import { hasMendedTimes } from '../reading/mend-times.ts'
import type { SourceTrack } from '../reading/source-track.ts'
import { type EditedSamples, sampleDuration } from './edited-samples.ts'
import { defaultRates, type Rate, roundedRate } from './rounded-rate.ts'

/** A duration this common is the rate; the rest are pauses, or a held last frame. */
const maxShare = 0.9
/** Durations rarer than this are ignored. */
const minShare = 0.05
const minFrames = 10
/** Durations differ by this much on a clock that does not divide by the rate. */
const roundingTicks = 2
/** A rate this close to a standard one is taken for it: millisecond clocks round. */
const defaultShare = 2e-4
/** Tolerance for repaired durations, whose sum is slightly off. */
const mendedShare = 0.01

/**
 * The frame rate as a fraction: a standard rate if the clock can not express it and every frame lies where rounding
 * would put it, or if the rate is within 0.02 % of it.
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

/** Audio frames per second, if shorter than those of most codecs: Opus may have 400. */
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

/** Samples in the shortest usual frame: 20 ms of Opus. */
const defaultFrame = 960

/**
 * The duration for the highest rate, which counts for variable rates (RFC 8216bis 4.4.6.2); undefined if merely uneven.
 */
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

/** One frame every so many seconds, to the millisecond: key frames and slides may be a few per hour. */
function secondsEach(seconds: number): Rate {
  const whole = Math.round(seconds)
  return Math.abs(seconds - whole) < 5e-4 ? [1, whole] : [1000, Math.round(seconds * 1000)]
}
