/** Rules of EXT-X-DATERANGE: D1 to D5. */

import { spliceSectionFault } from '../media/splice-section.ts'
import { type Broken, unquote } from './lexer.ts'
import { type JudgedPlaylist, type Tag, tagsNamed } from './playlist.ts'

/** D1 to D5 of one fetch; ranges of the fetch before it may go on here. */
export function dateRangeRules(playlist: JudgedPlaylist, previous?: JudgedPlaylist): Broken[] {
  const tags = tagsNamed(playlist, 'EXT-X-DATERANGE')
  const broken: Broken[] = []
  if (tags.length > 0 && tagsNamed(playlist, 'EXT-X-PROGRAM-DATE-TIME').length === 0) {
    broken.push({
      rule: 'D3',
      line: tags[0]?.number ?? 0,
      why: 'a date range, but no EXT-X-PROGRAM-DATE-TIME',
    })
  }
  const ranges = new Map<string, Range>()
  if (previous) for (const tag of tagsNamed(previous, 'EXT-X-DATERANGE')) merge(ranges, tag, [])
  for (const tag of tags) {
    broken.push(...splices(tag), ...interstitial(tag))
    merge(ranges, tag, broken)
  }
  const isComplete = (playlist.segments[0]?.sequence ?? 0) === 0
  for (const range of ranges.values()) broken.push(...times(range), ...pairs(range, isComplete))
  return broken
}

/** All that was said of one ID. */
interface Range {
  readonly line: number
  readonly values: Map<string, string>
}

function merge(ranges: Map<string, Range>, { attributes, number: line }: Tag, broken: Broken[]): void {
  const id = unquote(attributes.get('ID'))
  if (id === undefined) {
    broken.push({ rule: 'D1', line, why: 'no ID' })
    return
  }
  const known = ranges.get(id)
  if (!known && !attributes.has('START-DATE')) {
    broken.push({ rule: 'D1', line, why: `${id} appears first without START-DATE` })
  }
  const range = known ?? { line, values: new Map<string, string>() }
  for (const [name, value] of attributes) {
    const before = range.values.get(name)
    if (before !== undefined && before !== value) {
      broken.push({ rule: 'D1', line, why: `${id}: ${name} was ${before}, is ${value}` })
    }
    range.values.set(name, value)
  }
  ranges.set(id, range)
}

function times({ line, values }: Range): Broken[] {
  const number = (name: string) => (values.has(name) ? Number(values.get(name)) : undefined)
  const date = (name: string) => (values.has(name) ? Date.parse(unquote(values.get(name)) ?? '') : undefined)
  const [start, end] = [date('START-DATE'), date('END-DATE')]
  const [seconds, planned] = [number('DURATION'), number('PLANNED-DURATION')]
  const faults: string[] = []
  if (isNegative(seconds) || isNegative(planned)) faults.push('a duration below 0')
  if (Number.isNaN(start) || Number.isNaN(end)) faults.push('a date that is none')
  if (start !== undefined && end !== undefined) {
    if (end < start) faults.push('END-DATE before START-DATE')
    // both are printed to the millisecond
    if (seconds !== undefined && Math.abs(end - start - seconds * 1000) > 2) {
      faults.push('END-DATE is not START-DATE and DURATION')
    }
  }
  const onNext = values.get('END-ON-NEXT')
  if (onNext !== undefined) {
    if (onNext !== 'YES') faults.push('END-ON-NEXT other than YES')
    if (!values.has('CLASS')) faults.push('END-ON-NEXT without CLASS')
    if (seconds !== undefined || end !== undefined) faults.push('END-ON-NEXT with DURATION or END-DATE')
  }
  return faults.map((why) => ({ rule: 'D2', line, why }))
}

const isNegative = (value: number | undefined) => value !== undefined && !(value >= 0)

const SPLICES = ['SCTE35-CMD', 'SCTE35-OUT', 'SCTE35-IN']

function splices({ attributes, number }: Tag): Broken[] {
  return SPLICES.flatMap((name) => {
    const value = attributes.get(name)
    const why = value === undefined ? undefined : spliceSectionFault(value)
    return why === undefined ? [] : [{ rule: 'D4', line: number, why: `${name}: ${why}` }]
  })
}

function pairs({ line, values }: Range, isComplete: boolean): Broken[] {
  if (!values.has('SCTE35-IN')) return []
  const broken: Broken[] = []
  if (!values.has('DURATION') && !values.has('END-DATE')) {
    broken.push({ rule: 'D4', line, why: 'SCTE35-IN without DURATION or END-DATE' })
  }
  if (isComplete && !values.has('SCTE35-OUT')) {
    broken.push({ rule: 'D4', line, why: 'SCTE35-IN under another ID than its SCTE35-OUT' })
  }
  return broken
}

const list = (...words: readonly string[]) => {
  const word = `(${words.join('|')})`
  return new RegExp(`^"${word}(,${word})*"$`)
}

const INTERSTITIAL: Readonly<Record<string, RegExp>> = {
  'X-ASSET-URI': /^"[^"]+"$/,
  'X-ASSET-LIST': /^"[^"]+"$/,
  'X-RESUME-OFFSET': /^-?\d+(\.\d*)?$/,
  'X-PLAYOUT-LIMIT': /^\d+(\.\d*)?$/,
  'X-SNAP': list('OUT', 'IN'),
  'X-RESTRICT': list('SKIP', 'JUMP'),
  CUE: list('PRE', 'POST', 'ONCE'),
  'X-TIMELINE-OCCUPIES': /^"(POINT|RANGE)"$/,
  'X-TIMELINE-STYLE': /^"(PRIMARY|HIGHLIGHT)"$/,
  'X-CONTENT-MAY-VARY': /^"(YES|NO)"$/,
}

function interstitial({ attributes, number: line }: Tag): Broken[] {
  if (attributes.get('CLASS') !== '"com.apple.hls.interstitial"') return []
  const broken: Broken[] = []
  if (attributes.has('X-ASSET-URI') === attributes.has('X-ASSET-LIST')) {
    broken.push({ rule: 'D5', line, why: 'not exactly one of X-ASSET-URI and X-ASSET-LIST' })
  }
  for (const [name, form] of Object.entries(INTERSTITIAL)) {
    const value = attributes.get(name)
    if (value !== undefined && !form.test(value))
      broken.push({ rule: 'D5', line, why: `${name} is ${value}` })
  }
  return broken
}
