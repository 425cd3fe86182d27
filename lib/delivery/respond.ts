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
import { filmPresentation } from './film.ts'
import { hlsMedia } from './hls-media.ts'
import { hlsMultivariant } from './hls-multivariant.ts'
import { type ManifestName, mediaPlaylistUri, parseManifestPath } from './manifest-path.ts'
import { protectedFilm } from './protected-film.ts'
import { readTimeline, type TimelineReader } from './read.ts'
import { askedProtection, signallingOf } from './signalling.ts'

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
export async function respond(request: ManifestRequest, reader: TimelineReader): Promise<ManifestResponse> {
  try {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return fault(405, 'METHOD_NOT_ALLOWED', `${request.method}: a manifest is read with GET or HEAD`)
    const name = parseManifestPath(request.path)
    if (!name)
      return fault(
        404,
        'MANIFEST_NOT_FOUND',
        `/${request.path}: expected /vod/<assetId>/index.m3u8 or index.mpd`,
      )
    return await manifest(name, request, reader)
  } catch (error) {
    if (error instanceof HeadendError && error.status < 500)
      return fault(error.status, error.code, error.message)
    throw error
  }
}

async function manifest(
  name: ManifestName,
  { path, query = '' }: ManifestRequest,
  reader: TimelineReader,
): Promise<ManifestResponse> {
  const { timelineId } = name
  const params = new URLSearchParams(query)
  const current = name.kind === 'media' ? name : await reader.current(timelineId)
  if (current === undefined)
    return fault(404, 'ASSET_NOT_FOUND', `${timelineId}: no such asset, or it is not ready yet`)
  const { version } = current
  const choice =
    typeof current.protection === 'string' ? askedProtection(current.protection, params) : current.protection
  const [read, signalling] = await Promise.all([
    readTimeline(reader, {
      timelineId,
      version,
      ...(name.kind === 'media' && { trackIds: [name.renditionId] }),
      ...(name.kind === 'multivariant' && { playedOnly: true }),
    }),
    choice && signallingOf(reader, timelineId, choice, name.kind === 'mpd' ? 'dash' : 'hls'),
  ])
  // A protection that can't be read must not look like none.
  if (!read || (choice && !signalling))
    return fault(404, 'ASSET_NOT_FOUND', `${timelineId} version ${version}: no such timeline`)
  const shown = signalling ? protectedFilm(read, signalling) : read
  const film = filmPresentation(shown.timeline, { ...read, ...shown })
  // A Media Playlist is named by what was chosen; the choice itself was made above it.
  const presentation = name.kind === 'media' ? film : choose(film, params)
  switch (name.kind) {
    case 'mpd':
      return ok('application/dash+xml', printMpd(dashMpd(presentation, path)), changing)
    case 'multivariant':
      return ok(
        hlsType,
        printMultivariantPlaylist(
          hlsMultivariant(presentation, ({ id }) =>
            mediaPlaylistUri(version, id, choice && signalling && { ...choice, scheme: signalling.scheme }),
          ),
        ),
        changing,
      )
    case 'media': {
      const rendition = presentation.renditions.find(({ id }) => id === name.renditionId)
      if (!rendition)
        return fault(404, 'RENDITION_NOT_FOUND', `${timelineId}: no rendition ${name.renditionId}`)
      return ok(hlsType, printMediaPlaylist(hlsMedia(presentation, rendition, path)), immutable)
    }
  }
}

const hlsType = 'application/vnd.apple.mpegurl'
/** A new upload shows within seconds; the edge asks once in that time, however many viewers come. */
const changing = 'public, max-age=5'
/** Its path names the version. */
const immutable = 'public, max-age=31536000, immutable'

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
