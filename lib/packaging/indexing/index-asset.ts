/** Makes a timeline of the files of one asset: reads what describes them, cuts, indexes, says what was left out. */
import { HeadendError, retold } from '../../errors.ts'
import { readMoov } from '../../formats/isobmff/moov.ts'
import type { PictureKind } from '../../formats/picture-kind.ts'
import { pixelsOf } from '../../timeline/key-label.ts'
import type { ObjectRef, Placement, TrackPlacement } from '../../timeline/placement.ts'
import { timelinePrefix } from '../../timeline/stored.ts'
import {
  type CaptionService,
  noOverlays,
  type Segment,
  type Timeline,
  type Track,
} from '../../timeline/timeline.ts'
import { assetAdvice } from '../assets/advice.ts'
import { findMoov } from '../reading/find-moov.ts'
import { checkStart, clockStart, startAtZero } from '../reading/fragment-clock.ts'
import { readFragmentTables } from '../reading/fragment-tables.ts'
import { kindOf, withKeyFrames } from '../reading/key-frames.ts'
import { oneCamera } from '../reading/one-camera.ts'
import { SampleBudget } from '../reading/sample-budget.ts'
import { messageBytes, probeSei } from '../reading/sei-probe.ts'
import type { Source } from '../reading/source.ts'
import {
  type AssetWarning,
  type Film,
  readSourceFile,
  type SkippedTrack,
  type SourceTrack,
} from '../reading/source-track.ts'
import { writeSampleIndex } from '../storage/sample-index.ts'
import { indexTexts, type TextInFile } from '../text/index-texts.ts'
import { readTextTracks, type TextTrack } from '../text/track.ts'
import { bandwidthOf } from './bandwidth.ts'
import { chooseCuts, defaultAim } from './choose-cuts.ts'
import { audioBoundaries, changesOf, cutAudio, isTogether, type SampleCut } from './cut-audio.ts'
import { type EditedSamples, editedSamples, hiddenSeconds, presentationTime } from './edited-samples.ts'
import { gopsOf } from './gops.ts'
import { hideVideo } from './hide-video.ts'
import { type IndexedTrack, indexTrack } from './index-track.ts'
import { type CutPlace, type Ladder, ladderOf, type Rung } from './ladder.ts'
import { withSteadyRate } from './steady-rate.ts'
import { trickPlaySources, trickTrack } from './trick-track.ts'

/** One file of an asset. */
export interface SourceFile {
  readonly object: ObjectRef
  readonly source: Source
  /** What the upload says of it, before what the file says of itself. */
  readonly language?: string
  readonly name?: string
  /** DASH roles of its sound and texts. */
  readonly roles?: readonly string[]
  /** The upload says that its pictures are renditions of one. */
  readonly renditions?: true
}

/** What to make. */
export interface IndexOrder {
  /** `vod/<assetId>`. */
  readonly timelineId: string
  readonly version: string
  readonly files: readonly SourceFile[]
  /** Subtitles beside the film. */
  readonly sidecars?: readonly SourceFile[]
  /** What the upload says of captions in the pictures, instead of what they say themselves. */
  readonly captions?: readonly CaptionService[]
  /** What the film may lack, though its files have some that can't be delivered. */
  readonly optional?: readonly SourceTrack['type'][]
  /** Told how far it is, 0 to 1. */
  readonly progress?: (share: number) => Promise<void>
}

/** A timeline and everything that lies beside it. */
export interface IndexedAsset {
  readonly timeline: Timeline
  readonly placement: Placement
  /** Init segments and sample indexes, by key in the media bucket. */
  readonly objects: readonly {
    readonly key: string
    readonly bytes: Uint8Array
    readonly contentType: string
  }[]
  readonly skipped: readonly SkippedTrack[]
  readonly warnings: readonly AssetWarning[]
  readonly durationSeconds: number
  /** Up to where pictures and sound go together: there the first of them ends. */
  readonly commonSeconds: number
}

/** A track, what of it is shown, and the file it came from. */
interface Candidate {
  readonly track: SourceTrack
  readonly shown: EditedSamples
  readonly file: SourceFile
}

