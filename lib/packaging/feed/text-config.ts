/** Init segments of text in a feed, and segments without any text, for times of which none came. */
import {
  ByteWriter,
  segmentLength,
  unityMatrix,
  writeInit,
  writeSegmentHead,
  writeWvttSample,
} from '../../formats/isobmff/index.ts'
import { sha256Hex } from '../../platform/crypto/digest.ts'
import type { Ticks, TrackConfig } from '../../timeline/timeline.ts'
import { emptyTtml } from '../text/ttml.ts'
import { feedWebVtt } from './text-webvtt.ts'

/** What an init segment says. */
export interface TextForm {
  /** RFC 6381. */
  readonly codec: string
  readonly brand?: string
  readonly sampleEntry: Uint8Array
  readonly timescale: number
  readonly language?: string
}

/** The config and its init segment; its id follows from the contents. */
export function textConfig({ codec, brand, sampleEntry, timescale, language }: TextForm): {
  readonly config: TrackConfig
  readonly init: Uint8Array
} {
  const id = sha256Hex(Buffer.concat([Buffer.from(`${timescale} `), sampleEntry])).slice(0, 8)
  const init = writeInit({
    type: codec === 'wvtt' ? 'text' : 'subtitle',
    trackId: 1,
    timescale,
    ...(language && (language.length === 3 ? { language } : { languageTag: language })),
    width: 0,
    height: 0,
    matrix: unityMatrix,
    sampleEntry,
    ...(brand && { brands: [brand] }),
    mediaStart: 0,
  })
  return { config: { id, codec }, init }
}

/** Where a segment is. */
export interface TextPlace {
  readonly codec: string
  readonly timescale: number
  readonly start: Ticks
  readonly duration: Ticks
}

/** A segment in MP4, and as WebVTT if HLS has it so. */
export interface TextObjects {
  readonly media: Uint8Array
  readonly webVtt?: Uint8Array
}

/** A segment in which nothing is shown. */
export function emptyText({ codec, timescale, start, duration }: TextPlace): TextObjects {
  const to = new ByteWriter()
  if (codec === 'wvtt') writeWvttSample(to, [])
  else to.bytes(emptyTtml)
  const fragment = {
    sequence: (Math.floor(start / timescale) % 2 ** 31) + 1,
    trackId: 1,
    decodeTime: start,
    sizes: Uint32Array.of(to.position),
    durations: Uint32Array.of(duration),
  }
  const media = new Uint8Array(segmentLength(fragment).totalBytes)
  media.set(writeSegmentHead(fragment).head)
  media.set(to.written, segmentLength(fragment).headBytes)
  if (codec !== 'wvtt') return { media }
  return { media, webVtt: feedWebVtt({ styles: [], regions: [], cues: [] }, (start * 1000) / timescale) }
}
