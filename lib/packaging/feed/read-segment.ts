/**
 * One CMAF or fragmented MP4 segment of a feed, read as an upload of its own: the same readers, the same mending of
 * times, the same form on delivery as a film. Its times stay those of its encoder.
 */
import { HeadendError } from '../../errors.ts'
import { readMoov } from '../../formats/isobmff/index.ts'
import { sha256Hex } from '../../platform/crypto/digest.ts'
import type { Ticks } from '../../timeline/timeline.ts'
import type { SampleCut } from '../indexing/cut-audio.ts'
import { type EditedSamples, editedSamples } from '../indexing/edited-samples.ts'
import { indexTrack } from '../indexing/index-track.ts'
import { findMoov } from '../reading/find-moov.ts'
import { readFragmentTables } from '../reading/fragment-tables.ts'
import { SampleBudget } from '../reading/sample-budget.ts'
import type { Source } from '../reading/source.ts'
import { readSourceFile, type SourceTrack } from '../reading/source-track.ts'
import { readTextTracks, type TextTrack } from '../text/track.ts'
import { coarsenClocks } from './coarser-clock.ts'
import { cutsWithin } from './cuts-within.ts'
import { setsIn } from './earlier-sets.ts'
import { boxEvents, withEvents } from './events.ts'
import type { CuttableTrack, FeedEvent, FeedTrack } from './feed-track.ts'
import { partsWithin } from './media-pieces.ts'
import type { FeedMemory } from './memory.ts'
import { feedTextTrack } from './text-track.ts'
import { type CmafParts, cmafParts, streamUnits, transportClockSeconds } from './transport-stream.ts'

/** Id of a feed's only track in its own init and media segments. */
const trackId = 1
/** Of `mdat`. */
const mediaHeaderBytes = 8

/** Reads `init` and the media segment behind it; throws HeadendError if they are not CMAF or fragmented MP4. */
export async function readFeedSegment(
  name: string,
  init: Uint8Array,
  media: Uint8Array,
): Promise<readonly CuttableTrack[]> {
  const bytes = Buffer.concat([init, media])
  coarsenClocks(name, bytes)
  const read = await readMovie(sourceOf(name, [bytes]))
  const initBytes = init.length
  const own = read.tracks.map((track) =>
    cuttable(track, { initBytes, part: partOf(track, read.tracks), media: [media] }),
  )
  const [first] = own
  const events = first ? boxEvents(name, media, first.start / first.timescale) : []
  return [
    ...withLeadEvents(own, events),
    ...read.texts.map((track, place) => feedTextTrack(track, { bytes, initBytes, place })),
  ]
}

/**
 * What tells it from those beside it: which of its kind it is, as in transport streams; nothing, if it is alone. Its place
 * among all would be another's when its encoder is set up anew.
 */
const partOf = (track: SourceTrack, all: readonly SourceTrack[]): string =>
  all.length > 1 ? `#${track.type}${all.filter(({ type }) => type === track.type).indexOf(track) + 1}` : ''

/** Bytes in pieces; copied is what is read of them. */
function sourceOf(name: string, pieces: readonly Uint8Array[]): Source {
  return {
    name,
    size: pieces.reduce((sum, { length }) => sum + length, 0),
    read: async (offset, length) => {
      const [only = new Uint8Array(0), ...others] = partsWithin(pieces, [{ offset, length }])
      return others.length === 0 ? only : Buffer.concat([only, ...others])
    },
  }
}

/** The tracks of a fragmented movie; throws FEED_SEGMENT where none can be played. */
async function readMovie(source: Source): Promise<{
  readonly tracks: readonly SourceTrack[]
  readonly texts: readonly TextTrack[]
}> {
  const { name, size } = source
  const moov = await findMoov(source)
  const movie = readMoov(moov)
  const budget = new SampleBudget()
  budget.takeTracks(movie.traks.length)
  const fragments = await readFragmentTables(source, movie, { from: moov.at + moov.raw.length, budget })
  const { tracks, skipped } = readSourceFile(movie, { name, size, fragments, budget })
  const texts = readTextTracks(movie, { name, size, fragments })
  const [unread] = [...skipped, ...texts.skipped]
  if (tracks.length + texts.tracks.length === 0 && unread)
    throw new HeadendError('FEED_SEGMENT', `${name}: ${unread.code}: ${unread.reason}`)
  return { tracks, texts: texts.tracks }
}

/** Events with the first video, else with the first audio: once is enough. */
function withLeadEvents(
  tracks: readonly CuttableTrack[],
  events: readonly FeedEvent[],
): readonly CuttableTrack[] {
  if (events.length === 0) return tracks
  const lead = tracks.find(({ type }) => type === 'video') ?? tracks[0]
  const same = tracks.filter(({ part }) => part === lead?.part)
  const told = withEvents(same, events)
  return tracks.map((track) => {
    const { events: own = [], cutAt } = told[same.indexOf(track)] ?? track
    return own.length === 0
      ? track
      : { ...track, events: own, cutAt: (times) => withEvents(cutAt(times), own) }
  })
}

