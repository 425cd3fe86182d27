/** A WebVTT segment of an HLS feed as a text track's part of a segment, beside the media of the same number. */
import { HeadendError } from '../../errors.ts'
import { ByteWriter, writeWvtt } from '../../formats/isobmff/index.ts'
import { type Cue, decodeText, readWebVtt, shiftTimestamps, type WebVtt } from '../../formats/webvtt/index.ts'
import type { Ticks } from '../../timeline/timeline.ts'
import { wvttMedia } from '../text/samples.ts'
import type { CuttableTrack, FeedTrack } from './feed-track.ts'
import { textConfig } from './text-config.ts'
import { feedWebVtt } from './text-webvtt.ts'
import { transportMarginSeconds } from './transport-stream.ts'

/** The segment of video or audio that it belongs to. */
export interface MediaBeside {
  readonly timescale: number
  /** On the channel's clock. */
  readonly start: Ticks
  readonly duration: Ticks
  /** The same beginning in MPEG-2 time, in seconds, whole days of 33 bits included. */
  readonly mpegSeconds: number
}

/** What is known of the track from elsewhere. */
export interface TextFacts {
  readonly language?: string
  readonly name?: string
  readonly roles: readonly string[]
}

/** The track's part, and how many cues could not be read. */
export interface WebVttSegment {
  readonly track: CuttableTrack
  readonly problems: readonly string[]
}

/**
 * The beginning of a segment as X-TIMESTAMP-MAP counts it: MPEG-2 time of transport streams, else the media time of
 * fragmented MP4.
 */
export const mpegSecondsOf = ({ start, timescale, clockSeconds }: FeedTrack): number =>
  start / timescale - (clockSeconds === undefined ? 0 : transportMarginSeconds)

/** Coarser ticks can not express the milliseconds of WebVTT. */
const minTimescale = 1000
/** MPEG-2 time is 33 bits of 90 kHz. */
const wrapTicks = 2 ** 33

/** Reads it; throws FEED_SEGMENT if its times are not those of the media beside it. */
export function webVttSegment(
  name: string,
  bytes: Uint8Array,
  { beside, facts }: { readonly beside: MediaBeside; readonly facts: TextFacts },
): WebVttSegment {
  const text = decodeText(bytes)
  const read = readWebVtt(text)
  if (!read.timestampMap && /^X-TIMESTAMP-MAP/m.test(text.slice(0, headerChars)))
    throw new HeadendError(
      'FEED_SEGMENT',
      `${name}: expected X-TIMESTAMP-MAP with MPEGTS and LOCAL, got one that can not be read`,
    )
  const by = Math.ceil(minTimescale / beside.timescale)
  const [timescale, start, duration] = [beside.timescale * by, beside.start * by, beside.duration * by]
  const cues = cuesOnChannel(read, beside)
  checkNear(name, cues, beside)
  const { bytes: media, segments } = wvttMedia(cues, {
    boundaries: [start, start + duration],
    timescale,
    firstId: Math.floor((start / timescale) * idsPerSecond) % 2 ** 30,
  })
  const [samples] = segments
  if (!samples)
    throw new HeadendError('FEED_SEGMENT', `${name}: expected media that last beside it, got none`)
  const { sizes, durations, extents } = samples
  const { language } = facts
  const to = new ByteWriter()
  // Styles may come with any segment, and MP4 has them once: they are shown in HLS.
  writeWvtt(to, { header: 'WEBVTT' })
  const form = { codec: 'wvtt', brand: 'cwvt', sampleEntry: to.written, timescale }
  const { styles, regions } = read
  const part: FeedTrack = {
    part: '',
    media: [media],
    type: 'text',
    ...(language && { language }),
    timescale,
    ...textConfig({ ...form, ...(language && { language }) }),
    start,
    duration,
    sync: true,
    fragment: { sequence: 1, trackId: 1, decodeTime: start, sizes, durations },
    extents,
    text: {
      roles: facts.roles,
      ...(facts.name && { name: facts.name }),
      // Cues are where they are, whatever is done to the segment's edges.
      webVtt: () => feedWebVtt({ styles, regions, cues }, (start * 1000) / timescale),
    },
  }
  const problems = read.problems.map((one) => `${name}: line ${one.line}: ${one.text}`)
  return { track: { ...part, cutAt: () => [part] }, problems }
}

/** A header is short; what stands further behind is no map. */
const headerChars = 4096
/** Cues that begin in one second. */
const idsPerSecond = 16

/**
 * Cues in milliseconds of the channel's clock, by start. Without X-TIMESTAMP-MAP their time 0 is MPEG-2 time 0 (RFC 8216
 * 3.5); of the times that 33 bits may stand for, each is the nearest to its segment.
 */
function cuesOnChannel(
  { timestampMap = { localMs: 0, mpegTs: 0 }, cues }: WebVtt,
  { start, timescale, mpegSeconds }: MediaBeside,
): readonly Cue[] {
  const behindTicks = timestampMap.mpegTs - timestampMap.localMs * 90 - mpegSeconds * 90_000
  const startMs = (start * 1000) / timescale
  const moved = cues.map((cue) => {
    const ticks = behindTicks + cue.startMs * 90
    const near = ticks - Math.round(ticks / wrapTicks) * wrapTicks
    const byMs = Math.round(startMs + near / 90) - cue.startMs
    return {
      ...cue,
      startMs: cue.startMs + byMs,
      endMs: cue.endMs + byMs,
      text: shiftTimestamps(cue.text, byMs),
    }
  })
  return moved.toSorted((a, b) => a.startMs - b.startMs)
}

/** A segment of cues that all belong elsewhere is one of another clock: it would be shown at a wrong time, or never. */
function checkNear(name: string, cues: readonly Cue[], { start, duration, timescale }: MediaBeside): void {
  const [fromMs, lastsMs] = [(start * 1000) / timescale, (duration * 1000) / timescale]
  const isNear = cues.some(
    ({ startMs, endMs }) => endMs > fromMs - 2 * lastsMs && startMs < fromMs + 3 * lastsMs,
  )
  const [first] = cues
  if (isNear || !first) return
  throw new HeadendError(
    'FEED_SEGMENT',
    `${name}: expected cues near the media of the same number, got the first ${((first.startMs - fromMs) / 1000).toFixed(3)} s from its beginning; see its X-TIMESTAMP-MAP`,
  )
}
