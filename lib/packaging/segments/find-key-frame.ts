/**
 * The key frame that a stored segment of video begins with, as a segment that lasts as long as the whole: made on
 * request, so that nothing is stored twice. The stored segment never changes, so neither does what is made of it.
 */
import { HeadendError } from '../../errors.ts'
import {
  type Box,
  ByteReader,
  boxes,
  type FragmentSample,
  maxHeader,
  readBoxHeader,
  writeSegmentHead,
} from '../../formats/isobmff/index.ts'
import type { ObjectRef } from '../../timeline/placement.ts'
import { keyFrameFragment } from '../storage/key-frame.ts'
import type { PackagerState } from './caches.ts'
import type { Content } from './media-answer.ts'
import { samplesOf } from './stored-segment.ts'

/** One read usually brings the head of the segment and a key frame of 480 lines. */
const firstBytes = 256 * 1024

/** Undefined if the segment does not begin with a key frame. `start` is when it begins, in ticks. */
export async function findKeyFrame(
  { reader }: Pick<PackagerState, 'reader'>,
  object: ObjectRef,
  start: number,
): Promise<Content | undefined> {
  const begin = await beginOf(reader, object)
  // Long events may stand before the `moof`.
  const bytes = firstMoof(begin) ? begin : await reader.whole(object)
  const { first, duration, sequence } = headOf(object, bytes)
  if (!first?.sync) return undefined
  const { trackId, offset, size } = first
  const { head, totalBytes } = writeSegmentHead(
    keyFrameFragment({ sequence, trackId, start, size, duration }),
  )
  return {
    length: totalBytes,
    async body(from, until) {
      if (until <= head.length) return { body: [head.subarray(from, until)] }
      const sample =
        offset + size <= bytes.length
          ? bytes.subarray(offset, offset + size)
          : await reader.piece(object, { offset, length: size })
      const inSample = (at: number): number => Math.max(0, at - head.length)
      return { body: [head.subarray(from), sample.subarray(inSample(from), inSample(until))] }
    },
  }
}

/** The first bytes of an object; all of one that is shorter. */
async function beginOf(reader: PackagerState['reader'], object: ObjectRef): Promise<Uint8Array> {
  try {
    return await reader.piece(object, { offset: 0, length: firstBytes })
  } catch (error) {
    if (error instanceof HeadendError && error.code === 'OBJECT_SHORT') return reader.whole(object)
    throw error
  }
}

/** Undefined if it is not whole in these bytes. */
function firstMoof(bytes: Uint8Array): Box | undefined {
  const reader = new ByteReader(bytes)
  while (reader.left >= maxHeader) {
    const at = reader.position
    const { type, size } = readBoxHeader(reader)
    if (size === undefined || at + size > bytes.length) return undefined
    if (type === 'moof') return boxes(new ByteReader(bytes.subarray(at, at + size), at)).next().value
    reader.position = at + size
  }
  return undefined
}

interface Samples {
  readonly sequence: number
  readonly first: FragmentSample | undefined
  /** Of all together. */
  readonly duration: number
}

function headOf({ key }: ObjectRef, bytes: Uint8Array): Samples {
  const moof = firstMoof(bytes)
  if (!moof)
    throw new HeadendError(
      'MP4_BOX_MISSING',
      `${key}: expected a moof box, got none in ${bytes.length} bytes`,
    )
  const { sequence, samples } = samplesOf(moof)
  const duration = samples.reduce((sum, one) => sum + one.duration, 0)
  return { sequence, first: samples[0], duration }
}
