/** Sources of presentations: each kind of content has a source, and manifests are generated from what it returns. */
import type { ErrorCodeOf } from '../../errors.ts'
import type { Presentation, Rendition } from '../../timeline/presentation.ts'
import type { ManifestName } from '../manifest-path.ts'
import type { TimelineReader } from '../read.ts'

/** Provides the presentations below one path prefix. */
export interface PresentationSource {
  /** First path component with a slash. */
  readonly prefix: string
  /** Path pattern of its presentations, for messages: `/vod/<assetId>`. */
  readonly named: string
  /** The presentation for a manifest; throws a HeadendError below 500 if the request asks for something not offered. */
  give(request: PresentationRequest, reader: TimelineReader): Promise<GivenPresentation | NotGiven>
}

/** A request to a source. */
export interface PresentationRequest {
  readonly name: ManifestName
  readonly query: URLSearchParams
}

/** A presentation with the parts the manifest needs: for a Media Playlist, only one rendition has its segments. */
export interface GivenPresentation {
  readonly presentation: Presentation
  /** URL of a rendition's Media Playlist relative to its `index.m3u8`. */
  readonly mediaUri: (rendition: Rendition) => string
  readonly cache: CacheClass
  /** @default the MPD as a whole */
  readonly printsMpd?: MpdPrinter
}

/** What an MPD was asked for with; `path` has no leading slash. */
export interface MpdRequest {
  readonly path: string
  readonly query: URLSearchParams
}

/** Prints MPDs of a source that are updated otherwise than as a whole; what does, films do not bring to the edge. */
export type MpdPrinter = (
  presentation: Presentation,
  request: MpdRequest,
) => { readonly type: string; readonly text: string }

/**
 * Cacheability of a manifest: `changing` ones show a change within seconds, `live` ones grow with each segment,
 * `immutable` ones have the version in their path.
 */
export type CacheClass = 'changing' | 'live' | 'immutable'

/** The reason why there is no presentation. */
export type NotGiven =
  | { readonly code: ErrorCodeOf<404>; readonly message: string }
  /** It is not read just now; caches keep the refusal for so many seconds. */
  | { readonly code: ErrorCodeOf<503>; readonly message: string; readonly retrySeconds: number }

/** The source of a presentation, or of a path without its leading slash. */
export const sourceOf = (
  sources: readonly PresentationSource[],
  path: string,
): PresentationSource | undefined => sources.find(({ prefix }) => path.startsWith(prefix))
