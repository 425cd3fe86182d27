/** Wall clocks as HLS writes them (RFC 8216bis 4.4.4.6): ISO 8601, milliseconds, UTC. */
import { HeadendError } from '../../errors.ts'

/** `2026-01-02T03:04:05.678Z`. */
export function dateTimeText(what: string, epochMs: number): string {
  if (!(Math.abs(epochMs) <= MAX_MS)) {
    throw new HeadendError('HLS_DATE_RANGE', `${what}: expected milliseconds since 1970, got ${epochMs}`)
  }
  return new Date(Math.round(epochMs)).toISOString()
}

/** The last year of four digits; later ones take another form, which players do not read. */
const MAX_MS = 253_402_300_799_000
