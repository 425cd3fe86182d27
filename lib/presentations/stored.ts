/**
 * The stored form of a presentation: an immutable object that names clips by timeline and version, and is named itself
 * by the digest of what it holds. How its assets are protected it does not say: that is asked when it is shown.
 */
import { HeadendError } from '../errors.ts'
import type { Clip } from '../timeline/presentation.ts'
import type { Ticks, TrackType } from '../timeline/timeline.ts'

/** What `presentation.json` holds. */
export interface StoredPresentation {
  readonly format: 'headend-presentation/1'
  /** `presentations/<id>`. */
  readonly id: string
  /** Units a second of presentation time. */
  readonly timescale: number
  /** Whole seconds no segment's rounded length passes. */
  readonly targetSeconds: number
  /** What is offered: tracks of `reference`, the content that is shown for longest. */
  readonly reference: string
  readonly renditions: readonly StoredRendition[]
  readonly clips: readonly StoredClip[]
}

/** A clip without what follows from the clips before it. */
export interface StoredClip {
  readonly timelineId: string
  readonly version: string
  /** In the timeline's timescale, and so the end. */
  readonly timescale: number
  readonly from: Ticks
  readonly to: Ticks
  readonly role: Clip['role']
  /** Rendition id to the id of the track that stands for it; absent where none does. */
  readonly tracks: Readonly<Record<string, string>>
}

/** A rendition as a person knows it again. */
export interface StoredRendition {
  readonly id: string
  readonly type: TrackType
  readonly codec: string
  readonly language?: string
  readonly height?: number
}

/** Most contents: what a session and a token can list. */
export const maxContents = 64
/** Of their ids: a token is sent in a header, of which a gateway takes 10 KB. */
export const maxLetters = 4096
/** Most clips: sixty-four contents with a few ranges of each. */
export const maxClips = 256

/** Where a version of a presentation lies in the media bucket. */
export const presentationKey = (id: string, version: string): string => `${id}/${version}/presentation.json`

/** Distinct contents, in the order they are shown first. */
export const contentsOf = ({ clips }: Pick<StoredPresentation, 'clips'>): readonly string[] => [
  ...new Set(clips.map(({ timelineId }) => timelineId)),
]

/** Reads it; throws PRESENTATION_FORMAT where it is not one this version knows. */
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
