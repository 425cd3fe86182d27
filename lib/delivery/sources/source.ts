/** Where presentations come from: each kind of content brings a source, and manifests are printed of what it gives. */
import type { ErrorCodeOf } from '../../errors.ts'
import type { Presentation, Rendition } from '../../timeline/presentation.ts'
import type { ManifestName } from '../manifest-path.ts'
import type { TimelineReader } from '../read.ts'

/** Gives the presentations below one prefix. */
export interface PresentationSource {
  /** First word of their paths and a slash. */
  readonly prefix: string
  /** A presentation of it, for messages: `/vod/<assetId>`. */
  readonly named: string
  /** What a manifest shows; throws a HeadendError below 500 where the request asks for what is not offered. */
  give(request: PresentationRequest, reader: TimelineReader): Promise<GivenPresentation | NotGiven>
}

/** What is asked of a source. */
export interface PresentationRequest {
  readonly name: ManifestName
  readonly query: URLSearchParams
}

/** A presentation as far as the manifest needs it: of a Media Playlist one rendition has its segments. */
export interface GivenPresentation {
  readonly presentation: Presentation
  /** A rendition's Media Playlist as seen from `index.m3u8` beside it. */
  readonly mediaUri: (rendition: Rendition) => string
  readonly cache: CacheClass
}

/** How long a manifest holds: `changing` ones show a change within seconds, `immutable` ones name their version. */
export type CacheClass = 'changing' | 'immutable'

/** There is none, and why. */
export interface NotGiven {
  readonly code: ErrorCodeOf<404>
  readonly message: string
}

/** The source of a path without its leading slash. */
export const sourceOf = (
  sources: readonly PresentationSource[],
  path: string,
): PresentationSource | undefined => sources.find(({ prefix }) => path.startsWith(prefix))