/** Throws PACKAGING_NOTHING_PLAYABLE where no track can be delivered, and what made a file unreadable. */
export async function indexAsset({
  timelineId,
  version,
  files,
  sidecars = [],
  captions,
  optional = [],
  progress,
}: IndexOrder): Promise<IndexedAsset> {
  const found: TrackInFile[] = []
  const texts: TextInFile[] = []
  const skipped: SkippedTrack[] = []
  const kinds = new Set<SourceTrack['type']>()
  const budget = new SampleBudget()
  for (const [i, file] of files.entries()) {
    const film = await filmOf(file, budget)
    skipped.push(...film.skipped)
    for (const kind of film.kinds) kinds.add(kind)
    const { kept, others } = oneCamera(film.tracks, {
      file: file.source.name,
      ...(file.renditions && { renditions: true }),
    })
    skipped.push(...others)
    for (const track of kept)
      found.push({
        file,
        track: { ...(await withMessages(track, film, file)), ...(captions && { captions }) },
      })
    // What is said of a film is said of its sound; texts in it say their own language.
    const of = film.tracks.length > 0 ? { source: file.source } : file
    for (const track of film.texts) texts.push({ file: of, track })
    await progress?.((0.7 * (i + 1)) / files.length)
  }
  const candidates: Candidate[] = []
  for (const [i, started] of startAtZero(found.map((one) => one.track)).entries()) {
    const file = found[i]?.file
    if (file)
      attempt({ track: started, file }, skipped, () => {
        checkStart(started)
        const track = hideVideo(started)
        const candidate = { track, file, shown: editedSamples(track) }
        candidates.push(candidate)
        const seconds = hiddenSeconds(track, candidate.shown)
        if (seconds > 0) skipped.push(hidden(candidate, seconds))
      })
  }
  const prefix = timelinePrefix(timelineId, version)
  const parts = indexAll(candidates, skipped)
  if (parts.length === 0) throw nothingPlayable({ timelineId, files, skipped })
  for (const kind of kinds)
    if (!optional.includes(kind) && !parts.some(({ candidate }) => candidate.track.type === kind))
      throw lost(kind, { timelineId, skipped })
  const tracks = parts.map(trackOf)
  const placements: Record<string, TrackPlacement> = {}
  const byId = new Map(tracks.map((track) => [track.id, track]))
  const objects: { key: string; bytes: Uint8Array; contentType: string }[] = []
  for (const { id, candidate, indexed } of parts) {
    const { bytes, directory } = writeSampleIndex(indexed.indexed)
    const inits: Record<string, ObjectRef> = {}
    for (const { config, init } of indexed.configs) {
      const key = `${prefix}${id}/i-${config.id}.mp4`
      objects.push({ key, bytes: init, contentType: `${candidate.track.type}/mp4` })
      inits[config.id] = { bucket: 'media', key }
    }
    const index = `${prefix}${id}/samples.bin`
    objects.push({ key: index, bytes, contentType: 'application/octet-stream' })
    placements[id] = {
      type: candidate.track.type,
      inits,
      ...protectionFacts(byId.get(id)),
      sampleIndex: { index: { bucket: 'media', key: index }, directory, object: candidate.file.object },
      segments: {},
    }
  }
  const from = clockStart(found.map(({ track }) => track))
  const started = startAtZero(
    texts.map(({ track }) => track),
    from,
  )
  const indexedTexts = await indexTexts({
    prefix,
    tracks: texts.map(({ track, file }, i) => ({
      file,
      track: started[i] ?? track,
      moved: started[i] !== track,
    })),
    sidecars,
    film: tracks,
    skipped,
  })
  for (const text of indexedTexts) {
    tracks.push(text.track)
    placements[text.track.id] = text.placement
    objects.push(...text.objects)
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
    warnings: parts.flatMap(warningsOf),
    durationSeconds,
    commonSeconds: Math.min(
      ...['video', 'audio'].flatMap((type) => {
        const ends = tracks.flatMap((track) => (track.type === type ? [endSeconds(track)] : []))
        return ends.length > 0 ? [Math.max(...ends)] : []
      }),
      durationSeconds,
    ),
  }
}

