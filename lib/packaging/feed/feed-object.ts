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
  /** Ticks by which it begins before its first frame, which is shown when it would have been. @default 0 */
  readonly lead?: number
}

/** The segment as it is delivered, moved to its place; its samples are copied as they are, but for times in TTML. */
export function feedObject(track: FeedTrack, to: FeedPlace, memory?: FeedMemory): Uint8Array {
  const { fragment, extents, media } = track
  const { lead = 0 } = to
  const by = to.start + lead - track.start
  const samples = track.text?.moved?.(by) ?? partsWithin(media, extents)
  const durations = Uint32Array.from(fragment.durations)
  const last = durations.length - 1
  durations[last] = Math.max(0, (durations[last] ?? 0) + to.duration - lead - track.duration)
  durations[0] = (durations[0] ?? 0) + lead
  const moved = {
    ...fragment,
    ...(lead > 0 && { compositionOffsets: firstLater(fragment, lead) }),
    ...(track.text?.moved && { sizes: Uint32Array.from(samples, ({ length }) => length) }),
    // `mfhd` holds 32 bits: players only want it to grow.
    sequence: (Math.floor(to.start / track.timescale) % 2 ** 31) + 1,
    decodeTime: fragment.decodeTime + by - lead,
    durations,
  }
  const { head } = writeSegmentHead(moved)
  const events = eventBoxes(track, by)
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

/** Composition offsets with the first sample shown so much later behind its decode time. */
function firstLater({ sizes, compositionOffsets }: FeedTrack['fragment'], lead: number): Int32Array {
  const offsets = Int32Array.from(compositionOffsets ?? new Int32Array(sizes.length))
  offsets[0] = (offsets[0] ?? 0) + lead
  return offsets
}
