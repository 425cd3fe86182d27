/** Parses attribute lists (RFC 8216bis 4.2). */
import type { Report } from './problem.ts'

/** A value, and whether it was quoted. */
export interface AttributeValue {
  /** Without its quotes, variables replaced. */
  readonly text: string
  readonly isQuoted: boolean
  /** As printed, quotes and variables included. */
  readonly raw: string
}

/** Attributes by name, in their order. */
export type AttributeList = ReadonlyMap<string, AttributeValue>

/** The context of a list: its line, variable substitution, the fault handler. */
export interface AttributeContext {
  readonly line: number
  readonly replace: (text: string, line: number) => string
  readonly report: Report
}

/** The attributes of `text`; of two with the same name the first counts. */
export function readAttributeList(text: string, { line, replace, report }: AttributeContext): AttributeList {
  const attributes = new Map<string, AttributeValue>()
  for (let at = 0; at < text.length; ) {
    const equals = text.indexOf('=', at)
    const comma = text.indexOf(',', at)
    if (equals < 0 || (comma >= 0 && comma < equals)) {
      const stray = text.slice(at, comma < 0 ? text.length : comma)
      if (stray.trim() !== '' || comma >= 0)
        report('HLS_ATTRIBUTE_SYNTAX', line, `no NAME=value in ${shown(stray)}`)
      at += stray.length + 1
      continue
    }
    const name = text.slice(at, equals).trim()
    const { raw, next, isQuoted } = valueAt(text, equals + 1)
    if (!ATTRIBUTE_NAME.test(name)) report('HLS_ATTRIBUTE_SYNTAX', line, `no attribute name: ${shown(name)}`)
    if (isQuoted && (raw.length < 2 || !raw.endsWith('"'))) {
      report('HLS_ATTRIBUTE_SYNTAX', line, `${shown(name)} has no closing quote`)
    }
    if (attributes.has(name)) report('HLS_ATTRIBUTE_TWICE', line, `${shown(name)} stands there twice`)
    else attributes.set(name, { text: meaning(raw, isQuoted, line, replace), isQuoted, raw })
    at = next
  }
  return attributes
}

/** The text of an attribute, undefined if absent. */
export function textOf(attributes: AttributeList, name: string): string | undefined {
  return attributes.get(name)?.text
}

/** The number at the start of an attribute; reports a fault and returns undefined if there is none. */
export function numberOf(
  attributes: AttributeList,
  name: string,
  { line, report }: Pick<AttributeContext, 'line' | 'report'>,
): number | undefined {
  const text = textOf(attributes, name)
  if (text === undefined) return undefined
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN
  if (Number.isFinite(value)) return value
  report('HLS_ATTRIBUTE_NUMBER', line, `${name}: expected a number, got ${shown(text)}`)
  return undefined
}

/** True if an enumerated attribute is YES. */
export function isYes(attributes: AttributeList, name: string): boolean {
  return textOf(attributes, name) === 'YES'
}

/** A text short enough for a message. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}

const ATTRIBUTE_NAME = /^[A-Z0-9-]+$/
const DECIMAL = /^-?\d{1,20}(\.\d*)?$/

/** The raw value at `from`, and the start of the next attribute. */
function valueAt(text: string, from: number): { raw: string; next: number; isQuoted: boolean } {
  let start = from
  while (text.charCodeAt(start) === SPACE) start++
  const isQuoted = text.charCodeAt(start) === QUOTE
  const closing = isQuoted ? text.indexOf('"', start + 1) : start
  // text between a closing quote and the comma is ignored in the parsed value only
  const comma = closing < 0 ? -1 : text.indexOf(',', closing)
  const stop = comma < 0 ? text.length : comma
  const end = isQuoted && closing >= 0 ? closing + 1 : stop
  return { raw: text.slice(start, end).trimEnd(), next: stop + 1, isQuoted }
}

/** Variables are replaced in quoted strings and hexadecimal sequences only (4.3). */
function meaning(raw: string, isQuoted: boolean, line: number, replace: AttributeContext['replace']): string {
  if (!isQuoted) return /^0[xX]/.test(raw) ? replace(raw, line) : raw
  return replace(raw.endsWith('"') && raw.length > 1 ? raw.slice(1, -1) : raw.slice(1), line)
}

const QUOTE = 34
const SPACE = 32