/** What no box tells of pictures, for what may be read beside the boxes. */
async function withMessages(
  track: SourceTrack,
  { tracks }: Film,
  { source }: SourceFile,
): Promise<SourceTrack> {
  if (track.type !== 'video') return track
  const pictures = tracks.filter(({ type }) => type === 'video').length
  const kinds = new Map<number, PictureKind>()
  const messages = await probeSei(source, track, {
    spareBytes: messageBytes / pictures,
    seen: (index, start) => {
      const kind = kindOf(track, index, start)
      if (kind) kinds.set(index, kind)
    },
  })
  return { ...(await withKeyFrames(source, track, kinds)), ...messages }
}

/** What is wrong is said with the file's name and, where the finder knew none, with what to do. */
async function filmOf(
  { source }: SourceFile,
  budget: SampleBudget,
): Promise<Film & { readonly texts: readonly TextTrack[] }> {
  try {
    const moov = await findMoov(source)
    const movie = readMoov(moov)
    budget.takeTracks(movie.traks.length)
    const from = moov.at + moov.raw.length
    const fragments = await readFragmentTables(source, movie, { from, budget })
    const file = { name: source.name, size: source.size, fragments, budget }
    const film = readSourceFile(movie, file)
    const { tracks: texts, skipped } = readTextTracks(movie, file)
    return { ...film, texts, skipped: [...film.skipped, ...skipped] }
  } catch (error) {
    if (!(error instanceof HeadendError)) throw error
    const advice = error.message.includes(';') ? '' : `; ${assetAdvice(error.code)}`
    const where = error.message.startsWith(source.name) ? '' : `${source.name}: `
    throw new HeadendError(...retold(error, `${where}${error.message}${advice}`))
  }
}

function nothingPlayable({
  timelineId,
  files,
  skipped,
}: Pick<IndexOrder, 'timelineId' | 'files'> & Pick<IndexedAsset, 'skipped'>): HeadendError {
  const reasons = skipped.map(({ file, reason }) => `${file}: ${reason}`)
  const names = files.map(({ source }) => source.name).join(', ')
  const text = reasons.length > 0 ? reasons.join('; ') : `${names}: no tracks`
  return new HeadendError(
    'PACKAGING_NOTHING_PLAYABLE',
    `${timelineId}: expected pictures or sound that can be delivered, got none: ${text}` +
      (isAdvised(reasons) ? '' : '; write the film anew, then upload it again'),
  )
}

/** Some of the reasons say what to do. */
const isAdvised = (reasons: readonly string[]): boolean => reasons.some((reason) => reason.includes(';'))

/** A film that plays without its pictures, or in silence, is one nobody meant. */
function lost(
  kind: SourceTrack['type'],
  { timelineId, skipped }: Pick<IndexOrder, 'timelineId'> & Pick<IndexedAsset, 'skipped'>,
): HeadendError {
  const [code, what, word] =
    kind === 'video'
      ? (['PACKAGING_PICTURES_LOST', 'the pictures of the film', 'pictures'] as const)
      : (['PACKAGING_SOUND_LOST', 'the sound of the film', 'sound'] as const)
  const reasons = skipped.filter(({ type }) => type === kind).map(({ file, reason }) => `${file}: ${reason}`)
  return new HeadendError(
    code,
    `${timelineId}: expected ${what}, got none that can be delivered: ${reasons.join('; ')}; ` +
      `${isAdvised(reasons) ? '' : 'write the film anew, '}or let it play without by "${word}": "optional" in asset.json`,
  )
}

interface Part {
  readonly id: string
  readonly candidate: Candidate
  readonly cuts: readonly SampleCut[]
  readonly indexed: IndexedTrack
  /** Id of the picture whose key frames these are. */
  readonly trickOf?: string
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
  return [...parts, ...trickPlayOf(parts)]
}

/** The key frames of some of the pictures once more, as tracks to wind by. */
function trickPlayOf(parts: readonly Part[]): Part[] {
  const pictures = parts.filter(({ candidate }) => candidate.track.type === 'video')
  const winding = new Set(trickPlaySources(pictures.map(({ candidate }) => candidate.track)))
  return pictures.flatMap(({ id, candidate, cuts }) => {
    if (!winding.has(candidate.track)) return []
    const trick = trickTrack(candidate.track, candidate.shown, cuts)
    if (!trick) return []
    // Players change from picture to key frames and back: their segments agree on the track's id.
    const indexed = indexTrack(trick.track, trick.shown, { cuts: trick.cuts, trackId: 1 })
    return [{ id: `${id}-trick`, candidate, cuts: trick.cuts, indexed, trickOf: id }]
  })
}

