/**
 * The one core behind the edge function and the regional one: a manifest request in, a manifest out. Pure but
 * for the reader it is given.
 */

import { type ErrorCode, type ErrorStatus, HeadendError } from '../errors.ts'
import { printMpd } from '../formats/dash/print-mpd.ts'
import { printMediaPlaylist } from '../formats/hls/print-media.ts'
import { printMultivariantPlaylist } from '../formats/hls/print-multivariant.ts'
import { brief } from '../platform/brief.ts'
import { choose } from './choose.ts'
import { dashMpd } from './dash-mpd.ts'
import { edgeSources } from './edge-sources.ts'
import { hlsMedia } from './hls-media.ts'
import { hlsMultivariant } from './hls-multivariant.ts'
import { parseManifestPath } from './manifest-path.ts'
import type { TimelineReader } from './read.ts'
import {
  type GivenPresentation,
  type PresentationRequest,
  type PresentationSource,
  sourceOf,
} from './sources.ts'

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

/** Answers a manifest request; every fault becomes a JSON answer with a code, never a throw. */
export async function respond(
  request: ManifestRequest,
  reader: TimelineReader,
  sources: readonly PresentationSource[] = edgeSources,
): Promise<ManifestResponse> {
  try {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return fault(405, 'METHOD_NOT_ALLOWED', `${request.method}: a manifest is read with GET or HEAD`)
    const source = sourceOf(sources, request.path)
    const name = source && parseManifestPath(request.path)
    if (!name)
      return fault(
        404,
        'MANIFEST_NOT_FOUND',
        `/${request.path}: expected ${sources.map(({ prefix, named }) => `/${prefix}${named}/index.m3u8 or index.mpd`).join(', ')}`,
      )
    const query = new URLSearchParams(request.query)
    const given = await source.give({ name, query }, reader)
    if ('code' in given) return fault(404, given.code, given.message)
    return manifest(request.path, { name, query }, given)
  } catch (error) {
    if (error instanceof HeadendError && error.status < 500)
      return fault(error.status, error.code, error.message)
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
        return fault(404, 'RENDITION_NOT_FOUND', `${name.presentationId}: no rendition ${name.renditionId}`)
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

/** What a request is answered whose manifest could not be made: a service that is busy may be asked again soon. */
export const failed = (error: unknown): ManifestResponse => {
  if (!(error instanceof HeadendError && error.status === 503))
    return fault(502, 'MANIFEST_FAILED', 'the manifest could not be made; try again')
  const { status, headers, body } = fault(
    503,
    error.code,
    'the manifest could not be made just now; try again',
  )
  return { status, headers: { ...headers, 'retry-after': '1' }, body }
}

/** An error as every playback URL words it; cached for a second at most. */
export const fault = (status: ErrorStatus, code: ErrorCode, message: string): ManifestResponse => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=1' },
  body: JSON.stringify({ error: { code, message: brief(message) } }),
})
