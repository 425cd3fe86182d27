/** Makes a timeline of the files of one asset: reads what describes them, cuts, indexes, says what was left out. */
import { HeadendError } from '../errors.ts'
import { readMoov } from '../formats/isobmff/moov.ts'
import type { ObjectRef, Placement, TrackPlacement } from '../timeline/placement.ts'
import { timelinePrefix } from '../timeline/stored.ts'
import { noOverlays, type Timeline, type Track } from '../timeline/timeline.ts'
import { bandwidthOf } from './bandwidth.ts'
import { chooseCuts, usualAim } from './choose-cuts.ts'
import { cutSound, type SampleCut, soundBoundaries } from './cut-sound.ts'
import { type Film, type FilmTrack, readFilm, type SkippedTrack } from './film-track.ts'
import { findMoov } from './find-moov.ts'
import { startAtZero } from './fragment-clock.ts'
import { readFragmentTables } from './fragment-tables.ts'
import { type IndexedTrack, indexTrack } from './index-track.ts'
import { type CutPlace, ladderOf } from './ladder.ts'
import { writeSampleIndex } from './sample-index.ts'
import { presentationTime, type ShownSamples, shownSamples } from './shown-samples.ts'
import type { Source } from './source.ts'

/** One file of an asset. */
export interface FilmFile {
  readonly object: ObjectRef
  readonly source: Source
  /** What the upload says of it, before what the file says of itself. */
  readonly language?: string
  readonly name?: string
}

/** What to make. */
export interface IndexOrder {
  /** `vod/<assetId>`. */
  readonly timelineId: string
  readonly version: string
  readonly files: readonly FilmFile[]
  /** Told how far it is, 0 to 1. */
  readonly progress?: (share: number) => Promise<void>
}

/** A timeline and everything that lies beside it. */
export interface IndexedFilms {
  readonly timeline: Timeline
  readonly placement: Placement
  /** Init segments and sample indexes, by key in the media bucket. */
  readonly objects: readonly {
    readonly key: string
    readonly bytes: Uint8Array
    readonly contentType: string
  }[]
  readonly skipped: readonly SkippedTrack[]
  readonly durationSeconds: number
}

/** A track, what of it is shown, and the file it came from. */
interface Candidate {
  readonly track: FilmTrack
  readonly shown: ShownSamples
  readonly file: FilmFile
}

/** Throws PACKAGING_NOTHING_PLAYABLE where no track can be delivered, and what made a file unreadable. */
export async function indexFilms({
  timelineId,
  version,
  files,
  progress,
}: IndexOrder): Promise<IndexedFilms> {
  const found: TrackInFile[] = []
  const skipped: SkippedTrack[] = []
  for (const [i, file] of files.entries()) {
    const film = await filmOf(file)
    skipped.push(...film.skipped)
    for (const track of film.tracks) found.push({ track, file })
    await progress?.((0.7 * (i + 1)) / files.length)
  }
  const candidates: Candidate[] = []
  for (const [i, track] of startAtZero(found.map((one) => one.track)).entries()) {
    const file = found[i]?.file
    if (file)
      attempt({ track, file }, skipped, () => candidates.push({ track, file, shown: shownSamples(track) }))
  }
  const prefix = timelinePrefix(timelineId, version)
  const parts = indexAll(candidates, skipped)
  if (parts.length === 0) throw nothingPlayable(timelineId, skipped)
  const tracks = parts.map(trackOf)
  const placements: Record<string, TrackPlacement> = {}
  const objects: { key: string; bytes: Uint8Array; contentType: string }[] = []
  for (const { id, candidate, indexed } of parts) {
    const { bytes, directory } = writeSampleIndex(indexed.indexed)
    const init = `${prefix}${id}/i-${indexed.config.id}.mp4`
    const index = `${prefix}${id}/samples.bin`
    objects.push({ key: init, bytes: indexed.init, contentType: `${candidate.track.type}/mp4` })
    objects.push({ key: index, bytes, contentType: 'application/octet-stream' })
    placements[id] = {
      type: candidate.track.type,
      inits: { [indexed.config.id]: { bucket: 'media', key: init } },
      sampleIndex: { index: { bucket: 'media', key: index }, directory, object: candidate.file.object },
      segments: {},
    }
  }
  const seconds = tracks.map(endSeconds)
  const durationSeconds = Math.max(...seconds)
  const timescale = tracks[0]?.timescale ?? 1
  return {
    timeline: {
      id: timelineId,
      version,
      timescale,
      state: 'closed',
      sealedThrough: Math.ceil(durationSeconds * timescale),
      anchors: [],
      tracks,
      overlays: noOverlays,
    },
    placement: { timelineId, version, revision: 1, tracks: placements },
    objects,
    skipped,
    durationSeconds,
  }
}

/** What is wrong is said with the file's name and, where the finder knew none, with what to do. */
async function filmOf({ source }: FilmFile): Promise<Film> {
  try {
    const moov = await findMoov(source)
    const movie = readMoov(moov)
    const fragments = await readFragmentTables(source, movie, moov.at + moov.raw.length)
    return readFilm(movie, { name: source.name, size: source.size, fragments })
  } catch (error) {
    if (!(error instanceof HeadendError)) throw error
    const advice = error.message.includes(';')
      ? ''
      : '; write the film anew with another tool, then upload it again'
    throw new HeadendError(error.code, `${source.name}: ${error.message}${advice}`, {
      cause: error,
      status: error.status,
    })
  }
}

