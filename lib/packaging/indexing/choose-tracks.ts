/** Chooses and cuts the tracks of an asset: a ladder of video, audio beside it, key frames for trick play. */
import type { SkippedTrack } from '../../assets/index.ts'
import type { SourceTrack } from '../reading/source-track.ts'
import { chooseCuts, defaultAim } from './choose-cuts.ts'
import { audioBoundaries, changesOf, cutAudio, isTogether, type SampleCut } from './cut-audio.ts'
import { presentationTime } from './edited-samples.ts'
import { gopsOf } from './gops.ts'
import { type IndexedTrack, indexTrack } from './index-track.ts'
import { type CutPlace, type Ladder, ladderOf, type Rung } from './ladder.ts'
import { attempt, type Candidate, repeated, unaligned } from './left-out.ts'
import { trickPlaySources, trickTrack } from './trick-track.ts'

/** A track of the asset. */
export interface ChosenTrack {
  /** Id in the timeline, such as `video-1`. */
  readonly id: string
  readonly candidate: Candidate
  readonly cuts: readonly SampleCut[]
  readonly indexed: IndexedTrack
  /** Id of the video track whose key frames these are. */
  readonly trickOf?: string
}

/** Video first, best first; then audio in the order of files and tracks. */
export function chooseTracks(candidates: readonly Candidate[]): {
  readonly chosen: readonly ChosenTrack[]
  readonly skipped: readonly SkippedTrack[]
} {
  const skipped: SkippedTrack[] = []
  const parts: ChosenTrack[] = []
  const add = (candidate: Candidate, cuts: readonly SampleCut[]): void => {
    const { track, shown } = candidate
    const { type } = track
    const number = 1 + parts.filter((part) => part.candidate.track.type === type).length
    // One track id per type: renditions a player switches between must agree on it.
    const trackId = type === 'video' ? 1 : 2
    parts.push({
      id: `${type}-${number}`,
      candidate,
      cuts,
      indexed: indexTrack(track, shown, { cuts, trackId }),
    })
  }
  const candidateOf = new Map(candidates.map((candidate) => [candidate.track, candidate]))
  const rungs: Rung[] = []
  for (const { track, file, shown } of candidates)
    if (track.type === 'video')
      attempt({ track, file }, skipped, () => rungs.push({ track, shown, gops: gopsOf(track, shown) }))
  const ladder = ladderOf(rungs)
  const pictures = ladder.rungs.length > 0 ? chooseCuts(placesOf(ladder, candidates), ladder.rungs) : []
  for (const [i, { track, gops }] of ladder.rungs.entries()) {
    const candidate = candidateOf.get(track)
    if (!candidate) continue
    const cuts = pictures.map(({ at, change }) => ({
      sample: gops.samples[at[i] ?? 0] ?? 0,
      start: gops.starts[at[i] ?? 0] ?? 0,
      discontinuity: change,
    }))
    attempt(candidate, skipped, () => add(candidate, cuts))
  }
  for (const { track, together, of } of ladder.unfit) {
    const candidate = candidateOf.get(track)
    if (candidate) skipped.push(unaligned(candidate, together, of))
  }
  for (const candidate of candidates) {
    if (candidate.track.type !== 'audio') continue
    const twin = parts.find((part) => sameAudio(part.candidate.track, candidate.track))
    if (twin) skipped.push(repeated(candidate, twin))
    else attempt(candidate, skipped, () => add(candidate, audioCuts(candidate, pictures)))
  }
  return { chosen: [...parts, ...trickPlayOf(parts)], skipped }
}

/** Trick-play tracks for some of the video tracks. */
function trickPlayOf(parts: readonly ChosenTrack[]): ChosenTrack[] {
  const pictures = parts.filter(({ candidate }) => candidate.track.type === 'video')
  const chosenSources = new Set(trickPlaySources(pictures.map(({ candidate }) => candidate.track)))
  return pictures.flatMap(({ id, candidate, cuts }) => {
    if (!chosenSources.has(candidate.track)) return []
    const trick = trickTrack(candidate.track, candidate.shown, cuts)
    if (!trick) return []
    // Players switch between video and its trick-play track, so their track ids must match.
    const indexed = indexTrack(trick.track, trick.shown, { cuts: trick.cuts, trackId: 1 })
    return [{ id: `${id}-trick`, candidate, cuts: trick.cuts, indexed, trickOf: id }]
  })
}

/** Cuts video with a discontinuity where the audio's sample description changes, as where its own does. */
function placesOf({ places }: Ladder, candidates: readonly Candidate[]): CutPlace[] {
  const changes = candidates
    .filter(({ track }) => track.type === 'audio')
    .flatMap(({ track, shown }) => changesOf(track, shown))
  const last = places.length - 1
  return places.map((place, i) =>
    i > 0 && i < last && changes.some((change) => isTogether(change, place.seconds))
      ? { ...place, change: true }
      : place,
  )
}

function audioCuts({ track, shown }: Candidate, pictures: readonly CutPlace[]): SampleCut[] {
  const own = pictures.length === 0 ? changesOf(track, shown) : []
  const boundaries = audioBoundaries(
    pictures.map(({ seconds }) => seconds),
    {
      // Media hidden by an edit may lie long before 0, where there is nothing to cut.
      from: Math.max(0, presentationTime(track, shown.from) / track.timescale),
      to: shown.end / track.timescale,
      aim: defaultAim.seconds,
    },
  )
  return cutAudio(track, shown, {
    boundaries: [...boundaries, ...own].toSorted((a, b) => a - b),
    changes: new Set([...own, ...pictures.filter(({ change }) => change).map(({ seconds }) => seconds)]),
  })
}

/** Renditions often carry the same audio each: it is recognized by its sample sizes. */
function sameAudio(a: SourceTrack, b: SourceTrack): boolean {
  return (
    a.type === 'audio' &&
    a.codec.name === b.codec.name &&
    a.language === b.language &&
    a.name === b.name &&
    a.timescale === b.timescale &&
    a.edit.mediaStart === b.edit.mediaStart &&
    a.edit.shift === b.edit.shift &&
    a.samples.count === b.samples.count &&
    a.samples.sizes.every((size, i) => size === b.samples.sizes[i])
  )
}
