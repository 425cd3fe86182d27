/**
 * The one core behind the edge function and the regional one: a manifest request in, a manifest out. Pure but
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
  type PresentationRequest,
  type PresentationSource,
  sourceOf,
} from './sources/source.ts'

/** What is asked; `path` has no leading slash and no session prefix. */
export interface ManifestRequest {
  readonly method: string
  readonly path: string
  /** Without its question mark, as it came. */
  readonly query?: string
}

/** An answer in full; `headers` are lower case. */
export interface ManifestResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Answers a manifest request; a refusal is JSON with a code, and what is no refusal is thrown: another may make it. */
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
    const source = sourceOf(sources, request.path)
    const name = source && parseManifestPath(request.path)
    if (!name)
      throw new HeadendError(
        'MANIFEST_NOT_FOUND',
        `/${request.path}: expected index.m3u8 or index.mpd below ${sources.map(({ named }) => named).join(' or ')}`,
        { status: 404 },
      )
    const query = new URLSearchParams(request.query)
    const given = await source.give({ name, query }, reader)
    if ('code' in given) return fault({ status: 404, ...given })
    return manifest(request.path, { name, query }, given)
  } catch (error) {
    if (isRefusal(error)) return fault(error)
    throw error
  }
}

function manifest(
  path: string,
  { name, query }: PresentationRequest,
  { presentation: whole, mediaUri, cache }: GivenPresentation,
): ManifestResponse {
  // A Media Playlist is named by what was chosen; the choice itself was made above it.
  const presentation = name.kind === 'media' ? whole : choose(whole, query)
  const cacheControl = cacheControls[cache]
  switch (name.kind) {
    case 'mpd':
      return ok('application/dash+xml', printMpd(dashMpd(presentation, path)), cacheControl)
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
      return ok(hlsType, printMediaPlaylist(hlsMedia(presentation, rendition, path)), cacheControl)
    }
  }
}

const hlsType = 'application/vnd.apple.mpegurl'
const cacheControls = {
  // A new upload shows within seconds; the edge asks once in that time, however many viewers come.
  changing: 'public, max-age=5',
  immutable: 'public, max-age=31536000, immutable',
}

const ok = (type: string, body: string, cacheControl: string): ManifestResponse => ({
  status: 200,
  headers: { 'content-type': type, 'cache-control': cacheControl },
  body,
})

/** What answering takes where nobody answers behind it. */
export interface AlwaysOptions {
  /** @default those of the edge */
  readonly sources?: readonly PresentationSource[]
  /** Told of what is no refusal. */
  readonly log: (error: unknown) => void
}

/** The same where nobody else could make the manifest: every error is answered, and none says what stores said. */
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

/** An error as every playback URL words it; cached for a second at most. */
export const fault = ({
  status,
  code,
  message,
}: Pick<HeadendError, 'status' | 'code' | 'message'>): ManifestResponse => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=1' },
  body: errorJson({ code, message: brief(message) }),
})
