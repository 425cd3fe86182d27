/** Writes cues as the media of a WebVTT track and as WebVTT text, cut at the same times. */
import { HeadendError } from '../../errors.ts'
import { ByteWriter, writeWvttSample } from '../../formats/isobmff/index.ts'
import { type Cue, hasTimestamps, timestamp, writeWebVtt } from '../../formats/webvtt/index.ts'
import type { ByteRange } from '../../timeline/placement.ts'
import type { TimedText } from './cues.ts'
import { spansOf, type TextSpan } from './spans.ts'

/** Samples of a track, consecutive in one object. */
export interface TextMedia {
  readonly bytes: Uint8Array
  readonly segments: readonly TextSegment[]
}

/** A segment's samples; they fill it, so their durations give their times. */
export interface TextSegment {
  readonly from: number
  readonly to: number
  readonly sizes: Uint32Array
  readonly durations: Uint32Array
  /** Their byte ranges in the object. */
  readonly extents: readonly ByteRange[]
}

/** Limit of a track's cues, repeated at segment boundaries and overlaps. */
const maxBytes = 64 * 2 ** 20

/** Start and end of cues in ticks. */
export const cueTimes = (cues: readonly Cue[], timescale: number) =>
  cues.map(({ startMs, endMs }) => ({
    from: Math.round((startMs * timescale) / 1000),
    to: Math.round((endMs * timescale) / 1000),
  }))

/** Samples of cues, which are ordered by start; `boundaries` are the segment boundaries in ticks. */
export function wvttMedia(
  cues: readonly Cue[],
  {
    boundaries,
    timescale,
    firstId = 0,
  }: {
    readonly boundaries: readonly number[]
    readonly timescale: number
    /** Ids of cues that are split count from here. @default 0 */
    readonly firstId?: number
  },
): TextMedia {
  const segments = spansOf(cueTimes(cues, timescale), boundaries)
  const parts = new Uint32Array(cues.length)
  for (const spans of segments)
    for (const { shown } of spans) for (const one of shown) parts[one] = (parts[one] ?? 0) + 1
  return textMedia(segments, (to, { from, shown }) =>
    writeWvttSample(
      to,
      shown.flatMap((one) => {
        const cue = cues[one]
        if (!cue) return []
        const { id, settings, text } = cue
        return [
          {
            // Only a cue split into several samples needs an id to be merged by.
            ...((parts[one] ?? 0) > 1 && { sourceId: firstId + one }),
            ...(id && { id }),
            ...(hasTimestamps(text) && { currentTime: timestamp(Math.round((from * 1000) / timescale)) }),
            ...(settings && { settings }),
            text,
          },
        ]
      }),
    ),
  )
}

/** Writes a sample for each span, with their positions. */
export function textMedia(
  segments: readonly (readonly TextSpan[])[],
  write: (to: ByteWriter, span: TextSpan) => void,
): TextMedia {
  const to = new ByteWriter(64 * 1024)
  const written = segments.map((spans): TextSegment => {
    const offset = to.position
    const sizes = new Uint32Array(spans.length)
    const durations = new Uint32Array(spans.length)
    for (const [i, span] of spans.entries()) {
      const at = to.position
      write(to, span)
      sizes[i] = to.position - at
      durations[i] = span.to - span.from
      checkBytes(to.position)
    }
    return {
      from: spans[0]?.from ?? 0,
      to: spans.at(-1)?.to ?? 0,
      sizes,
      durations,
      extents: [{ offset, length: to.position - offset }],
    }
  })
  return { bytes: to.written, segments: written }
}

function checkBytes(bytes: number): void {
  if (bytes > maxBytes)
    throw new HeadendError(
      'TEXT_OVERLAP',
      `expected subtitles that take at most ${maxBytes} bytes once they are cut, got more; too many are shown at once`,
    )
}

/**
 * Writes each segment as WebVTT (RFC 8216bis 3.1.4): a cue that spans several is repeated whole in each, so that a
 * player recognizes it. MPEG-2 time 0 is media time 0, where assets begin.
 */
export function webVttSegments(
  { styles, regions, cues }: TimedText,
  { boundaries, timescale }: { readonly boundaries: readonly number[]; readonly timescale: number },
): Uint8Array[] {
  const times = cueTimes(cues, timescale)
  const utf8 = new TextEncoder()
  const timestampMap = { localMs: 0, mpegTs: 0 }
  let total = 0
  return spansOf(times, boundaries).map((spans) => {
    const shown = [...new Set(spans.flatMap((span) => span.shown))].toSorted((a, b) => a - b)
    const bytes = utf8.encode(
      writeWebVtt({
        timestampMap,
        styles,
        regions,
        cues: shown.flatMap((one) => cues[one] ?? []),
      }),
    )
    total += bytes.length
    checkBytes(total)
    return bytes
  })
}