function nothingPlayable(timelineId: string, skipped: readonly SkippedTrack[]): HeadendError {
  const reasons = skipped.map(({ file, reason }) => `${file}: ${reason}`)
  const text = reasons.length > 0 ? reasons.join('; ') : 'the file has no tracks'
  return new HeadendError(
    'PACKAGING_NOTHING_PLAYABLE',
    `${timelineId}: expected pictures or sound that can be delivered, got none: ${text}`,
  )
}

interface Part {
  readonly id: string
  readonly candidate: Candidate
  readonly indexed: IndexedTrack
}

/** Pictures first, best first; then sound in the order of files and tracks. What does not fit is added to `skipped`. */
function indexAll(candidates: readonly Candidate[], skipped: SkippedTrack[]): Part[] {
  const parts: Part[] = []
  const add = (candidate: Candidate, cuts: readonly SampleCut[]): void => {
    const { track, shown } = candidate
    const { type } = track
    const number = 1 + parts.filter((part) => part.candidate.track.type === type).length
    // One id a type: renditions a player switches between must agree on it.
    const trackId = type === 'video' ? 1 : 2
    parts.push({
      id: `${type}-${number}`,
      candidate,
      indexed: indexTrack(track, shown, { cuts, trackId }),
    })
  }
  const candidateOf = new Map(candidates.map((candidate) => [candidate.track, candidate]))
  const ladder = ladderOf(candidates.filter(({ track }) => track.type === 'video'))
  const pictures = ladder.rungs.length > 0 ? chooseCuts(ladder.places, ladder.rungs) : []
  for (const [i, { track, gops }] of ladder.rungs.entries()) {
    const candidate = candidateOf.get(track)
    if (!candidate) continue
    const cuts = pictures.map(({ at }) => ({
      sample: gops.samples[at[i] ?? 0] ?? 0,
      start: gops.starts[at[i] ?? 0] ?? 0,
    }))
    attempt(candidate, skipped, () => add(candidate, cuts))
  }
  for (const { track, together, of } of ladder.unfit) {
    const candidate = candidateOf.get(track)
    if (candidate) skipped.push(unaligned(candidate, together, of))
  }
  for (const candidate of candidates) {
    if (candidate.track.type !== 'audio') continue
    const twin = parts.find((part) => sameSound(part.candidate.track, candidate.track))
    if (twin) skipped.push(repeated(candidate, twin))
    else attempt(candidate, skipped, () => add(candidate, soundCuts(candidate, pictures)))
  }
  return parts
}

function soundCuts({ track, shown }: Candidate, pictures: readonly CutPlace[]): SampleCut[] {
  const boundaries = soundBoundaries(
    pictures.map(({ seconds }) => seconds),
    {
      // What an edit hides may lie ages before 0, where there is nothing to cut.
      from: Math.max(0, presentationTime(track, shown.from) / track.timescale),
      to: shown.end / track.timescale,
      aim: usualAim.seconds,
    },
  )
  return cutSound(track, shown, boundaries)
}

type TrackInFile = Pick<Candidate, 'track' | 'file'>

/** Does the work, or says why the track is left out; what is not the track's fault goes on up. */
function attempt(where: TrackInFile, skipped: SkippedTrack[], work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof HeadendError)) throw error
    skipped.push({ ...factsOf(where), code: error.code, reason: error.message })
  }
}

const factsOf = ({ track, file }: TrackInFile): Omit<SkippedTrack, 'code' | 'reason'> => ({
  file: file.source.name,
  trackId: track.trackId,
  type: track.type,
  codec: track.codec.name,
})

const unaligned = (candidate: Candidate, together: number, of: number): SkippedTrack => ({
  ...factsOf(candidate),
  code: 'PACKAGING_LADDER_UNALIGNED',
  reason:
    `expected key frames at the same times as the best rendition, got ${together} of ${of} together; ` +
    'a player could not switch to it: encode all renditions with the same key frames',
})

const repeated = (candidate: Candidate, twin: Part): SkippedTrack => ({
  ...factsOf(candidate),
  code: 'PACKAGING_SOUND_REPEATED',
  reason: `the same sound as ${twin.id} of ${twin.candidate.file.source.name}`,
})

/** Renditions of one film often carry the same sound each: one sample size after the other tells. */
function sameSound(a: FilmTrack, b: FilmTrack): boolean {
  return (
    a.type === 'audio' &&
    a.codec.name === b.codec.name &&
    a.language === b.language &&
    a.timescale === b.timescale &&
    a.edit.mediaStart === b.edit.mediaStart &&
    a.edit.shift === b.edit.shift &&
    a.samples.count === b.samples.count &&
    a.samples.sizes.every((size, i) => size === b.samples.sizes[i])
  )
}

function trackOf({ id, candidate, indexed }: Part, _index: number, parts: readonly Part[]): Track {
  const { track, file } = candidate
  const language = file.language ?? track.language
  const firstSound = parts.find((part) => part.candidate.track.type === 'audio')?.id
  return {
    id,
    type: track.type,
    timescale: track.timescale,
    ...(language && { language }),
    ...(file.name && { name: file.name }),
    roles: track.type === 'video' || id === firstSound ? ['main'] : ['alternate'],
    bandwidth: bandwidthOf(indexed.segments, track.timescale),
    configs: [indexed.config],
    segments: indexed.segments,
    before: { segments: 0, discontinuities: 0 },
  }
}

function endSeconds({ segments, timescale }: Track): number {
  const last = segments.at(-1)
  return last ? (last.start + last.duration) / timescale : 0
}
