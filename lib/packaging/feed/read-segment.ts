/**
 * One CMAF or fragmented MP4 segment of a feed, read as an upload of its own: the same readers, the same mending of
 * times, the same form on delivery as a film. Its times stay those of its encoder.
 */
import { HeadendError } from '../../errors.ts'
import { type Fragment, readMoov, segmentLength, writeSegmentHead } from '../../formats/isobmff/index.ts'
import { sha256Hex } from '../../platform/crypto/digest.ts'
import type { ByteRange } from '../../timeline/placement.ts'
import type { TrackConfig } from '../../timeline/timeline.ts'
import { editedSamples, isSync } from '../indexing/edited-samples.ts'
import { indexTrack } from '../indexing/index-track.ts'
import { findMoov } from '../reading/find-moov.ts'
import { readFragmentTables } from '../reading/fragment-tables.ts'
import { SampleBudget } from '../reading/sample-budget.ts'
import type { Source } from '../reading/source.ts'
import { readSourceFile, type SourceTrack } from '../reading/source-track.ts'
import { type CmafParts, cmafParts, transportClockSeconds } from './transport-stream.ts'

/** One track's part of a segment; times are ticks of the encoder's clock, edit list applied. */
export interface FeedTrack {
  /** What tells it from others of its object, the same in each segment; empty if it is the only one. */
  readonly part: string
  /** The bytes its samples lie in. */
  readonly media: Uint8Array
  /** Seconds after which the encoder's clock begins anew; absent if it does not. */
  readonly clockSeconds?: number
  readonly type: 'video' | 'audio'
  readonly language?: string
  /** Units per second. */
  readonly timescale: number
  /** Its id follows from its contents: parameter sets that are repeated are no change. */
  readonly config: TrackConfig
  readonly init: Uint8Array
  /** Earliest presentation time. */
  readonly start: number
  readonly duration: number
  /** Starts with a key frame. */
  readonly sync: boolean
  readonly fragment: Fragment
  /** Where its samples lie in `media`. */
  readonly extents: readonly ByteRange[]
}

/** Id of a feed's only track in its own init and media segments. */
const trackId = 1

/** Reads `init` and the media segment behind it; throws HeadendError if they are not CMAF or fragmented MP4. */
export async function readFeedSegment(
  name: string,
  init: Uint8Array,
  media: Uint8Array,
): Promise<readonly FeedTrack[]> {
  const bytes = Buffer.concat([init, media])
  const source: Source = {
    name,
    size: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
  }
  const moov = await findMoov(source)
  const movie = readMoov(moov)
  const budget = new SampleBudget()
  budget.takeTracks(movie.traks.length)
  const fragments = await readFragmentTables(source, movie, { from: moov.at + moov.raw.length, budget })
  const { tracks, skipped } = readSourceFile(movie, { name, size: source.size, fragments, budget })
  const [unread] = skipped
  if (tracks.length === 0 && unread)
    throw new HeadendError('FEED_SEGMENT', `${name}: ${unread.code}: ${unread.reason}`)
  return tracks.map((track, i) => ({
    ...feedTrack(track, init.length),
    part: tracks.length > 1 ? `#${i}` : '',
    media,
  }))
}

/** A segment of a transport stream, and what was wrong with it. */
export interface FeedStream {
  readonly tracks: readonly FeedTrack[]
  readonly problems: CmafParts['problems']
}

/** Reads a segment of a transport stream; throws HeadendError if nothing in it plays. */
export async function readFeedStream(name: string, bytes: Uint8Array): Promise<FeedStream> {
  const { parts, problems } = cmafParts(name, bytes)
  const tracks: FeedTrack[] = []
  for (const part of parts)
    for (const track of await readFeedSegment(name, part.init, part.media))
      tracks.push({ ...track, part: `#${part.name}`, clockSeconds: transportClockSeconds })
  return { tracks, problems }
}

function feedTrack(track: SourceTrack, initBytes: number): Omit<FeedTrack, 'part' | 'media'> {
  const { type, language, timescale, codec, edit } = track
  const base = track.samples.decodeTimes[0] ?? 0
  const own = atZero(track, base)
  const shown = editedSamples(own)
  // Its clock begins with the first sample's decoding, so this is when that is presented.
  const begin = shown.decodeShift
  const { configs, segments, indexed } = indexTrack(own, shown, {
    trackId,
    cuts: [
      { sample: shown.from, start: begin },
      { sample: shown.to, start: shown.end },
    ],
  })
  const [told, segment, entry] = [configs[0], segments[0], indexed[0]]
  if (!told || !segment || !entry)
    throw new HeadendError('MP4_TRACK_EMPTY', `track ${track.trackId}: expected samples, got none`)
  const moved = base - edit.mediaStart + edit.shift
  return {
    type,
    ...(language && { language }),
    timescale,
    config: { ...told.config, id: configIdOf(timescale, codec.sampleEntry) },
    init: told.init,
    start: moved + segment.start,
    duration: segment.duration,
    sync: isSync(own, shown.from),
    fragment: { ...entry.fragment, decodeTime: moved + entry.fragment.decodeTime },
    extents: entry.extents.map(({ offset, length }) => ({ offset: offset - initBytes, length })),
  }
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

/** Where a segment goes on the channel's clock. */
export interface FeedPlace {
  /** Its number: its start in ticks. */
  readonly start: number
  readonly duration: number
}

/** The segment as it is delivered, moved to its place; its samples are copied as they are. */
export function feedObject({ fragment, extents, media, ...track }: FeedTrack, to: FeedPlace): Uint8Array {
  const durations = Uint32Array.from(fragment.durations)
  const last = durations.length - 1
  durations[last] = Math.max(0, (durations[last] ?? 0) + to.duration - track.duration)
  const moved = {
    ...fragment,
    // `mfhd` holds 32 bits: players only want it to grow.
    sequence: (Math.floor(to.start / track.timescale) % 2 ** 31) + 1,
    decodeTime: fragment.decodeTime + to.start - track.start,
    durations,
  }
  const { head } = writeSegmentHead(moved)
  const bytes = new Uint8Array(segmentLength(moved).totalBytes)
  bytes.set(head)
  let at = head.length
  for (const { offset, length } of extents) {
    bytes.set(media.subarray(offset, offset + length), at)
    at += length
  }
  return bytes
}
