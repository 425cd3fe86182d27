/**
 * Places an encoder's clock on the wall clock. Encoders that count from 1970 agree with one another and are left as they
 * are; others begin anywhere, and anew at each restart. A time that fits nothing is believed once another one goes on
 * from it: one that is alone there is a mistake. An encoder that restarts soon after it began has times that fit its run
 * before: they are late by the same, and where they would lie there are segments already.
 */

import { type EncoderClock, type EncoderRun, epochRun } from '../live/encoder-run.ts'
import type { HeadRow } from '../live/store.ts'
import { moveAt, moved } from './drift.ts'

/** Beyond this the clock of an encoder is not the wall clock, however slow its network is. */
const epochToleranceSeconds = 120
/** An encoder that counts from 1970 is taken at its word, unless it goes wrong by more than networks are slow. */
const epochIdleSeconds = 60
/** A run goes on as long as its segments come within this of when they should. */
const runToleranceSeconds = 30
/** Segments come sooner and later by as much, however good their encoder's clock is. */
const runIdleSeconds = 1
/** A segment that goes on from another is at most so many behind or before it: what comes later is another mistake. */
const goesOnSegments = 5.5
/** Segments of one run are late by the same within so much of a segment; those that are sent again in a burst are not. */
const sameLatenessSegments = 0.5
/** Times that wait for another one. */
const maxUnproven = 8
const maxRuns = 50

/** What is known of a segment's time. */
export interface Timed {
  /** Its end on its encoder's clock. */
  readonly endSeconds: number
  readonly writtenMs: number
  /** Seconds after which that clock begins anew; absent if it does not. */
  readonly clockSeconds?: number | undefined
}

/** The channel it comes to. */
export interface Arrival {
  /** How long segments are meant to last. */
  readonly segmentSeconds: number
  /** Nothing has come yet: the first clock is believed. */
  readonly isFirst: boolean
  /** The run that would have it is not its own: its place there has been taken for long. @default false */
  readonly isAnew?: boolean
}

/** Where a segment lies, and the clock that says so: the same one if nothing is to be kept. */
export type Placing =
  | {
      readonly kind: 'placed'
      /** Added to the encoder's seconds. */
      readonly addSeconds: number
      /** The run it is of: what is added before the encoder's clock begins anew for the first time. */
      readonly run: number
      /** By how much it came later than the run says; 0 for clocks that count from 1970, which are taken at their word. */
      readonly lateSeconds: number
      readonly clock: EncoderClock
    }
  /** It is believed when another one goes on from it. */
  | { readonly kind: 'unproven'; readonly clock: EncoderClock }

/** Places a segment. */
export function placed(clock: EncoderClock, timed: Timed, arrival: Arrival): Placing {
  const { runs } = clock
  const fit = epochFit(runs, timed) ?? nearestRun(runs, timed)
  if (!fit) return unplaced(clock, timed, arrival)
  const { run, lateSeconds, isTold } = fit
  const isLate = !isTold && lateSeconds > arrival.segmentSeconds
  if (isLate) {
    const anew = unplaced(clock, timed, { ...arrival, isFirst: false, isAnew: true })
    if (anew.kind === 'placed' || arrival.isAnew) return anew
  }
  const idleSeconds = isTold ? epochIdleSeconds : runIdleSeconds
  const next = moved(run, { ...fit, idleSeconds, ...arrival })
  return {
    kind: 'placed',
    addSeconds: fit.addSeconds,
    run: run.addSeconds,
    lateSeconds: isTold ? 0 : lateSeconds,
    clock: next === run ? clock : { ...clock, runs: [...runs.filter((one) => one !== run), next] },
  }
}

/** The run that counts from 1970, if the segment may be of it. A clock that begins anew each day can not be that. */
function epochFit(runs: readonly EncoderRun[], timed: Timed) {
  if (timed.clockSeconds !== undefined) return undefined
  const run = runs.find(isEpoch) ?? epochRun
  const fit = fitOf(run, timed)
  return Math.abs(fit.lateSeconds) <= epochToleranceSeconds ? { ...fit, run, isTold: true } : undefined
}

/** Of the others the one it is least late for, the newest of two: an encoder may restart within the tolerance. */
function nearestRun(runs: readonly EncoderRun[], timed: Timed) {
  const own = runs.toReversed().filter((run) => !isEpoch(run))
  const fits = own.map((run) => ({ ...fitOf(run, timed), run, isTold: false }))
  const [best] = fits.toSorted((a, b) => Math.abs(a.lateSeconds) - Math.abs(b.lateSeconds))
  return best && Math.abs(best.lateSeconds) <= runToleranceSeconds ? best : undefined
}

/** What is added to a time that a known run of a channel's encoders has; undefined if none has it. */
export function placedBy(row: HeadRow, timed: Timed): number | undefined {
  const { segmentSeconds } = row.head
  const placing = placed(row, timed, { segmentSeconds, isFirst: false })
  if (placing.kind === 'unproven') return undefined
  const { run, addSeconds } = placing
  return run === epochRun.addSeconds || row.runs.some((one) => one.addSeconds === run)
    ? addSeconds
    : undefined
}

const isEpoch = ({ addSeconds }: EncoderRun): boolean => addSeconds === 0

/** A segment as part of a run. */
function fitOf(run: EncoderRun, { endSeconds, writtenMs, clockSeconds }: Timed) {
  const ahead = writtenMs / 1000 - endSeconds - run.addSeconds
  const turned = clockSeconds === undefined ? 0 : Math.round(ahead / clockSeconds) * clockSeconds
  const atSeconds = endSeconds + run.addSeconds + turned
  const by = moveAt(run, atSeconds)
  return { atSeconds, addSeconds: run.addSeconds + turned + by, lateSeconds: ahead - turned - by }
}

/** One that is of no run that is known. */
function unplaced(
  clock: EncoderClock,
  timed: Timed,
  { segmentSeconds, isFirst, isAnew = false }: Arrival,
): Placing {
  const { runs, unproven = [] } = clock
  const { endSeconds, writtenMs } = timed
  // Whole milliseconds, so that all tracks of the encoder are moved by the same.
  const addSeconds = Math.round(writtenMs - endSeconds * 1000) / 1000
  const begun = (run: EncoderRun): Placing => {
    const fit = fitOf(run, timed)
    return {
      kind: 'placed',
      addSeconds: fit.addSeconds,
      run: run.addSeconds,
      lateSeconds: fit.lateSeconds,
      clock: {
        runs: [...runs, run].slice(-maxRuns),
        ...(unproven.length > 0 && {
          unproven: unproven.filter((one) => one.addSeconds !== run.addSeconds),
        }),
      },
    }
  }
  if (isFirst) return begun({ addSeconds, sinceMs: writtenMs })
  const within = isAnew ? sameLatenessSegments * segmentSeconds : runToleranceSeconds
  const like = unproven.find((one) => Math.abs(fitOf(one, timed).lateSeconds) <= within)
  if (like) {
    const apart = Math.abs(fitOf(like, timed).atSeconds - like.endSeconds - like.addSeconds) / segmentSeconds
    if (apart < 0.5) return { kind: 'unproven', clock }
    const { addSeconds: of, sinceMs } = like
    if (apart <= goesOnSegments) return begun({ addSeconds: of, sinceMs })
  }
  const others = unproven.filter((one) => one !== like)
  const waiting = [...others, { addSeconds, sinceMs: writtenMs, endSeconds }].slice(-maxUnproven)
  return { kind: 'unproven', clock: { ...clock, unproven: waiting } }
}
