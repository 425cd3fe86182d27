/**
 * Drift: no encoder's clock keeps to the wall clock for days. What is added to it follows, by so little at a time that
 * the segment before and the segment behind still meet: less than half a frame. Media time stays UTC, as availability
 * in DASH and EXT-X-PROGRAM-DATE-TIME need it, and nothing is cut.
 */
import type { EncoderRun } from '../live/encoder-run.ts'

/** Less than half a frame of 120 pictures a second, or of AAC at 96 kHz. */
const stepSeconds = 0.003
/** With a step: 375 millionths; crystals are off by a hundred, and none is by more than two hundred. */
const everySeconds = 8
/**
 * A move is said so long before it holds: whatever of that time comes late, twice, in another quality or from the other
 * pipeline is moved by the same.
 */
const aheadSeconds = 30
/** Those that late segments may need. */
const maxMoves = 40

/** Seconds that are added at a time of the channel, beside what the run itself adds. */
export const moveAt = ({ moves = [] }: EncoderRun, atSeconds: number): number =>
  (moves.findLast((move) => move.atSeconds <= atSeconds) ?? firstOf(moves)).bySeconds

/** Before the oldest that is kept: one that holds from the beginning has not been forgotten. */
const firstOf = (moves: NonNullable<EncoderRun['moves']>) =>
  moves.length === maxMoves && moves[0] ? moves[0] : { bySeconds: 0 }

/** A segment of a run. */
interface Seen {
  /** Its end on the channel's clock, as it would be without any move. */
  readonly atSeconds: number
  /** How much later it came than its clock says. */
  readonly lateSeconds: number
  /** It may come so much later or sooner. */
  readonly idleSeconds: number
  readonly segmentSeconds: number
}

/** The run with a move if a segment tells of drift and no other has said so; else the same one. */
export function moved(
  run: EncoderRun,
  { atSeconds, lateSeconds, idleSeconds, segmentSeconds }: Seen,
): EncoderRun {
  if (Math.abs(lateSeconds) <= idleSeconds) return run
  const { moves = [] } = run
  const last = moves.at(-1)
  const from = atSeconds + aheadSeconds
  if (last && from < last.atSeconds + Math.max(everySeconds, segmentSeconds)) return run
  const bySeconds = Math.round(((last?.bySeconds ?? 0) + Math.sign(lateSeconds) * stepSeconds) * 1000) / 1000
  return { ...run, moves: [...moves, { atSeconds: from, bySeconds }].slice(-maxMoves) }
}
