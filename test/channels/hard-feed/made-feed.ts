/** Segments of two seconds as cheap as they get: pictures and audio that have headers alone, on any clock. */
import { writeInit } from '../../../lib/formats/isobmff/init.ts'
import { unityMatrix } from '../../../lib/formats/isobmff/mvhd.ts'
import { writeSegment } from '../../../lib/formats/isobmff/segment.ts'
import { annexB, avcPps, avcSlice, avcSps } from '../../formats/mpegts/avc-stream.ts'
import { TsWriter } from '../../formats/mpegts/ts-writer.ts'
import { avc1, mp4a } from '../../packaging/films/make-film.ts'
import type { Written } from '../feeds.ts'

/** Length of a segment. */
export const madeSeconds = 2
const rate = 10
const videoTicks = 90_000
const audioTicks = 48_000
const frameTicks = 1024

const pictures = Array.from({ length: madeSeconds * rate }, (_, i) =>
  i === 0
    ? annexB([avcSps({ rate }), avcPps(), avcSlice({ isIdr: true })])
    : annexB([avcSlice({ frameNumber: i, order: i * 2 })]),
)
/** AAC LC at 48 kHz in stereo. */
const frame = Uint8Array.from([0xff, 0xf1, 0x4c, 0x80, 0x01, 0x7f, 0xfc, 1, 2, 3, 4])
const framesAPacket = 16

/** Numbers of the frames of audio that begin in a segment: they are cut nowhere else. */
function framesIn(fromSeconds: number): readonly number[] {
  const at = (seconds: number): number => Math.ceil((seconds * audioTicks) / frameTicks - 1e-6)
  const first = at(fromSeconds)
  return Array.from({ length: at(fromSeconds + madeSeconds) - first }, (_, i) => first + i)
}

/** How a segment of a transport stream is made. */
export interface MadeStream {
  /** Its start on its encoder's clock, which may be past 33 bits. */
  readonly fromSeconds: number
  /** Added to the time of one picture, by its place. */
  readonly off?: { readonly picture: number; readonly seconds: number }
}

/** The segment. */
export function madeStream({ fromSeconds, off }: MadeStream): Uint8Array {
  const [video, audio] = [0x101, 0x102]
  const to = new TsWriter().tables([
    { pid: video, type: 0x1b },
    { pid: audio, type: 0x0f },
  ])
  const numbers = framesIn(fromSeconds)
  let sent = 0
  for (const [i, data] of pictures.entries()) {
    const seconds = fromSeconds + i / rate + (off?.picture === i ? off.seconds : 0)
    const pts = Math.round(seconds * videoTicks)
    to.pes(video, { data, pts, ...(i === 0 && { pcr: pts - 9000 }) })
    const due = numbers.slice(sent, sent + framesAPacket)
    const [first] = due
    if (first === undefined || (i + 1) / rate < (sent / numbers.length) * madeSeconds) continue
    to.pes(audio, {
      data: Buffer.concat(due.map(() => frame)),
      pts: first * ((frameTicks * 90_000) / audioTicks),
      streamId: 0xc0,
      isBounded: true,
    })
    sent += due.length
  }
  return to.bytes
}

const tracks = {
  video: { timescale: videoTicks, sampleEntry: avc1, width: 1280, height: 720 },
  audio: { timescale: audioTicks, sampleEntry: mp4a, width: 0, height: 0 },
} as const

/** Init segments of CMAF, and how their files are named. */
export const madeInits: readonly Written[] = (['video', 'audio'] as const).map((type) => ({
  path: `${type}/init.mp4`,
  bytes: writeInit({ type, trackId: 1, ...tracks[type], matrix: unityMatrix, mediaStart: 0 }),
}))

/** What tells segments of CMAF from others. */
export interface MadeFragments {
  /** In the place of the first of its brands. */
  readonly brand?: string
  /** @default 10 */
  readonly sampleBytes?: number
}

/** The segments of CMAF from a time of their encoder's clock on. */
export function madeFragments(
  fromSeconds: number,
  name: string,
  { brand, sampleBytes = 10 }: MadeFragments = {},
): readonly Written[] {
  const segment = (
    type: keyof typeof tracks,
    decodeTime: number,
    samples: number,
    ticks: number,
  ): Written => {
    const { bytes } = writeSegment({
      sequence: 1,
      trackId: 1,
      decodeTime,
      sizes: new Uint32Array(samples).fill(sampleBytes),
      durations: new Uint32Array(samples).fill(ticks),
      ...(type === 'video' && { sync: Uint8Array.from({ length: samples }, (_, i) => (i === 0 ? 1 : 0)) }),
    })
    // Behind size, type, major brand and version of `styp`.
    if (brand !== undefined) bytes.set(Buffer.from(brand), 16)
    return { path: `${type}/${name}.m4s`, bytes }
  }
  const numbers = framesIn(fromSeconds)
  return [
    segment('video', Math.round(fromSeconds * videoTicks), pictures.length, videoTicks / rate),
    segment('audio', (numbers[0] ?? 0) * frameTicks, numbers.length, frameTicks),
  ]
}

/** Segments of so many samples that last a second each, by their place in the feed. */
export const secondsObject =
  (seconds: number) =>
  (type: keyof typeof tracks, i: number): { readonly channelId: string } & Written => {
    const { timescale } = tracks[type]
    const { bytes } = writeSegment({
      sequence: 1,
      trackId: 1,
      decodeTime: i * seconds * timescale,
      sizes: new Uint32Array(seconds).fill(10),
      durations: new Uint32Array(seconds).fill(timescale),
    })
    return { channelId: 'news', path: `${type}/${i}.m4s`, bytes }
  }
