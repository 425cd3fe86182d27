/** Text tracks of a feed's CMAF segments: WebVTT (`wvtt`) and TTML (`stpp`). */
import { HeadendError } from '../../errors.ts'
import { ByteWriter, writeStpp, writeWvtt } from '../../formats/isobmff/index.ts'
import { decodeText, maxCueBytes, shiftTimestamps, webVttHeader } from '../../formats/webvtt/index.ts'
import type { Ticks } from '../../timeline/timeline.ts'
import { checkTextBytes } from '../text/bytes.ts'
import { type TimedText, wvttCues } from '../text/cues.ts'
import { moveTtml } from '../text/move-ttml.ts'
import { kindOfText } from '../text/name.ts'
import type { TextTrack } from '../text/track.ts'
import { emptyTtml, ttmlProfile } from '../text/ttml.ts'
import type { CuttableTrack, FeedText } from './feed-track.ts'
import { textConfig } from './text-config.ts'
import { feedWebVtt } from './text-webvtt.ts'

/** What was read. */
export interface TextBytes {
  /** Init segment and media segment. */
  readonly bytes: Uint8Array
  readonly initBytes: number
  /** Place among the text tracks of its object. */
  readonly place: number
}

/** A text track's part of a segment; throws HeadendError if it can not be shown. */
export function feedTextTrack(track: TextTrack, { bytes, initBytes, place }: TextBytes): CuttableTrack {
  const { samples, edit, timescale, text } = track
  const where = `track ${track.trackId}`
  const extents = Array.from(samples.sizes, (length, i) => ({ offset: samples.offsets[i] ?? 0, length }))
  checkTextBytes(extents, { most: maxCueBytes, where })
  const base = samples.decodeTimes[0] ?? 0
  const start = base - edit.mediaStart + edit.shift
  const durations = Uint32Array.from(
    samples.sizes,
    (_, i) => (samples.decodeTimes[i + 1] ?? 0) - (samples.decodeTimes[i] ?? 0),
  )
  const duration = (samples.decodeTimes[samples.count] ?? 0) - base
  if (duration <= 0)
    throw new HeadendError('FEED_SEGMENT', `${where}: expected text that lasts for a time, got none`)
  const documents = extents.map(({ offset, length }) => bytes.subarray(offset, offset + length))
  const made = madeOf(track, { documents, start, duration })
  const part = {
    part: `#${text.kind}${place + 1}`,
    media: [bytes.subarray(initBytes)],
    type: 'text' as const,
    ...(track.language && { language: track.language }),
    timescale,
    ...textConfig({ ...made, timescale, ...(track.language && { language: track.language }) }),
    start,
    duration,
    sync: true,
    fragment: { sequence: 1, trackId: 1, decodeTime: start, sizes: samples.sizes, durations },
    extents: extents.map(({ offset, length }) => ({ offset: offset - initBytes, length })),
    text: { roles: kindOfText(track.roles), ...(track.name && { name: track.name }), ...made.text },
  }
  return { ...part, cutAt: () => [part] }
}

interface Span {
  readonly documents: readonly Uint8Array[]
  readonly start: Ticks
  readonly duration: Ticks
}

interface Made {
  readonly codec: string
  readonly brand?: string
  readonly sampleEntry: Uint8Array
  readonly text: Pick<FeedText, 'moved' | 'webVtt'>
}

function madeOf(track: TextTrack, span: Span): Made {
  const { text, timescale } = track
  const to = new ByteWriter()
  switch (text.kind) {
    case 'wvtt': {
      const found = wvttCues(track, text.entry.header, span.documents)
      writeWvtt(to, { header: webVttHeader(found) })
      const startMs = (span.start * 1000) / timescale
      return {
        codec: 'wvtt',
        brand: 'cwvt',
        sampleEntry: to.written,
        text: {
          webVtt: (byTicks) => {
            const byMs = Math.round((byTicks * 1000) / timescale)
            return feedWebVtt(cuesMoved(found, byMs), startMs + byMs)
          },
        },
      }
    }
    case 'stpp': {
      writeStpp(to, text.entry)
      const read = span.documents.map((document) => decodeText(document.length > 0 ? document : emptyTtml))
      checkShown(read, { ...span, timescale, where: `track ${track.trackId}` })
      const utf8 = new TextEncoder()
      return {
        ...ttmlProfile(text.entry, read[0] ?? '', track.trackId),
        sampleEntry: to.written,
        text: {
          moved: (byTicks) =>
            read.map((one) => utf8.encode(moveTtml(one, (byTicks * 1000) / timescale).text)),
        },
      }
    }
    case 'tx3g':
      throw new HeadendError(
        'MP4_CODEC_UNSUPPORTED',
        `track ${track.trackId}: expected texts of a feed as wvtt or stpp, got tx3g`,
      )
  }
}

/** Cues moved with their track. */
const cuesMoved = ({ cues, ...rest }: TimedText, byMs: number): TimedText => ({
  ...rest,
  cues: cues.map((cue) => ({
    ...cue,
    startMs: cue.startMs + byMs,
    endMs: cue.endMs + byMs,
    text: shiftTimestamps(cue.text, byMs),
  })),
})

/**
 * Refuses documents whose times are not those of their media: counted from their own segment, as Smooth Streaming had
 * them, they would all be shown at a wrong time.
 */
function checkShown(
  documents: readonly string[],
  { start, duration, timescale, where }: Span & { readonly timescale: number; readonly where: string },
): void {
  const [fromMs, lastsMs] = [(start * 1000) / timescale, (duration * 1000) / timescale]
  const spans = documents.flatMap((document) => moveTtml(document, 0).shown ?? [])
  const isNear = spans.some((one) => one.toMs > fromMs - lastsMs && one.fromMs < fromMs + 2 * lastsMs)
  if (spans.length === 0 || isNear) return
  const got = Math.min(...spans.map((one) => one.fromMs))
  throw new HeadendError(
    'TEXT_TTML_SHIFTED',
    `${where}: expected TTML whose times count from the start of the media, as the segment's own ${(fromMs / 1000).toFixed(3)} s does, got a text at ${(got / 1000).toFixed(3)} s`,
  )
}
