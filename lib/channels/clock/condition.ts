/** How a channel does, as a minute shows it that is so long ago that nothing of it comes any more. */
import type { LiveHead } from '../../timeline/live/head.ts'
import type { Cue } from '../cues/cue.ts'
import type { EncoderRun } from '../live/encoder-run.ts'
import type { MinuteRow } from '../live/minute-row.ts'
import { overviewOf } from '../overview/overview.ts'

/** What is measured of each channel every minute. */
export interface Condition {
  /** Gaps of the track that has most of them. */
  readonly gapSeconds: number
  /** The longest segment. */
  readonly maxSegmentSeconds: number
  readonly maxSegmentBytes: number
  /** How long behind its cue the segment begins that is furthest from it; 0 without cues. */
  readonly cueLateSeconds: number
  /** How far the encoder's clock goes from the wall clock in an hour, in milliseconds. */
  readonly driftMs: number
}

/** What it is measured of. */
export interface Measured {
  readonly head: LiveHead
  readonly runs: readonly EncoderRun[]
  /** Rows of the minute, and of the one behind it, in which segments of its cues may begin. */
  readonly rows: readonly MinuteRow[]
  readonly cues: readonly Cue[]
  /** Minutes since 1970. */
  readonly minute: number
}

export function conditionOf({ head, runs, rows, cues, minute }: Measured): Condition {
  const of = rows
    .filter((row) => row.minute === minute)
    .map(({ trackId, segments }) => {
      const { timescale = 1 } = head.tracks.find(({ id }) => id === trackId) ?? {}
      return segments.map(({ gap, duration, bytes }) => ({ gap, bytes, seconds: duration / timescale }))
    })
  const came = of.flat().filter(({ gap }) => gap === 'none')
  return {
    gapSeconds: Math.max(0, ...of.map((segments) => sum(segments.filter(({ gap }) => gap === 'missing')))),
    maxSegmentSeconds: Math.max(0, ...came.map(({ seconds }) => seconds)),
    maxSegmentBytes: Math.max(0, ...came.map(({ bytes }) => bytes)),
    cueLateSeconds: cueLate({ head, rows, cues, from: minute * 60, to: minute * 60 + 60 }),
    driftMs: Math.max(0, ...runs.map((run) => driftOf(run, minute * 60))),
  }
}

const sum = (segments: readonly { readonly seconds: number }[]): number =>
  segments.reduce((seconds, one) => seconds + one.seconds, 0)

function cueLate(seen: Parameters<typeof overviewOf>[0]): number {
  const { markers } = overviewOf({ ...seen, to: seen.to + 60 })
  const within = (at: number | undefined): boolean => at !== undefined && at >= seen.from && at < seen.to
  return Math.max(
    0,
    ...markers.flatMap(({ from, to, beginsLate = 0, endsLate = 0 }) => [
      ...(within(from) ? [beginsLate] : []),
      ...(within(to) ? [endsLate] : []),
    ]),
  )
}

/** What was moved longer ago says nothing of today. */
const recentSeconds = 3600

function driftOf({ moves = [] }: EncoderRun, nowSeconds: number): number {
  const [first, last] = [moves[0], moves.at(-1)]
  if (!first || !last || first === last || last.atSeconds < nowSeconds - recentSeconds) return 0
  const share = (last.bySeconds - first.bySeconds) / (last.atSeconds - first.atSeconds)
  return Math.abs(share) * 3600 * 1000
}