/** Where the sound's description changes, pictures are cut as where their own does. */
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
      // What an edit hides may lie ages before 0, where there is nothing to cut.
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

/** Of a track that is shown; its key frames once more are not another one. */
function warningsOf({ candidate, trickOf }: Part): AssetWarning[] {
  if (trickOf) return []
  const { brokenEnd, repairs: mended, timescale } = candidate.track
  const repairs = [...mended]
  if (brokenEnd) {
    const seconds = (candidate.shown.end / timescale).toFixed(3)
    repairs.push({
      code: 'MP4_BROKEN_OFF',
      reason: `${brokenEnd.reason.split(';')[0]}: the recording broke off at byte ${brokenEnd.atBytes}; what is complete plays, to ${seconds} s`,
    })
  }
  return repairs.map((repair) => ({ ...factsOf(candidate), ...repair }))
}

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

const hidden = (candidate: Candidate, seconds: number): SkippedTrack => ({
  ...factsOf(candidate),
  code: 'PACKAGING_MEDIA_HIDDEN',
  reason: `its edit list shows a part of it: ${seconds.toFixed(3)} s of media outside that part are left out`,
})

/** Renditions of one film often carry the same sound each: one sample size after the other tells. */
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

function trackOf({ id, candidate, indexed, trickOf }: Part, _index: number, parts: readonly Part[]): Track {
  const { track, file } = candidate
  const language = file.language ?? track.language
  const name = file.name ?? (track.type === 'audio' ? track.name : undefined)
  const sounds = parts.filter((part) => part.candidate.track.type === 'audio')
  const firstAudio = (sounds.find((part) => part.candidate.track.enabled) ?? sounds[0])?.id
  return {
    id,
    type: track.type,
    timescale: track.timescale,
    ...(language && { language }),
    ...(name && { name }),
    roles: trickOf ? [] : rolesOf(track, file, id === firstAudio),
    bandwidth: withSteadyRate(
      bandwidthOf(indexed.segments, track.timescale),
      indexed.indexed,
      track.timescale,
    ),
    configs: indexed.configs.map(({ config }) => config),
    segments: indexed.segments,
    before: { segments: 0, discontinuities: 0 },
    ...hiddenOf(candidate, indexed.segments),
    ...(track.type === 'video' && !trickOf && track.captions?.length && { captions: track.captions }),
    ...(trickOf && { trickOf }),
  }
}

/** Of a later beginning than this the first segment would last so much longer that its bit rate said nothing. */
const maxHoleSeconds = 0.5

/**
 * What of a track's first segment is not shown: frames the edit list takes off, and, where the track begins later than
 * the film, the time until then. Shaka Player lets every HLS playlist begin at 0, so that the second segment is in step.
 */
function hiddenOf(
  { track: { timescale }, shown: { mediaStart } }: Candidate,
  [first]: readonly Segment[],
): Pick<Track, 'hiddenTicks'> {
  const hole = first && first.start <= maxHoleSeconds * timescale ? first.start : 0
  return mediaStart + hole > 0 ? { hiddenTicks: mediaStart + hole } : {}
}

/** What the packager asks of a track that is to be encrypted. */
function protectionFacts(track: Track | undefined): Pick<TrackPlacement, 'pixels' | 'configs'> {
  if (!track) return {}
  const { type, configs, segments } = track
  const runs = segments
    .filter(({ configId }, i) => i > 0 && segments[i - 1]?.configId !== configId)
    .map(({ number, configId }) => [number, configId] as const)
  return {
    ...(type === 'video' && { pixels: pixelsOf(track) }),
    ...(configs.length > 1 && {
      configs: [[segments[0]?.number ?? 0, segments[0]?.configId ?? ''], ...runs],
    }),
  }
}

function rolesOf({ type }: SourceTrack, file: SourceFile, isFirst: boolean): readonly string[] {
  if (type === 'video') return ['main']
  return file.roles ?? [isFirst ? 'main' : 'alternate']
}

function endSeconds({ segments, timescale }: Track): number {
  const last = segments.at(-1)
  return last ? (last.start + last.duration) / timescale : 0
}
