/** Indexes the files of one asset into a timeline: reads their metadata, cuts, indexes, reports what was left out. */
import type { SkippedTrack } from '../../assets/index.ts'
import type { ObjectRef, TrackPlacement } from '../../timeline/placement.ts'
import { timelinePrefix } from '../../timeline/stored.ts'
import { noOverlays, type Track } from '../../timeline/timeline.ts'
import { checkStart, clockStart, startAtZero } from '../reading/fragment-clock.ts'
import { writeSampleIndex } from '../storage/sample-index.ts'
import { indexTexts, type TextInFile } from '../text/index-texts.ts'
import { type ChosenTrack, chooseTracks } from './choose-tracks.ts'
import { editedSamples, hiddenSeconds } from './edited-samples.ts'
import { hideVideo } from './hide-video.ts'
import type { IndexedAsset, IndexOrder } from './index-order.ts'
import { attempt, type Candidate, hidden, lost, nothingPlayable, type TrackInFile } from './left-out.ts'
import { readFiles } from './read-files.ts'
import { endSeconds, protectionFacts, timelineTracks, warningsOf } from './timeline-track.ts'

type StoredObject = IndexedAsset['objects'][number]

/** Share of the progress spent on reading. */
const readingShare = 0.7

/** Throws PACKAGING_NOTHING_PLAYABLE if no track can be delivered, and the error of an unreadable file. */
export async function indexAsset(order: IndexOrder): Promise<IndexedAsset> {
  const { timelineId, version, files, sidecars = [], optional = [], progress } = order
  const read = await readFiles({
    ...order,
    ...(progress && { progress: (share: number) => progress(readingShare * share) }),
  })
  const edited = editAll(read.found)
  const { chosen, skipped: unfit } = chooseTracks(edited.candidates)
  const skipped = [...read.skipped, ...edited.skipped, ...unfit]
  if (chosen.length === 0) throw nothingPlayable({ timelineId, files, skipped })
  for (const kind of read.kinds)
    if (!optional.includes(kind) && !chosen.some(({ candidate }) => candidate.track.type === kind))
      throw lost(kind, { timelineId, skipped })
  const media = timelineTracks(chosen)
  const prefix = timelinePrefix(timelineId, version)
  const { placements, objects } = place(prefix, chosen, media)
  const texts = await indexTexts({
    prefix,
    tracks: onClockOf(read.found, read.texts),
    sidecars,
    film: media,
    skipped,
  })
  for (const text of texts) {
    placements[text.track.id] = text.placement
    objects.push(...text.objects)
  }
  const tracks = [...media, ...texts.map(({ track }) => track)]
  const durationSeconds = Math.max(...tracks.map(endSeconds))
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
    warnings: chosen.flatMap(warningsOf),
    durationSeconds,
    commonSeconds: commonSeconds(tracks, durationSeconds),
  }
}

/** Applies the edit lists of all tracks, on one clock that begins at 0. */
function editAll(found: readonly TrackInFile[]): {
  readonly candidates: readonly Candidate[]
  readonly skipped: readonly SkippedTrack[]
} {
  const candidates: Candidate[] = []
  const skipped: SkippedTrack[] = []
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
  return { candidates, skipped }
}

/** Init segments and sample indexes, with the placements that locate them. */
function place(prefix: string, chosen: readonly ChosenTrack[], tracks: readonly Track[]) {
  const placements: Record<string, TrackPlacement> = {}
  const objects: StoredObject[] = []
  for (const [i, { id, candidate, indexed }] of chosen.entries()) {
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
      ...protectionFacts(tracks[i]),
      sampleIndex: { index: { bucket: 'media', key: index }, directory, object: candidate.file.object },
      segments: {},
    }
  }
  return { placements, objects }
}

/** Moves text tracks of fragmented files to the clock of their video and audio. */
function onClockOf(found: readonly TrackInFile[], texts: readonly TextInFile[]) {
  const from = clockStart(found.map(({ track }) => track))
  const started = startAtZero(
    texts.map(({ track }) => track),
    from,
  )
  return texts.map(({ track, file }, i) => ({
    file,
    track: started[i] ?? track,
    moved: started[i] !== track,
  }))
}

/** The time up to which both video and audio exist: the earlier of their ends. */
function commonSeconds(tracks: readonly Track[], durationSeconds: number): number {
  const ends = ['video', 'audio'].flatMap((type) => {
    const ofType = tracks.filter((track) => track.type === type).map(endSeconds)
    return ofType.length > 0 ? [Math.max(...ofType)] : []
  })
  return Math.min(...ends, durationSeconds)
}