/** A segment of a transport stream: its tracks, its cues, and what was wrong with it. */
export interface FeedStream extends Omit<CmafParts, 'parts' | 'events'> {
  readonly tracks: readonly CuttableTrack[]
}

/** What a segment of a transport stream is read with. */
export interface FeedReading {
  /** Lent, where samples lie then. @default fresh memory */
  readonly memory?: FeedMemory | undefined
  /** The init segment of the video before, asked for where this one has no parameter sets of its own. */
  readonly initBefore?: () => Promise<Uint8Array | undefined>
}

/**
 * Reads a segment of a transport stream, of whose bytes nothing is used then; throws HeadendError if nothing in it
 * plays.
 */
export async function readFeedStream(
  name: string,
  bytes: Uint8Array,
  { memory, initBefore }: FeedReading = {},
): Promise<FeedStream> {
  const own = streamUnits(bytes, { memory })
  const earlier = own.lacksSets ? await initBefore?.() : undefined
  const earlierSets = earlier && setsIn(earlier)
  const { parts, events, ...rest } = cmafParts(
    name,
    earlierSets ? streamUnits(bytes, { memory, earlierSets }) : own,
  )
  const tracks: CuttableTrack[] = []
  for (const { name: partName, init, head, samples } of parts) {
    const movie = Buffer.concat([init, head])
    // Its media are not there for who walks the boxes.
    coarsenClocks(name, movie.subarray(0, movie.length - mediaHeaderBytes))
    const read = await readMovie(sourceOf(name, [movie, ...samples]))
    const named = { part: `#${partName}`, clockSeconds: transportClockSeconds }
    for (const one of read.tracks) {
      const track = cuttable(one, { initBytes: movie.length, part: '', media: samples })
      tracks.push({
        ...track,
        ...named,
        cutAt: (times) => track.cutAt(times).map((piece) => ({ ...piece, ...named })),
      })
    }
  }
  return { tracks: withLeadEvents(tracks, events), ...rest }
}

interface Whole extends Pick<FeedTrack, 'part' | 'media'> {
  /** Of the init segment that stands before `media` in what was read. */
  readonly initBytes: number
}

function cuttable(track: SourceTrack, whole: Whole): CuttableTrack {
  const base = track.samples.decodeTimes[0] ?? 0
  const own = atZero(track, base)
  const shown = editedSamples(own)
  const moved = base - track.edit.mediaStart + track.edit.shift
  const pieces = (times: readonly Ticks[]): readonly FeedTrack[] => {
    const middle = cutsWithin(
      own,
      shown,
      times.map((time) => time - moved),
    )
    // Its clock begins with the first sample's decoding, so this is when that is presented.
    const cuts = [
      { sample: shown.from, start: shown.decodeShift },
      ...middle,
      { sample: shown.to, start: shown.end },
    ]
    return piecesOf({ track: own, shown, cuts, moved }, whole)
  }
  const [only] = pieces([])
  if (!only) throw new HeadendError('MP4_TRACK_EMPTY', `track ${track.trackId}: expected samples, got none`)
  return { ...only, cutAt: pieces }
}

interface ToCut {
  /** On a clock that begins with it. */
  readonly track: SourceTrack
  readonly shown: EditedSamples
  readonly cuts: readonly SampleCut[]
  /** Added to that clock. */
  readonly moved: Ticks
}

function piecesOf(
  { track, shown, cuts, moved }: ToCut,
  { initBytes, part, media }: Whole,
): readonly FeedTrack[] {
  const { type, language, timescale, codec } = track
  const { configs, segments, indexed } = indexTrack(track, shown, { trackId, cuts })
  const [told] = configs
  return segments.flatMap((segment, i) => {
    const entry = indexed[i]
    if (!told || !entry) return []
    const { fragment, extents } = entry
    return {
      part,
      media,
      type,
      ...(language && { language }),
      timescale,
      config: { ...told.config, id: configIdOf(timescale, codec.sampleEntry) },
      init: told.init,
      start: moved + segment.start,
      duration: segment.duration,
      sync: segment.sync,
      fragment: { ...fragment, decodeTime: moved + fragment.decodeTime },
      extents: extents.map(({ offset, length }) => ({ offset: offset - initBytes, length })),
    }
  })
}

/** The track on a clock that begins with it, without its edit list, which is taken into account in its times. */
function atZero(track: SourceTrack, base: number): SourceTrack {
  const { samples } = track
  return {
    ...track,
    samples: { ...samples, decodeTimes: samples.decodeTimes.map((time) => time - base) },
    edit: { mediaStart: 0, shift: 0, roundingTicks: 0 },
  }
}

const configIdOf = (timescale: number, sampleEntry: Uint8Array): string =>
  sha256Hex(Buffer.concat([Buffer.from(`${timescale} `), sampleEntry])).slice(0, 8)
