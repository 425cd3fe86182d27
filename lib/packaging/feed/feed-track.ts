/** One track's part of a segment of a feed. */
import type { Fragment } from '../../formats/isobmff/index.ts'
import type { ByteRange } from '../../timeline/placement.ts'
import type { Ticks, TrackConfig } from '../../timeline/timeline.ts'

/** One track's part of a segment; times are ticks of the encoder's clock, edit list applied. */
export interface FeedTrack {
  /** What tells it from others of its object, the same in each segment; empty if it is the only one. */
  readonly part: string
  /** The bytes its samples lie in, in pieces one behind the other. */
  readonly media: readonly Uint8Array[]
  /** Seconds after which the encoder's clock begins anew; absent if it does not. */
  readonly clockSeconds?: number
  readonly type: 'video' | 'audio' | 'text'
  /** Events that come with it; absent: none. */
  readonly events?: readonly FeedEvent[]
  /** Of text alone. */
  readonly text?: FeedText
  readonly language?: string
  /** Units per second. */
  readonly timescale: number
  /** Its id follows from its contents: parameter sets that are repeated are no change. */
  readonly config: TrackConfig
  readonly init: Uint8Array
  /** Earliest presentation time. */
  readonly start: number
  readonly duration: number
  /** Starts with a key frame. */
  readonly sync: boolean
  readonly fragment: Fragment
  /** Where its samples lie in `media`. */
  readonly extents: readonly ByteRange[]
}

/** A track's part of a segment that may be cut. */
export interface CuttableTrack extends FeedTrack {
  /**
   * The part in pieces, cut at these times (ticks of the encoder's clock, in order): video at the first key frame that is
   * shown at or after each, audio at the nearest frame. One piece where nothing can be cut.
   */
  readonly cutAt: (times: readonly Ticks[]) => readonly FeedTrack[]
}

/** An event that goes on with the segment it came in. */
export interface FeedEvent {
  readonly scheme: string
  readonly value: string
  /** On the encoder's clock. */
  readonly atSeconds: number
  /** Absent: not known. */
  readonly durationSeconds?: number
  readonly id: number
  readonly data: Uint8Array
}

/** What is known of a text's segment beside its samples. */
export interface FeedText {
  readonly roles: readonly string[]
  readonly name?: string
  /** The samples, moved by so many ticks; absent where they have no times of their own. */
  readonly moved?: (byTicks: Ticks) => readonly Uint8Array[]
  /** The segment as WebVTT, moved by so many ticks; absent where HLS has it in MP4. */
  readonly webVtt?: (byTicks: Ticks) => Uint8Array
}
