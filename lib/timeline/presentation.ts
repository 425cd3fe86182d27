/**
 * An edit list shown to one viewer or to all. Start-over, a recording, live-to-VOD without ads, a film with a pre-roll,
 * a FAST channel: each is a presentation, none copies media.
 */
import type {
  Bandwidth,
  CaptionService,
  Counts,
  Ticks,
  Timeline,
  TrackConfig,
  TrackType,
} from './timeline.ts'

/** Clips in order, and the renditions a viewer may choose from. */
export interface Presentation {
  /** The path of its manifests: `vod/<id>`, `live/<id>`, `recordings/<id>`. */
  readonly id: string
  /** `live`: grows. `event`: grows and keeps everything. `vod`: complete. */
  readonly kind: 'live' | 'event' | 'vod'
  /** Complete, but was published as it grew: HLS goes on to say EVENT, which must not change (RFC 8216bis 6.2.1). */
  readonly hasGrown?: true
  /** Units per second of `Clip.at`. */
  readonly timescale: number
  /** Wall clock of presentation time 0, if there is one (live, start-over). */
  readonly epochMs?: number
  /** Wall clock at which this state was made: DASH publishTime, and the clock players synchronize to. */
  readonly publishedMs?: number
  /** Answers with the time, for players of an MPD; absolute. */
  readonly clockUrl?: string
  readonly renditions: readonly Rendition[]
  readonly clips: readonly Clip[]
  /** Visible part of the presentation time; absent means all. */
  readonly window?: { readonly from: Ticks; readonly to?: Ticks }
  /** Playlists that grow may be asked for without their oldest segments (HLS delta updates). @default not */
  readonly deltaUpdates?: true
  /** How far behind live players are asked to play. @default as little as they need */
  readonly latencySeconds?: number
  /** Upper bound in whole seconds of all rounded segment durations; fixed for the life of a live presentation. */
  readonly targetSeconds: number
}

/** A choice offered to the player; each clip maps it to one of its tracks. */
export interface Rendition {
  readonly id: string
  readonly type: TrackType
  readonly language?: string
  readonly name?: string
  readonly roles: readonly string[]
  readonly bandwidth: Bandwidth
  /** The config it is announced with. */
  readonly config: TrackConfig
  /** Whether it is the default of its type. */
  readonly isDefault: boolean
  /** In-band captions. */
  readonly captions?: readonly CaptionService[]
  /** Id of the video rendition whose key frames, and nothing else, it shows: only for trick play. */
  readonly trickOf?: string
}

/** Whether it is a video rendition for normal playback. */
export const isVideo = ({ type, trickOf }: Rendition): boolean => type === 'video' && trickOf === undefined

/** A range of one timeline, shown at `at`. */
export interface Clip {
  /** Fixed for the life of the clip, whatever leaves the window: names DASH Periods. */
  readonly ordinal: number
  readonly timeline: Timeline
  /** In the timeline's timescale; `to` is absent while the end is open. */
  readonly from: Ticks
  readonly to?: Ticks
  /** Start in the presentation's timescale. */
  readonly at: Ticks
  readonly role: 'content' | 'ad' | 'slate' | 'bumper'
  /** Rendition id to track id. An absent rendition has no media here. */
  readonly tracks: Readonly<Record<string, string>>
  readonly protection: Protection
  /** Counts before this clip, by rendition; never recomputed from the current window. */
  readonly before: Readonly<Record<string, Counts>>
  /** The timeline's own counts at the clip's first segment, by rendition. */
  readonly first: Readonly<Record<string, Counts>>
}

/** The protection of a clip's media on delivery. */
export type Protection =
  | { readonly scheme: 'clear' }
  | {
      readonly scheme: 'cenc' | 'cbcs'
      /** Minimum output protection of video (HDCP-LEVEL of RFC 8216bis 4.4.6.2). */
      readonly hdcp?: 'TYPE-0' | 'TYPE-1'
      /** Device classes allowed to play the video (ALLOWED-CPC of RFC 8216bis 4.4.6.2). */
      readonly allowedCpc?: string
      /** Rendition id to key label; text has none, for it is never encrypted. */
      readonly labels: Readonly<Record<string, string>>
      /** Media seconds before which everything is clear, so that players start before they have a licence. */
      readonly clearUntilSeconds?: number
      /** The lead the policy allows, as in its URLs; present if `clearUntilSeconds` is. */
      readonly clearLeadSeconds?: number
      /** Keys change within the media: manifests name only the first one. */
      readonly inBand?: true
    }
