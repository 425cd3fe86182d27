/** What a SPEKE request calls content, keys and periods, as the key store names them. */
import { HeadendError } from '../../errors.ts'
import type { SpekeKey } from '../../formats/cpix/index.ts'
import type { KeyRequest } from '../keys/content-key.ts'

/** The store's id for a content: the asker's own text, its unprintable characters escaped so that no two meet. */
export const contentIdOf = (asked: string): string =>
  asked.trim().replaceAll(/[^\x21-\x24\x26-\x7e]/gu, encodeURIComponent)

/** The store's indexes have ten digits; a packager's may have any, and its kid tells what those can not. */
const maxIndex = 1e10

/** A key as it is looked for and made. The kid says which it is; label and period say what it is for. */
export function keyRequestOf({
  kid,
  explicitIV,
  intendedTrackType,
  period,
}: SpekeKey): Omit<KeyRequest, 'contentId'> {
  return {
    kid: kid.replaceAll('-', '').toLowerCase(),
    label: labelOf(intendedTrackType),
    period: period ? (period.index ?? startOf(period.start)) % maxIndex : 0,
    ...(explicitIV && { iv: explicitIV }),
  }
}

/** SPEKE's track types are labels as they stand; an encryptor's own words are made to look like them. */
const labelOf = (trackType = 'ALL'): string =>
  trackType
    .toUpperCase()
    .replaceAll(/[^A-Z0-9_+]/g, '_')
    .slice(0, 64)

/** Periods by wall clock (SPEKE 2.1) are told apart by their second; by offset, by their kid alone. */
function startOf(start: string | undefined): number {
  if (start === undefined) return 0
  const ms = Date.parse(start)
  if (Number.isFinite(ms) && ms >= 0) return Math.floor(ms / 1000)
  throw new HeadendError('SPEKE_PERIOD', 'Unsupported ContentKeyPeriod@start', { status: 422 })
}
