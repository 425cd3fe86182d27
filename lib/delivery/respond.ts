/**
 * The core shared by the edge function and the regional one: takes a manifest request, returns a manifest. Pure except
 * for the reader it is given.
 */

import { HeadendError } from '../errors.ts'
import { printMpd } from '../formats/dash/index.ts'
import { printMediaPlaylist, printMultivariantPlaylist } from '../formats/hls/index.ts'
import { brief } from '../platform/brief.ts'
import { answered, errorHeaders, errorJson, isRefusal } from '../platform/http/error-response.ts'
import { dashMpd } from './dash/mpd.ts'
import { hlsMedia } from './hls/media.ts'
import { hlsMultivariant } from './hls/multivariant.ts'
import { parseManifestPath } from './manifest-path.ts'
import type { TimelineReader } from './read.ts'
import { choose } from './selection/choose.ts'
import { edgeSources } from './sources/edge-sources.ts'
import {
  type GivenPresentation,
  type MpdPrinter,
  type NotGiven,
  type PresentationRequest,
  type PresentationSource,
  sourceOf,
} from './sources/source.ts'

/** A manifest request; `path` has no leading slash and no session prefix. */
export interface ManifestRequest {
  readonly method: string
  readonly path: string
  /** The raw query without its question mark. */
  readonly query?: string
}

/** A complete response; header names are lower case. */
export interface ManifestResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * Responds to a manifest request; 4xx errors become JSON with a code, others are thrown, since another function may
 * succeed.
 */
export async function respond(
  request: ManifestRequest,
  reader: TimelineReader,
  sources: readonly PresentationSource[] = edgeSources,
): Promise<ManifestResponse> {
  try {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw new HeadendError('METHOD_NOT_ALLOWED', `${request.method}: a manifest is read with GET or HEAD`, {
        status: 405,
      })
    const name = parseManifestPath(request.path)
    const source = name && sourceOf(sources, name.presentationId)
    if (!source)
      throw new HeadendError(
        'MANIFEST_NOT_FOUND',
        `/${request.path}: expected index.m3u8 or index.mpd below ${sources.map(({ named }) => named).join(' or ')}`,
        { status: 404 },
      )
    const query = new URLSearchParams(request.query)
    const given = await source.give({ name, query }, reader)
    if ('code' in given) return refusal(given)
    return manifest(request.path, { name, query }, given)
  } catch (error) {
    if (isRefusal(error)) return fault(error)
    throw error
  }
}

function refusal(given: NotGiven): ManifestResponse {
  if (!('retrySeconds' in given)) return fault({ status: 404, ...given })
  const { headers, ...answer } = fault({ status: 503, ...given })
  const seconds = String(given.retrySeconds)
  return {
    ...answer,
    headers: { ...headers, 'cache-control': `public, max-age=${seconds}`, 'retry-after': seconds },
  }
}

function manifest(
  path: string,
  { name, query }: PresentationRequest,
  { presentation: whole, mediaUri, cache, printsMpd = wholeMpd }: GivenPresentation,
): ManifestResponse {
  // The path of a Media Playlist names the chosen rendition; filters were applied in the Multivariant Playlist.
  const presentation = name.kind === 'media' ? whole : choose(whole, query)
  const cacheControl = cacheControls[cache]
  switch (name.kind) {
    case 'mpd': {
      const { type, text } = printsMpd(presentation, { path, query })
      return ok(type, text, cacheControl)
    }
    case 'multivariant':
      return ok(hlsType, printMultivariantPlaylist(hlsMultivariant(presentation, mediaUri)), cacheControl)
    case 'media': {
      const rendition = presentation.renditions.find(({ id }) => id === name.renditionId)
      if (!rendition)
        throw new HeadendError(
          'RENDITION_NOT_FOUND',
          `${name.presentationId}: no rendition ${name.renditionId}`,
          { status: 404 },
        )
      return ok(
        hlsType,
        printMediaPlaylist(hlsMedia(presentation, rendition, path, { skips: query.has('_HLS_skip') })),
        cacheControl,
      )
    }
  }
}

const wholeMpd: MpdPrinter = (presentation, { path }) => ({
  type: 'application/dash+xml',
  text: printMpd(dashMpd(presentation, path)),
})

const hlsType = 'application/vnd.apple.mpegurl'
const cacheControls = {
  // A new upload appears within seconds; the edge asks once in that time, however many viewers request it.
  changing: 'public, max-age=5',
  // One second is the least that CloudFront collapses requests for.
  live: 'public, max-age=1, stale-if-error=10',
  immutable: 'public, max-age=31536000, immutable',
}

const ok = (type: string, body: string, cacheControl: string): ManifestResponse => ({
  status: 200,
  headers: { 'content-type': type, 'cache-control': cacheControl },
  body,
})

/** Options for a function with no fallback behind it. */
export interface AlwaysOptions {
  /** @default those of the edge */
  readonly sources?: readonly PresentationSource[]
  /** Called for errors other than refusals. */
  readonly log: (error: unknown) => void
}

/** `respond` without a fallback: every error becomes a response, and none reveals an error text of the stores. */
export const respondAlways = (
  request: ManifestRequest,
  reader: TimelineReader,
  { sources = edgeSources, log }: AlwaysOptions,
): Promise<ManifestResponse> =>
  answered(() => respond(request, reader, sources), {
    say: unmade,
    log,
    otherwise: ['MANIFEST_FAILED', 'the manifest could not be made; try again', { status: 502 }],
  })

function unmade({ status, code, message }: HeadendError): ManifestResponse {
  const said = status === 503 ? 'the manifest could not be made just now; try again' : message
  const { headers, ...answer } = fault({ status, code, message: said })
  return { ...answer, headers: { ...headers, ...errorHeaders({ status, code }) } }
}

/** An error response of a playback URL; cached for at most a second. */
export const fault = ({
  status,
  code,
  message,
}: Pick<HeadendError, 'status' | 'code' | 'message'>): ManifestResponse => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=1' },
  body: errorJson({ code, message: brief(message) }),
})
