/**
 * What is known of a live timeline beside its segments. It does not grow with time: segments lie in rows of a minute and
 * a track, hours that are over in pages.
 */
import type { StoredTrack } from '../stored.ts'
import type { Bandwidth, TrackConfig } from '../timeline.ts'

/** A track, and of video what is known of its key frames; absent where it began before that was kept. */
export interface LiveTrack extends StoredTrack {
  readonly keyFrames?: KeyFrames
}

/** The first frames of a track's segments as a track of their own. */
export interface KeyFrames {
  readonly bandwidth: Bandwidth
  readonly frameRate: NonNullable<TrackConfig['frameRate']>
}

/** The head of one life of a channel. */
export interface LiveHead {
  readonly format: 'headend-live/1'
  /** `live/<channelId>`. */
  readonly id: string
  /** 16 hex digits; a channel that is made anew gets another one. */
  readonly version: string
  /** Wall clock of presentation time 0: a midnight, so that presentation times stay small. */
  readonly epochMs: number
  /** Wall clock of its first segment, which may lie some minutes before it. */
  readonly beganMs: number
  /** How long segments are meant to last. */
  readonly segmentSeconds: number
  /** EXT-X-TARGETDURATION, fixed for this life. */
  readonly targetSeconds: number
  /** How far back viewers may go. */
  readonly windowSeconds: number
  /** How HLS tells of breaks beside, or in place of, EXT-X-DATERANGE; absent: by that alone. */
  readonly adMarkers?: 'cue-out' | 'both'
  /** Whether playlists may be asked for without their oldest segments; absent: they may. */
  readonly deltaUpdates?: false
  /** How far behind live players are asked to play; absent: as little as they need. */
  readonly latencySeconds?: number
  readonly tracks: readonly LiveTrack[]
  /** Media seconds at which tracks join that came when others were published already, by their ids. */
  readonly joins?: Readonly<Record<string, number>>
}

/** Clips and windows of live timelines count milliseconds since 1970. */
export const liveTimescale = 1000

/** The hour since 1970 in which media time lies. */
export const hourOf = (seconds: number): number => Math.floor(seconds / 3600)

/** The first hour in which there may be segments. */
export const firstHourOf = ({ beganMs }: LiveHead): number => hourOf(beganMs / 1000) - 1

/** Most ticks of a segment: playlists round it to whole seconds, which must not be more than the target duration. */
export const maxSegmentTicks = (
  { targetSeconds }: Pick<LiveHead, 'targetSeconds'>,
  timescale: number,
): number => (targetSeconds + 0.49) * timescale

/** The minute since 1970 in which media time lies. */
export const minuteOf = (seconds: number): number => Math.floor(seconds / 60)

/** Name of a sealed hour's page below the timeline's prefix. */
export const hourPage = (hour: number, revision: number): string => `hours/${hour}-${revision}.json`
