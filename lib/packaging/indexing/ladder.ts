/** Finds the renditions a player may switch between: those whose GOPs start together. */
import type { SourceTrack } from '../reading/source-track.ts'
import type { EditedSamples } from './edited-samples.ts'
import type { Gops } from './gops.ts'

/** A video track and its samples after its edit list. */
export interface EditedTrack {
  readonly track: SourceTrack
  readonly shown: EditedSamples
}

/** A video track with the places it may be cut at. */
export interface Rung extends EditedTrack {
  readonly gops: Gops
}

/** A place every rung can be cut at: `at[i]` indexes the GOPs of rung `i`. Seconds are those of the first rung. */
export interface CutPlace {
  readonly seconds: number
  readonly at: readonly number[]
  /** The sample description changes here: it must be cut, and is a discontinuity of every track. */
  readonly change: boolean
  /** Leading frames follow: a decoder that starts here may lack their references. */
  readonly leading: boolean
}

/** The aligned rungs, best first, their common cut places, and the tracks that do not fit. */
export interface Ladder {
  readonly rungs: readonly Rung[]
  /** The last one is the end. */
  readonly places: readonly CutPlace[]
  readonly unfit: readonly { readonly track: SourceTrack; readonly together: number; readonly of: number }[]
}

/** Starts this close are equal: different timescales round differently. */
const sameSeconds = 0.002
/** A rung with longer stretches than this without a common place does not fit. */
const maxSeconds = 12

/** Takes the track with the most pixels first, then every other one that can be cut at the same places. */
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

/** Places common to both. The ends always match: renditions may differ by the last frame. */
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
  // A rendition that starts elsewhere has nothing to show at the others' start.
  return common[0]?.seconds === places[0]?.seconds && common[0]?.at.at(-1) === 0 ? common : common.slice(-1)
}

/** Whether both can be cut at every description change; one that only one can be cut at breaks the other. */
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
