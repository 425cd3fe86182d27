/** EXT-X-DATERANGE (RFC 8216bis 4.4.5.1). */
import { dateTimeText } from './date-time.ts'
import type { DateRange } from './playlist.ts'
import { asPrinted, decimal, quoted, tagLine } from './print-attributes.ts'

/** The tag; SCTE35-* and X-* attributes stand as they are, between the dates and END-ON-NEXT. */
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
