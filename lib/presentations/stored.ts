/**
 * The stored form of a presentation: an immutable object that names clips by timeline and version, and is itself named
 * by the digest of its contents. It does not contain the protection of its assets, which is read when it is shown.
 */
import { HeadendError } from '../errors.ts'
import type { Clip } from '../timeline/presentation.ts'
import type { Ticks, TrackType } from '../timeline/timeline.ts'

/** Contents of `presentation.json`. */
export interface StoredPresentation {
  readonly format: 'headend-presentation/1'
  /** `presentations/<id>`. */
  readonly id: string
  /** Units per second of presentation time. */
  readonly timescale: number
  /** Whole seconds that no segment's rounded duration exceeds. */
  readonly targetSeconds: number
  /** Content item that defines the renditions by its tracks: the one shown longest. */
  readonly reference: string
  readonly renditions: readonly StoredRendition[]
  readonly clips: readonly (StoredClip | StoredChannelClip)[]
}

/** A clip without properties derived from the clips before it. */
export interface StoredClip {
  readonly timelineId: string
  readonly version: string
  /** Timescale of `from` and `to`: the timeline's. */
  readonly timescale: number
  readonly from: Ticks
  readonly to: Ticks
  readonly role: Clip['role']
  /** Maps rendition IDs to the clip's track IDs; renditions without a track are absent. */
  readonly tracks: Readonly<Record<string, string>>
}

/** A range of a channel: `from` and `to` in milliseconds since 1970, the version that of the channel's life. */
export interface StoredChannelClip extends StoredClip {
  /** Its end was to come when it was stored: it is shown as it grows. */
  readonly grows?: true
  readonly breaks: Breaks
  /** What is shown in the place of each break that is replaced, in order. */
  readonly replacements: readonly StoredClip[]
}

/** What may become of a channel's breaks. */
export const breakWays = ['keep', 'remove', 'replace'] as const

/** What becomes of a channel's breaks. */
export type Breaks = (typeof breakWays)[number]

/** Whether a clip is of a channel. */
export const isOfChannel = (clip: StoredClip | StoredChannelClip): clip is StoredChannelClip =>
  'breaks' in clip

/** Clips of assets, those in the place of breaks too. */
export const assetClipsOf = ({ clips }: Pick<StoredPresentation, 'clips'>): readonly StoredClip[] =>
  clips.flatMap((clip) => (isOfChannel(clip) ? clip.replacements : [clip]))

/** A rendition with the properties a person recognises it by. */
export interface StoredRendition {
  readonly id: string
  readonly type: TrackType
  readonly codec: string
  readonly language?: string
  readonly height?: number
}

/** Maximum number of content items: the limit of sessions and tokens. */
export const maxContents = 64
/** Maximum total length of their IDs: a token is sent in a header, which a gateway limits to 10 KB. */
export const maxLetters = 4096
/** Maximum number of clips: sixty-four content items with a few ranges each. */
export const maxClips = 256

/** Key of a presentation version in the media bucket. */
export const presentationKey = (id: string, version: string): string => `${id}/${version}/presentation.json`

/** Distinct content items, in order of first appearance. */
export const contentsOf = ({ clips }: Pick<StoredPresentation, 'clips'>): readonly string[] => [
  ...new Set(
    clips.flatMap((clip) => [
      clip.timelineId,
      ...(isOfChannel(clip) ? clip.replacements.map(({ timelineId }) => timelineId) : []),
    ]),
  ),
]

/** Parses a stored presentation; throws PRESENTATION_FORMAT if this version does not know its format. */
export function decodePresentation(key: string, text: string): StoredPresentation {
  const stored = JSON.parse(text) as Partial<StoredPresentation>
  if (stored.format !== 'headend-presentation/1')
    throw new HeadendError(
      'PRESENTATION_FORMAT',
      `${key}: expected format headend-presentation/1, got ${String(stored.format)}`,
      { status: 500 },
    )
  return stored as StoredPresentation
}
