/** Maps content, keys and periods of a SPEKE request to names in the key store. */
import { HeadendError } from '../../errors.ts'
import type { SpekeKey } from '../../formats/cpix/index.ts'
import type { KeyRequest } from '../keys/content-key.ts'

/** The store's content ID: the requester's own, with unprintable characters escaped so that no two collide. */
export const contentIdOf = (asked: string): string =>
  asked.trim().replaceAll(/[^\x21-\x24\x26-\x7e]/gu, encodeURIComponent)

/** The store's indexes have ten digits; a packager's may be longer, and then the kid tells keys apart. */
const maxIndex = 1e10

/** The request for a key in the key store. The kid identifies the key; label and period say what it is for. */
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

/** SPEKE track types are valid labels; an encryptor's own names are converted to the same form. */
const labelOf = (trackType = 'ALL'): string =>
  trackType
    .toUpperCase()
    .replaceAll(/[^A-Z0-9_+]/g, '_')
    .slice(0, 64)

/** Periods by wall clock time (SPEKE 2.1) are distinguished by their start second; those by offset, by kid alone. */
function startOf(start: string | undefined): number {
  if (start === undefined) return 0
  const ms = Date.parse(start)
  if (Number.isFinite(ms) && ms >= 0) return Math.floor(ms / 1000)
  throw new HeadendError('SPEKE_PERIOD', 'Unsupported ContentKeyPeriod@start', { status: 422 })
}
