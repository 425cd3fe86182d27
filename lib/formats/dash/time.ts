/** Times in an MPD: xs:duration and xs:dateTime (W3C XML Schema 2, 3.2.6 and 3.2.7). */
import { HeadendError } from '../../errors.ts'

/** `PT1H2M3.5S`: at most six decimals, without trailing zeros; hours and minutes only if not zero. */
export function durationText(what: string, seconds: number): string {
  const micro = Math.round(seconds * 1e6)
  if (!(micro >= 0 && micro <= Number.MAX_SAFE_INTEGER)) {
    throw new HeadendError('DASH_TIME_RANGE', `${what}: expected seconds from 0, got ${seconds}`)
  }
  const rest = micro % 60e6
  const minutes = (micro - rest) / 60e6
  const hours = Math.floor(minutes / 60)
  let text = hours > 0 ? `PT${hours}H` : 'PT'
  if (minutes % 60 > 0) text += `${minutes % 60}M`
  return rest > 0 || minutes === 0 ? `${text}${decimal(rest)}S` : text
}

/** `2026-01-02T03:04:05.678Z`, without `.000`. */
export function dateTimeText(what: string, epochMs: number): string {
  const whole = Math.round(epochMs)
  if (!(Math.abs(whole) <= MAX_MS)) {
    throw new HeadendError('DASH_TIME_RANGE', `${what}: expected milliseconds since 1970, got ${epochMs}`)
  }
  const text = new Date(whole).toISOString()
  return whole % 1000 === 0 ? `${text.slice(0, -5)}Z` : text
}

/**
 * Seconds of an xs:duration; undefined for invalid text. Years and months have no fixed length, and are refused unless
 * 0.
 */
export function readDuration(text: string): number | undefined {
  const match = DURATION.exec(text.trim())
  if (!match || /[PT]$/.test(text.trim())) return undefined
  const [years = 0, months = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0))
  return years + months > 0 ? undefined : ((days * 24 + hours) * 60 + minutes) * 60 + seconds
}

const DURATION =
  /^P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,12}(?:\.\d{0,40})?)S)?)?$/

/** Milliseconds since 1970 of an xs:dateTime; without a zone it is UTC (5.3.1.2). Undefined for invalid text. */
export function readDateTime(text: string): number | undefined {
  const match = DATE_TIME.exec(text.trim())
  const epochMs = match ? Date.parse(`${match[1]}${match[2] ?? 'Z'}`) : Number.NaN
  return Number.isNaN(epochMs) ? undefined : epochMs
}

const DATE_TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,40})?)(Z|[+-]\d\d:\d\d)?$/

/** Microseconds below a minute as seconds; String() would write the smallest ones with an exponent. */
function decimal(micro: number): string {
  return micro % 1e6 === 0 ? String(micro / 1e6) : (micro / 1e6).toFixed(6).replace(/0+$/, '')
}

/** The end of the last four-digit year. */
const MAX_MS = 253_402_300_799_999
