/** The state an AV1 decoder keeps of reference frames (AV1 bitstream specification 7.20), as far as headers need it. */
import { HeadendError } from '../../errors.ts'
import type { FrameSize } from './frame-size.ts'
import type { Segmentation } from './segmentation.ts'

/** Values of frame_type in order. */
export const frameTypes = ['key', 'inter', 'intra', 'switch'] as const
/** One of them. */
export type Av1FrameType = (typeof frameTypes)[number]

/** One kept frame. */
export interface Av1Reference {
  readonly type: Av1FrameType
  readonly size: FrameSize
  readonly order: number
  readonly segmentation: Segmentation
}

/** The eight slots; undefined for one that is still empty. */
export type Av1References = readonly (Av1Reference | undefined)[]

/** NUM_REF_FRAMES. */
export const referencePlaces = 8

/** The frame in a slot. Throws AV1_REFERENCE if it is empty. */
export function referenceAt(references: Av1References, place: number): Av1Reference {
  const reference = references[place]
  if (reference === undefined)
    throw new HeadendError(
      'AV1_REFERENCE',
      `AV1 frame header: expected a frame kept at place ${place}, got none since the segment began`,
    )
  return reference
}

/** Throws AV1_KEY_FRAME if the first frame is not a key frame, because what it depends on is unknown. */
export function needKeyFrame(references: Av1References, type: Av1FrameType): void {
  if (type !== 'key' && references.every((one) => one === undefined))
    throw new HeadendError(
      'AV1_KEY_FRAME',
      `AV1 frame header: expected a segment that begins with a key frame, got one of type ${type}`,
    )
}
