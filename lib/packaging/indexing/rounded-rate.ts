/**
 * Recognizes rates a track's clock can not express: on a clock of 600, 23.976 fps is durations of 25 and now and then
 * 26.
 */
import type { SourceTrack } from '../reading/source-track.ts'
import type { EditedSamples } from './edited-samples.ts'

/** A frame rate as a fraction. */
export type Rate = readonly [frames: number, seconds: number]

/** Standard rates. */
export const defaultRates: readonly Rate[] = [
  ...[24, 25, 30, 48, 50, 60, 100, 120].map((rate): Rate => [rate, 1]),
  ...[24, 30, 48, 60, 120].map((rate): Rate => [rate * 1000, 1001]),
]
/** Rare rates, accepted only if the clock's rounding confirms them. */
const unusual: readonly Rate[] = [
  [12_500, 1000],
  [15_000, 1001],
]

/** Times are rounded to the clock, by some tools twice. */
const maxRoundingTicks = 1.1

/** Fewer frames fit many rates. */
const minFrames = 10
/** The share of pauses, and a held last frame, allowed. */
const maxPauses = 0.1

/** The rate this clock rounds to these durations, pauses apart: the closest if several. */
export function roundedRate(
  { samples, timescale }: SourceTrack,
  { from, to }: Pick<EditedSamples, 'from' | 'to'>,
  common: number,
): Rate | undefined {
  if (to - from < minFrames) return undefined
  let best: { readonly rate: Rate; readonly pauses: number; readonly off: number } | undefined
  for (const rate of [...defaultRates, ...unusual]) {
    const length = (timescale * rate[1]) / rate[0]
    const [shorter, longer] = [Math.floor(length), Math.ceil(length)]
    if (shorter < 1 || common < shorter || common > longer) continue
    let pauses = 0
    let off = 0
    // The range by which frames since the last pause lie before and after their unrounded times.
    let [since, early, late] = [from, 0, 0]
    for (let i = from; i < to; i++) {
      const time = samples.decodeTimes[i + 1] ?? 0
      const lasts = time - (samples.decodeTimes[i] ?? 0)
      if (lasts < shorter || lasts > longer) {
        pauses++
        since = i + 1
        early = 0
        late = 0
        continue
      }
      const by = time - (samples.decodeTimes[since] ?? 0) - (i + 1 - since) * length
      early = Math.min(early, by)
      late = Math.max(late, by)
      off = Math.max(off, late - early)
    }
    if (off > maxRoundingTicks || pauses > maxPauses * (to - from)) continue
    if (!best || pauses < best.pauses || (pauses === best.pauses && off < best.off))
      best = { rate, pauses, off }
  }
  return best?.rate
}
