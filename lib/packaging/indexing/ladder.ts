/** Renditions of one film that a player may switch between: those whose groups of pictures start together. */
import type { SourceTrack } from '../reading/source-track.ts'
import type { EditedSamples } from './edited-samples.ts'
import type { Gops } from './gops.ts'

/** A video track and what of it is shown. */
export interface EditedTrack {
  readonly track: SourceTrack
  readonly shown: EditedSamples
}

/** A video track with the places it may be cut at. */
export interface Rung extends EditedTrack {
  readonly gops: Gops
}

/** Places every rung can be cut at: `at[i]` indexes the groups of rung `i`. Seconds are those of the first rung. */
export interface CutPlace {
  readonly seconds: number
  readonly at: readonly number[]
  /** Decoders are told something new here: it must be cut, and is a discontinuity of every track. */
  readonly change: boolean
  /** Pictures shown before the first one stored follow it: who starts here may lack what they need. */
  readonly leading: boolean
}

/** The rungs that go together, best first, where they can be cut, and which tracks don't fit. */
export interface Ladder {
  readonly rungs: readonly Rung[]
  /** The last one is the end. */
  readonly places: readonly CutPlace[]
  readonly unfit: readonly { readonly track: SourceTrack; readonly together: number; readonly of: number }[]
}

/** Starts this close are one start: clocks of different timescales round differently. */
const sameSeconds = 0.002
/** A rung that leaves stretches longer than this without a common place does not fit. */
const maxSeconds = 12

/** Takes the track with most pixels first and every other one that can be cut where it can. */
export function ladderOf(tracks: readonly Rung[]): Ladder {
  const rungs: Rung[] = []
  const unfit: { track: SourceTrack; together: number; of: number }[] = []
  let places: CutPlace[] = []
  for (const rung of tracks.toSorted((a, b) => pixels(b.track) - pixels(a.track))) {
    const { track, gops } = rung
    if (rungs.length === 0) {
      rungs.push(rung)
      places = gops.starts.map((start, index) => ({
        seconds: start / track.timescale,
        at: [index],
        change: gops.changes[index] ?? false,
        leading: gops.leading[index] ?? false,
      }))
      continue
    }
    const common = meet(places, rung)
    const worst = Math.max(maxSeconds, longest(places)) + sameSeconds
    if (!keepsChanges(common, places, gops) || longest(common) > worst) {
      unfit.push({ track, together: Math.max(0, common.length - 1), of: places.length - 1 })
      continue
    }
    rungs.push(rung)
    places = common
  }
  return { rungs, places, unfit }
}

const pixels = ({ codec }: SourceTrack): number => (codec.type === 'video' ? codec.width * codec.height : 0)

/** Places both have. The ends always meet: renditions may differ by the last picture. */
function meet(places: readonly CutPlace[], { track, gops }: Rung): CutPlace[] {
  const common: CutPlace[] = []
  const last = gops.starts.length - 1
  let index = 0
  for (const [i, place] of places.entries()) {
    if (i === places.length - 1) {
      common.push({ ...place, at: [...place.at, last] })
      break
    }
    const seconds = (at: number): number => (gops.starts[at] ?? 0) / track.timescale
    while (index < last && seconds(index) < place.seconds - sameSeconds) index++
    if (index < last && Math.abs(seconds(index) - place.seconds) <= sameSeconds)
      common.push({
        ...place,
        at: [...place.at, index],
        change: place.change || (gops.changes[index] ?? false),
        leading: place.leading || (gops.leading[index] ?? false),
      })
  }
  // A rendition that starts elsewhere has nothing to show where the others begin.
  return common[0]?.seconds === places[0]?.seconds && common[0]?.at.at(-1) === 0 ? common : common.slice(-1)
}

/** A change that only one of two renditions can be cut at breaks the other. */
function keepsChanges(common: readonly CutPlace[], places: readonly CutPlace[], { changes }: Gops): boolean {
  const kept = new Set(common.map(({ seconds }) => seconds))
  const groups = new Set(common.map(({ at }) => at.at(-1)))
  return (
    places.every(({ change, seconds }) => !change || kept.has(seconds)) &&
    changes.every((change, group) => !change || groups.has(group))
  )
}

function longest(places: readonly CutPlace[]): number {
  let most = places.length < 2 ? Number.POSITIVE_INFINITY : 0
  for (let i = 1; i < places.length; i++)
    most = Math.max(most, (places[i]?.seconds ?? 0) - (places[i - 1]?.seconds ?? 0))
  return most
}
