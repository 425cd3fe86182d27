/** Prints attribute lists (RFC 8216bis 4.2): each function prints one `NAME=value`, or nothing. */
import { HeadendError } from '../../errors.ts'

/** `#TAG:A=1,B="2"` with its line end; absent attributes are omitted. */
export function tagLine(tag: string, ...attributes: readonly (string | undefined)[]): string {
  let list = ''
  for (const attribute of attributes) {
    if (attribute !== undefined) list += list === '' ? attribute : `,${attribute}`
  }
  return `#${tag}:${list}\n`
}

/** A quoted-string. Quotes and line ends can't be escaped, so they are refused. */
export function quoted(name: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  if (UNQUOTABLE.test(value)) {
    throw new HeadendError(
      'HLS_ATTRIBUTE_QUOTE',
      `${name}: expected no quote, line end or control character, got ${JSON.stringify(value.slice(0, 80))}`,
    )
  }
  return `${name}="${value}"`
}

/** An enumerated-string, a resolution or a hexadecimal-sequence: unquoted, so neither comma, quote nor space. */
export function bare(name: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  if (value === '' || UNBARE.test(value)) {
    throw new HeadendError(
      'HLS_ATTRIBUTE_BARE',
      `${name}: expected characters without quote, comma or space, got ${JSON.stringify(value.slice(0, 80))}`,
    )
  }
  return `${name}=${value}`
}

/** A decimal-integer. */
export function integer(name: string, value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${name}=${wholeNumber(name, value)}`
}

/** A decimal-floating-point; signed if the caller allows it. */
export function decimal(name: string, value: number | undefined, signed = false): string | undefined {
  if (value === undefined) return undefined
  if (!signed && value < 0) throw refused(name, 'a number from 0', value)
  return `${name}=${decimalText(name, value)}`
}

/** An unmodified attribute list entry; only what would break the line is refused. */
export function asPrinted(name: string, value: string): string {
  if (!ATTRIBUTE_NAME.test(name) || /[\r\n]/.test(value)) {
    throw new HeadendError(
      'HLS_ATTRIBUTE_NAME',
      `attribute: expected [A-Z0-9-] and a value of one line, got ${JSON.stringify(`${name}=${value}`.slice(0, 80))}`,
    )
  }
  return `${name}=${value}`
}

/** The digits of a count from 0 to 2^53. */
export function wholeNumber(what: string, value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) throw refused(what, 'a whole number from 0', value)
  return String(value)
}

/**
 * At most six decimals, without trailing zeros. Each number is rounded separately: a segment's EXTINF must not change
 * when the window moves, so no remainder is carried over.
 */
function decimalText(what: string, value: number): string {
  const micro = Math.round(value * 1e6)
  if (!(Math.abs(micro) <= Number.MAX_SAFE_INTEGER)) throw refused(what, 'a number below 9e9', value)
  return String(micro / 1e6)
}

/** EXTINF's duration (RFC 8216bis 4.4.4.1). */
export function durationText(seconds: number): string {
  if (seconds < 0) throw refused('EXTINF', 'a duration from 0', seconds)
  return decimalText('EXTINF', seconds)
}

/** A line or URI of a third party: it must not contain a line end. */
export function oneLine(what: string, value: string): string {
  if (value.includes('\n') || value.includes('\r')) {
    throw new HeadendError(
      'HLS_LINE_BREAK',
      `${what}: expected one line, got ${JSON.stringify(value.slice(0, 80))}`,
    )
  }
  return value
}

/** A URI line: not empty, and not taken for a tag or comment. */
export function uriLine(uri: string): string {
  if (uri === '' || uri.startsWith('#')) {
    throw new HeadendError(
      'HLS_URI_EMPTY',
      `URI: expected one that starts with another character than #, got "${uri}"`,
    )
  }
  return oneLine('URI', uri)
}

const UNQUOTABLE = /["\p{Cc}]/u
const UNBARE = /[\s",]/
const ATTRIBUTE_NAME = /^[A-Z0-9-]+$/

function refused(what: string, expected: string, value: number): HeadendError {
  return new HeadendError('HLS_NUMBER_RANGE', `${what}: expected ${expected}, got ${value}`)
}
