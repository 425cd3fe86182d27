/** Whose request for a licence it is: the playback token in its header or its query. */
import { HeadendError } from '../../errors.ts'
import { type PlaybackClaims, readPlaybackToken } from '../tokens/playback-token.ts'
import type { LicencePorts, LicenceRequest } from './ports.ts'

/** How soon a refused token may make the signing keys be read again. */
const earliestMs = 30_000

/** What the token says; throws where there is none, where there are two, or where it is not one of ours. */
export async function claimsOf(
  { keyTexts: read }: Pick<LicencePorts, 'keyTexts'>,
  request: Pick<LicenceRequest, 'headers' | 'query'>,
): Promise<PlaybackClaims> {
  const sent = tokenOf(request)
  const keyTexts = await read()
  try {
    return await readPlaybackToken(keyTexts, sent)
  } catch (error) {
    // The key may have been changed since; but not every bad token may make us ask for it.
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
