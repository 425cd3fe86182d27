/** A feed of silence, segment by segment: two seconds of audio each, without FFmpeg. */
import { writeInit } from '../../../lib/formats/isobmff/init.ts'
import { unityMatrix } from '../../../lib/formats/isobmff/mvhd.ts'
import { writeSegment } from '../../../lib/formats/isobmff/segment.ts'
import { mp4a } from '../../packaging/films/make-film.ts'

const timescale = 48_000
const frameTicks = 1024
/** 2.005 s. */
const frames = 94

/** Its init segment. */
export const madeInit = (): Uint8Array =>
  Buffer.from(
    writeInit({
      type: 'audio',
      trackId: 1,
      timescale,
      width: 0,
      height: 0,
      matrix: unityMatrix,
      sampleEntry: mp4a,
      mediaStart: 0,
    }),
  )

/** Its segment with this number, from 1. */
export const madeSegment = (number: number): Uint8Array =>
  Buffer.from(
    writeSegment({
      sequence: number,
      trackId: 1,
      decodeTime: (number - 1) * frames * frameTicks,
      sizes: new Uint32Array(frames).fill(10),
      durations: new Uint32Array(frames).fill(frameTicks),
    }).bytes,
  )
