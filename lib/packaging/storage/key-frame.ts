/** A key frame as a segment of its own. */
import type { Fragment } from '../../formats/isobmff/index.ts'
import type { Ticks } from '../../timeline/timeline.ts'

/** What its segment is made of. */
export interface KeyFrame extends Pick<Fragment, 'sequence' | 'trackId'> {
  /** Bytes of the sample. */
  readonly size: number
  /** When it is decoded and shown. */
  readonly start: Ticks
  /** Until the next one. */
  readonly duration: Ticks
}

/** The fragment of one sample, which nothing is shown before. */
export const keyFrameFragment = ({ sequence, trackId, size, start, duration }: KeyFrame): Fragment => ({
  sequence,
  trackId,
  decodeTime: start,
  sizes: Uint32Array.of(size),
  durations: Uint32Array.of(duration),
})
