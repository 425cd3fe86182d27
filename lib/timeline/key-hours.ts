/**
 * Public facts of a channel's keys, by the hour in which their periods begin: a state of protection that listed all of
 * them would grow for ever. An object never changes: a retired key, or keys for other tracks, give the hour another name.
 */
import { HeadendError } from '../errors.ts'
import type { ContentId } from './ids.ts'
import type { KeySharing } from './key-label.ts'
import type { Eras, Period } from './key-periods.ts'
import type { StoredKeyPeriod } from './stored-protection.ts'

/** Milliseconds of an hour. */
export const keyHourMs = 3_600_000

/** The hour since 1970 in which a period begins. */
export const keyHourOf = ({ fromMs }: Pick<Period, 'fromMs'>): number => Math.floor(fromMs / keyHourMs)

/** Whose keys an hour's object has. */
export interface KeyHourOf {
  readonly hour: number
  readonly eras: Eras
  readonly sharing: KeySharing
}

/** Key in the media bucket: an hour in which another era begins is another one. */
export function keyHourKey(contentId: ContentId, { hour, eras, sharing }: KeyHourOf): string {
  const { firstIndex } = eras.findLast(({ fromMs }) => fromMs < (hour + 1) * keyHourMs) ?? eras[0]
  return `protection/${contentId}/${hour}-${firstIndex}-${sharing}.json`
}

const format = 'headend-key-hour/1'

/** The stored text. */
export const encodeKeyHour = (periods: readonly StoredKeyPeriod[]): string =>
  JSON.stringify({ format, periods })

/** Parses it; throws PROTECTION_FORMAT for an unknown format. */
export function decodeKeyHour(key: string, text: string): readonly StoredKeyPeriod[] {
  const stored = JSON.parse(text) as { format?: unknown; periods: readonly StoredKeyPeriod[] }
  if (stored.format === format) return stored.periods
  throw new HeadendError(
    'PROTECTION_FORMAT',
    `${key}: expected format ${format}, got ${String(stored.format)}`,
    { status: 500 },
  )
}
