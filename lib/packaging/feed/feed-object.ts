/** Segments of a feed as they are delivered. */
import { segmentLength, writeSegmentHead } from '../../formats/isobmff/index.ts'
import { eventBoxes } from './events.ts'
import type { FeedTrack } from './feed-track.ts'
import { partsWithin } from './media-pieces.ts'
import type { FeedMemory } from './memory.ts'

/** Where a segment goes on the channel's clock. */
export interface FeedPlace {
  /** Its number: its start in ticks. */
  readonly start: number
  readonly duration: number
}

/** The segment as it is delivered, moved to its place; its samples are copied as they are, but for times in TTML. */
export function feedObject(track: FeedTrack, to: FeedPlace, memory?: FeedMemory): Uint8Array {
  const { fragment, extents, media } = track
  const samples = track.text?.moved?.(to.start - track.start) ?? partsWithin(media, extents)
  const durations = Uint32Array.from(fragment.durations)
  const last = durations.length - 1
  durations[last] = Math.max(0, (durations[last] ?? 0) + to.duration - track.duration)
  const moved = {
    ...fragment,
    ...(track.text?.moved && { sizes: Uint32Array.from(samples, ({ length }) => length) }),
    // `mfhd` holds 32 bits: players only want it to grow.
    sequence: (Math.floor(to.start / track.timescale) % 2 ** 31) + 1,
    decodeTime: fragment.decodeTime + to.start - track.start,
    durations,
  }
  const { head } = writeSegmentHead(moved)
  const events = eventBoxes(track, to.start - track.start)
  const length = events.length + segmentLength(moved).totalBytes
  const bytes = memory ? memory.take(length) : new Uint8Array(length)
  // Behind `styp`, which says how long it is, and before `moof`, whose offsets count from itself.
  const behind = new DataView(head.buffer, head.byteOffset).getUint32(0)
  bytes.set(head.subarray(0, behind))
  bytes.set(events, behind)
  bytes.set(head.subarray(behind), behind + events.length)
  let at = head.length + events.length
  for (const sample of samples) {
    bytes.set(sample, at)
    at += sample.length
  }
  return bytes.fill(0, at)
}
