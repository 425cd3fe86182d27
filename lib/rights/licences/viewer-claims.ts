/** Claims of a licence request: the playback token in its header or query. */
import { HeadendError } from '../../errors.ts'
import { type PlaybackClaims, readPlaybackToken } from '../tokens/playback-token.ts'
import type { LicencePorts, LicenceRequest } from './ports.ts'

/** Minimum age of the cached signing keys before a refused token triggers a reload. */
const earliestMs = 30_000

/** The token's claims; throws if there is no token, more than one in the query, or one that is not ours. */
export async function claimsOf(
  { keyTexts: read }: Pick<LicencePorts, 'keyTexts'>,
  request: Pick<LicenceRequest, 'headers' | 'query'>,
): Promise<PlaybackClaims> {
  const sent = tokenOf(request)
  const keyTexts = await read()
  try {
    return await readPlaybackToken(keyTexts, sent)
  } catch (error) {
    // The key may have been rotated since; but not every bad token may trigger a reload.
    const fresh = await read(earliestMs)
    if (fresh === keyTexts) throw error
    return readPlaybackToken(fresh, sent)
  }
}

function tokenOf({ headers, query }: Pick<LicenceRequest, 'headers' | 'query'>): string {
  const shown = /^Bearer +([A-Za-z0-9._-]+) *$/i.exec(headers['authorization'] ?? '')?.[1]
  if (shown !== undefined) return shown
  const [asked, ...more] = new URLSearchParams(query).getAll('token')
  if (more.length > 0)
    throw new HeadendError('TOKEN_TWICE', `expected one token in the query, got ${more.length + 1}`)
  if (asked) return asked
  throw new HeadendError(
    'TOKEN_MISSING',
    'expected a playback token: a header Authorization: Bearer, or token in the query',
    { status: 401 },
  )
}
