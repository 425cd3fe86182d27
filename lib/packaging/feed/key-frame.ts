/** What the first frame of a feed's video comes to as a segment of its own. */
import { segmentLength } from '../../formats/isobmff/index.ts'
import { keyFrameFragment } from '../storage/key-frame.ts'
import type { FeedTrack } from './feed-track.ts'

/** Bytes of that segment, as the packager makes it of the stored one. */
export function keyFrameBytes({ fragment, start, duration }: FeedTrack): number {
  const { sequence, trackId, sizes } = fragment
  return segmentLength(keyFrameFragment({ sequence, trackId, size: sizes[0] ?? 0, start, duration }))
    .totalBytes
}
