/** A range of a channel's life, as those who read it give it to those who show it. */
import type { Protection } from '../../timeline/presentation.ts'
import type { Marker, Timeline } from '../../timeline/timeline.ts'
import type { Signalling } from '../protection/key-facts.ts'
import type { TimelineReader } from '../read.ts'

/** What is asked for; times in milliseconds since 1970. */
export interface RangeAsked {
  /** `live/<channelId>`. */
  readonly id: string
  /** Of the channel's life: a channel that was made anew has another one. */
  readonly version: string
  readonly from: number
  readonly to: number
  /** The track of a Media Playlist; undefined for other manifests. */
  readonly trackId: string | undefined
  /** How keys are told; undefined in the clear. */
  readonly signalling: Signalling | undefined
  readonly isMpd: boolean
  /** Whether players are told of breaks. */
  readonly tellsBreaks: boolean
}

/** What there is of it, as far as it is published. */
export interface ChannelRange {
  /** Of the range and, beside it, whole hours; a Media Playlist's own track and the leading one. */
  readonly timeline: Timeline
  readonly protection: Protection
  /** Up to where it is published, in milliseconds since 1970. */
  readonly through: number
  readonly markers: readonly Marker[]
  /** When it was read, in milliseconds since 1970, and who answers with the time. */
  readonly publishedMs: number
  readonly clockUrl: string | undefined
}

/** Reads a range; undefined if there is no such life of the channel, or its media are gone or not there yet. */
export type ReadRange = (asked: RangeAsked, reader: TimelineReader) => Promise<ChannelRange | undefined>
