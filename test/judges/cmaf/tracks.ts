/** Small sound CMAF tracks, for the judge's own tests to break. */
import { type Init, writeInit } from '../../../lib/formats/isobmff/init.ts'
import { type Fragment, segmentLength, writeSegment } from '../../../lib/formats/isobmff/segment.ts'
import { avc1, mp4a } from '../../packaging/films/make-film.ts'
import { boxOf } from '../media/rebox.ts'
import type { CmafTrack } from './rules.ts'

const unity = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000]
/** A NAL unit behind its length. */
export const unit = (...bytes: readonly number[]): Buffer => Buffer.from([0, 0, 0, bytes.length, ...bytes])
const [idr, other] = [unit(0x65, 0x88, 0x84), unit(0x41, 0x9a)]

type Told = Omit<Fragment, 'sizes' | 'trackId'>

/** A segment around these samples. */
export function segmentOf(trackId: number, samples: readonly Uint8Array[], told: Told): Uint8Array {
  const fragment = { ...told, trackId, sizes: Uint32Array.from(samples, ({ length }) => length) }
  const { bytes } = writeSegment(fragment)
  Buffer.concat(samples).copy(Buffer.from(bytes.buffer, bytes.byteOffset), segmentLength(fragment).headBytes)
  return bytes
}

/** An init segment of these facts. */
export const header = (init: Partial<Init> & Pick<Init, 'type' | 'sampleEntry'>): Uint8Array =>
  writeInit({ trackId: 1, timescale: 1000, width: 0, height: 0, matrix: unity, mediaStart: 0, ...init })

/** Two segments of H.264 720p25, one picture shown after the one behind it. */
export const pictures: CmafTrack = {
  init: header({
    type: 'video',
    sampleEntry: avc1,
    width: 1280 * 65536,
    height: 720 * 65536,
    brands: ['cfhd'],
  }),
  segments: [0, 1].map((i) =>
    segmentOf(1, [idr, other, other, other], {
      sequence: i + 1,
      decodeTime: i * 160,
      durations: Uint32Array.of(40, 40, 40, 40),
      compositionOffsets: Int32Array.of(0, 40, -40, 0),
      sync: Uint8Array.of(1, 0, 0, 0),
    }),
  ),
  facts: {
    codec: 'avc1.64001f',
    timescale: 1000,
    width: 1280,
    height: 720,
    segments: [0, 160].map((start) => ({ start, duration: 160 })),
  },
}

/** Two segments of AAC, with 1024 samples of priming. */
export const sound: CmafTrack = {
  init: header({
    type: 'audio',
    sampleEntry: mp4a,
    trackId: 2,
    timescale: 48_000,
    language: 'deu',
    languageTag: 'de-AT',
    mediaStart: 1024,
    brands: ['caac'],
  }),
  segments: [0, 1].map((i) =>
    segmentOf(2, [Buffer.alloc(5, 1), Buffer.alloc(6, 1), Buffer.alloc(5, 1)], {
      sequence: i + 1,
      decodeTime: i * 3072,
      durations: Uint32Array.of(1024, 1024, 1024),
    }),
  ),
  facts: {
    codec: 'mp4a.40.2',
    sampleRate: 48_000,
    language: 'de',
    segments: [
      { start: 0, duration: 2048 },
      { start: 2048, duration: 3072 },
    ],
  },
}

const cue = boxOf('vttc', boxOf('payl', Buffer.from('Hello')))
const wvtt = boxOf(
  'wvtt',
  Buffer.concat([Buffer.from('0000000000000001', 'hex'), boxOf('vttC', Buffer.from('WEBVTT'))]),
)

/** One segment of WebVTT: a cue and nothing. */
export const text: CmafTrack = {
  init: header({ type: 'text', sampleEntry: wvtt, trackId: 3, brands: ['cwvt'] }),
  segments: [
    segmentOf(3, [cue, boxOf('vtte', Buffer.alloc(0))], {
      sequence: 1,
      decodeTime: 0,
      durations: Uint32Array.of(1000, 500),
    }),
  ],
  facts: { codec: 'wvtt', segments: [{ start: 0, duration: 1500 }] },
}
