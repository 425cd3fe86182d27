/** Wall-clock times in HLS (RFC 8216bis 4.4.4.6): ISO 8601, milliseconds, UTC. */
import { HeadendError } from '../../errors.ts'

/** An instant as `2026-01-02T03:04:05.678Z`. */
export function dateTimeText(what: string, epochMs: number): string {
  if (!(Math.abs(epochMs) <= MAX_MS)) {
    throw new HeadendError('HLS_DATE_RANGE', `${what}: expected milliseconds since 1970, got ${epochMs}`)
  }
  return new Date(Math.round(epochMs)).toISOString()
}

/** Milliseconds since 1970 of an ISO 8601 date and time; one without a zone is taken as UTC. Undefined for others. */
export function readDateTime(text: string): number | undefined {
  const match = DATE_TIME.exec(text.trim())
  if (!match) return undefined
  const [, date, time, zone = 'Z'] = match
  // +0200 and +02 are ISO 8601, but Date does not parse them
  const plain =
    zone === 'Z' || zone === 'z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`
  const epochMs = Date.parse(`${date}T${time}${plain}`)
  return Number.isNaN(epochMs) ? undefined : epochMs
}

const DATE_TIME = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)([Zz]|[+-]\d\d(?::?\d\d)?)?$/

/** The end of the last four-digit year; later ones have another format, which players do not read. */
const MAX_MS = 253_402_300_799_000
