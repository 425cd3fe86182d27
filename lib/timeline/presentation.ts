/**
 * What one viewer, or all viewers, are shown: an edit list. Start-over, a recording, live-to-VOD without ads,
 * a film with a pre-roll, a FAST channel: each is a presentation, none copies media.
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
  /** `live`: more will come. `event`: more will come and nothing leaves. `vod`: complete. */
  readonly kind: 'live' | 'event' | 'vod'
  /** Units a second of `Clip.at`. */
  readonly timescale: number
  /** Wall clock of presentation time 0, where the presentation has one (live, start-over). */
  readonly epochMs?: number
  /** Wall clock when this state of it was made: DASH publishTime, and the clock a player sets itself by. */
  readonly publishedMs?: number
  readonly renditions: readonly Rendition[]
  readonly clips: readonly Clip[]
  /** Shown part of the presentation time; absent means all. */
  readonly window?: { readonly from: Ticks; readonly to?: Ticks }
  /** Whole seconds no segment's rounded length will pass; fixed for the life of a live presentation. */
  readonly targetSeconds: number
}

/** One choice offered to the player; each clip maps it to one of its tracks. */
export interface Rendition {
  readonly id: string
  readonly type: TrackType
  readonly language?: string
  readonly name?: string
  readonly roles: readonly string[]
  readonly bandwidth: Bandwidth
  /** The config it is announced with. */
  readonly config: TrackConfig
  /** The player's first choice among those of its type. */
  readonly isDefault: boolean
  /** Captions that lie inside the pictures. */
  readonly captions?: readonly CaptionService[]
  /** Id of the picture whose key frames, and nothing else, it shows: for winding, never for playing. */
  readonly trickOf?: string
}

/** A rendition of pictures to be played. */
export const isVideo = ({ type, trickOf }: Rendition): boolean => type === 'video' && trickOf === undefined

/** A range of one timeline, shown at `at`. */
export interface Clip {
  /** Never changes while the clip exists, whatever leaves the window: names DASH Periods. */
  readonly ordinal: number
  readonly timeline: Timeline
  /** In the timeline's timescale; `to` is absent while the end is open. */
  readonly from: Ticks
  readonly to?: Ticks
  /** Where it starts, in the presentation's timescale. */
  readonly at: Ticks
  readonly role: 'content' | 'ad' | 'slate' | 'bumper'
  /** Rendition id to track id. A rendition that is absent has nothing here. */
  readonly tracks: Readonly<Record<string, string>>
  readonly protection: Protection
  /** What was shown in front of this clip, by rendition; never recomputed from what is still in the window. */
  readonly before: Readonly<Record<string, Counts>>
  /** The timeline's own counts at the clip's first segment, by rendition. */
  readonly first: Readonly<Record<string, Counts>>
}

/** How a clip's media leaves the packager. */
export type Protection =
  | { readonly scheme: 'clear' }
  | {
      readonly scheme: 'cenc' | 'cbcs'
      /** Least output protection of pictures (HDCP-LEVEL of RFC 8216bis 4.4.6.2). */
      readonly hdcp?: 'TYPE-0' | 'TYPE-1'
      /** Classes of devices that may play the pictures (ALLOWED-CPC of RFC 8216bis 4.4.6.2). */
      readonly allowedCpc?: string
      /** Rendition id to key label; text has none, for it is never encrypted. */
      readonly labels: Readonly<Record<string, string>>
      /** Media seconds before which everything is in the clear, so that players start before they have a licence. */
      readonly clearUntilSeconds?: number
      /** The lead the policy allows, in the words of its URLs; there where `clearUntilSeconds` is. */
      readonly clearLeadSeconds?: number
      /** Keys change within the media: manifests know the first one alone. */
      readonly inBand?: true
    }
