/** Where to cut pictures into segments. */
import type { CutPlace, Rung } from './ladder.ts'

/** What segments aim at, and must not pass where they can be cut shorter. */
export interface SegmentAim {
  readonly seconds: number
  readonly bytes: number
}

/** What a rendition weighs in front of each of its groups. */
interface WeighedRung {
  readonly gops: Pick<Rung['gops'], 'bytes'>
}

/** 6 s; 6 MB less a head's length, because a streamed answer slows down from there on. */
export const defaultAim: SegmentAim = { seconds: 6, bytes: 6_000_000 - 1024 }

/** Of the places within one step only the first counts, which keeps the search short in all-intra films. */
const stepSeconds = 0.25
/** No segment longer than this many times the aim is weighed, unless nothing shorter exists. */
const widest = 3

/**
 * Chooses the cuts whose segments together come closest to the aim, so that an irregular film gets neither stubs
 * nor needlessly long segments. First and last place are always in.
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
      // One step can't be cut; a wider one must keep within the aim.
      if (
        start < end - 1 &&
        (seconds > aim.seconds * widest || heaviest(rungs, spots, start, end) > aim.bytes)
      )
        break
      const total =
        (cost[start] ?? 0) +
        distance(seconds, { aim, isLast: end === last }) +
        (spots[end]?.leading ? leadingCosts : 0)
      // Of equal choices the one whose odd length comes last.
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

/** Longer than the aim weighs more than shorter, for it raises the target duration of the whole film. */
const longerWeighs = 4
/** A short last segment is what the film leaves over; only a stub is worth a longer one before it. */
const lastShorterWeighs = 1 / 8

/** A place where nothing is missing is worth 2 s more or less. */
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

/** Clocks of milliseconds fall a little short of a step's start. */
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
