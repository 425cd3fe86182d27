/** Chooses where to cut video into segments. */
import type { CutPlace, Rung } from './ladder.ts'

/** Target segment size; exceeded only where no shorter cut exists. */
export interface SegmentAim {
  readonly seconds: number
  readonly bytes: number
}

/** A rendition with the bytes before each of its GOPs. */
interface WeighedRung {
  readonly gops: Pick<Rung['gops'], 'bytes'>
}

/** 6 s; 6 MB less the length of a header, because streamed responses slow down beyond that. */
export const defaultAim: SegmentAim = { seconds: 6, bytes: 6_000_000 - 1024 }

/** Only the first cut place within a step is considered, which keeps the search short in all-intra films. */
const stepSeconds = 0.25
/** Longer segments than this many times the target are not considered unless nothing shorter exists. */
const widest = 3

/**
 * Chooses the cuts whose segments together come closest to the target, so that irregular GOPs yield neither stubs nor
 * needlessly long segments. The first and last place are always included.
 */
export function chooseCuts(
  places: readonly CutPlace[],
  rungs: readonly WeighedRung[],
  aim: SegmentAim = defaultAim,
): CutPlace[] {
  const spots = thinned(places, rungs, aim)
  const last = spots.length - 1
  const cost = new Float64Array(spots.length).fill(Number.POSITIVE_INFINITY)
  const from = new Int32Array(spots.length)
  cost[0] = 0
  for (let end = 1; end <= last; end++) {
    for (let start = end - 1; start >= 0; start--) {
      const seconds = between(spots, start, end)
      // A single step can't be cut; several must stay within the target.
      if (
        start < end - 1 &&
        (seconds > aim.seconds * widest || heaviest(rungs, spots, start, end) > aim.bytes)
      )
        break
      const total =
        (cost[start] ?? 0) +
        distance(seconds, { aim, isLast: end === last }) +
        (spots[end]?.leading ? leadingCosts : 0)
      // On a tie the odd length comes last.
      if (total <= (cost[end] ?? 0)) {
        cost[end] = total
        from[end] = start
      }
      if (spots[start]?.change) break
    }
  }
  const chosen: CutPlace[] = []
  for (let at = last; ; at = from[at] ?? 0) {
    const spot = spots[at]
    if (spot) chosen.push(spot)
    if (at <= 0) break
  }
  return chosen.toReversed()
}

/** Longer than the target costs more than shorter, for it raises the target duration of the whole asset. */
const longerWeighs = 4
/** A short last segment is just the remainder; only a stub justifies a longer one before it. */
const lastShorterWeighs = 1 / 8

/** A closed GOP is preferred up to 2 s off the target. */
const leadingCosts = 4

function distance(
  seconds: number,
  { aim, isLast }: { readonly aim: SegmentAim; readonly isLast: boolean },
): number {
  const weight = seconds > aim.seconds ? longerWeighs : isLast ? lastShorterWeighs : 1
  return weight * (seconds - aim.seconds) ** 2
}

function thinned(places: readonly CutPlace[], rungs: readonly WeighedRung[], aim: SegmentAim): CutPlace[] {
  const kept: CutPlace[] = []
  for (const [i, place] of places.entries()) {
    const before = kept.at(-1)
    const isEnd = i === places.length - 1
    const far =
      !before ||
      place.change ||
      stepOf(place) > stepOf(before) ||
      heaviest(rungs, [before, place], 0, 1) >= aim.bytes / 8
    if (far || isEnd) kept.push(place)
  }
  return kept
}

/** Millisecond clocks fall slightly short of a step's start. */
const stepOf = ({ seconds }: CutPlace): number => Math.floor((seconds + 0.001) / stepSeconds)

const between = (spots: readonly CutPlace[], start: number, end: number): number =>
  (spots[end]?.seconds ?? 0) - (spots[start]?.seconds ?? 0)

/** Bytes of the largest rendition between two places. */
function heaviest(
  rungs: readonly WeighedRung[],
  spots: readonly CutPlace[],
  start: number,
  end: number,
): number {
  let most = 0
  for (const [i, { gops }] of rungs.entries()) {
    const bytes = (gops.bytes[spots[end]?.at[i] ?? 0] ?? 0) - (gops.bytes[spots[start]?.at[i] ?? 0] ?? 0)
    if (bytes > most) most = bytes
  }
  return most
}
