/** A segment of audio of so many seconds, with its init segment in front of it or without. */
import { writeInit } from '../../lib/formats/isobmff/init.ts'
import { unityMatrix } from '../../lib/formats/isobmff/mvhd.ts'
import { writeSegment } from '../../lib/formats/isobmff/segment.ts'
import { mp4a } from '../packaging/films/make-film.ts'

/** What to make. */
export interface MadeSegment {
  readonly seconds: number
  /** @default true */
  readonly withInit?: boolean
}

const timescale = 48_000
const frame = 1024

export function makeSegment({ seconds, withInit = true }: MadeSegment): Uint8Array {
  const count = Math.round((seconds * timescale) / frame)
  const media = writeSegment({
    sequence: 1,
    trackId: 1,
    decodeTime: 0,
    sizes: new Uint32Array(count).fill(10),
    durations: new Uint32Array(count).fill(frame),
  }).bytes
  if (!withInit) return media
  const init = writeInit({
    type: 'audio',
    trackId: 1,
    timescale,
    width: 0,
    height: 0,
    matrix: unityMatrix,
    sampleEntry: mp4a,
    mediaStart: 0,
  })
  return Buffer.concat([init, media])
}
