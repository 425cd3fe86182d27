/** EXT-X-DATERANGE (RFC 8216bis 4.4.5.1). */

import { optional } from '../optional.ts'
import {
  type AttributeContext,
  type AttributeList,
  isYes,
  numberOf,
  shown,
  textOf,
} from './attribute-list.ts'
import { dateTimeText, readDateTime } from './date-time.ts'
import type { DateRange } from './playlist.ts'
import { asPrinted, decimal, quoted, tagLine } from './print-attributes.ts'

/** The tag; SCTE35-* and X-* attributes are unmodified, between the dates and END-ON-NEXT. */
export function printDateRange(range: DateRange): string {
  const { startMs, endMs, attributes = {} } = range
  return tagLine(
    'EXT-X-DATERANGE',
    quoted('ID', range.id),
    quoted('CLASS', range.class),
    quoted('START-DATE', startMs === undefined ? undefined : dateTimeText('START-DATE', startMs)),
    quoted('CUE', range.cue),
    quoted('END-DATE', endMs === undefined ? undefined : dateTimeText('END-DATE', endMs)),
    decimal('DURATION', range.durationSeconds),
    decimal('PLANNED-DURATION', range.plannedDurationSeconds),
    ...Object.entries(attributes).map(([name, value]) => asPrinted(name, value)),
    range.endOnNext ? 'END-ON-NEXT=YES' : undefined,
  )
}

/** Parses a tag; undefined without an ID. Attributes not in `DateRange` are kept in `attributes` unmodified. */
export function readDateRange(attributes: AttributeList, context: AttributeContext): DateRange | undefined {
  const id = textOf(attributes, 'ID')
  if (id === undefined) {
    context.report('HLS_ATTRIBUTE_MISSING', context.line, 'EXT-X-DATERANGE without ID')
    return undefined
  }
  const others: Record<string, string> = {}
  for (const [name, { raw }] of attributes) if (!OWN.has(name)) others[name] = raw
  return {
    id,
    ...optional('class', textOf(attributes, 'CLASS')),
    ...optional('startMs', dateOf(attributes, 'START-DATE', context)),
    ...optional('endMs', dateOf(attributes, 'END-DATE', context)),
    ...optional('durationSeconds', numberOf(attributes, 'DURATION', context)),
    ...optional('plannedDurationSeconds', numberOf(attributes, 'PLANNED-DURATION', context)),
    ...optional('cue', textOf(attributes, 'CUE')),
    ...(isYes(attributes, 'END-ON-NEXT') && { endOnNext: true }),
    ...(Object.keys(others).length > 0 && { attributes: others }),
  }
}

const OWN = new Set([
  'ID',
  'CLASS',
  'START-DATE',
  'END-DATE',
  'DURATION',
  'PLANNED-DURATION',
  'CUE',
  'END-ON-NEXT',
])

function dateOf(
  attributes: AttributeList,
  name: string,
  { line, report }: AttributeContext,
): number | undefined {
  const text = textOf(attributes, name)
  if (text === undefined) return undefined
  const epochMs = readDateTime(text)
  if (epochMs === undefined)
    report('HLS_DATE_SYNTAX', line, `${name}: expected a date and time, got ${shown(text)}`)
  return epochMs
}
