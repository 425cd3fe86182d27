/** splice_schedule() (SCTE 35 9.7.2): splices announced by the time of day. */
import type { FieldReader, FieldWriter, Reserved, Rest } from './fields.ts'
import { readAvail, type SpliceFacts, writeAvail } from './splice-insert.ts'
import { readBreakDuration, writeBreakDuration } from './splice-time.ts'

/** All splices of one command. */
export interface SpliceSchedule extends Rest {
  readonly kind: 'schedule'
  readonly events: readonly ScheduledEvent[]
}

/** A splice to come, or the cancellation of one. */
export interface ScheduledEvent extends Reserved {
  readonly eventId: number
  /** event_id_compliance_flag as it stands. */
  readonly idComplianceFlag: boolean
  /** Absent if the event is cancelled. */
  readonly splice?: ScheduledSplice
}

/** What is spliced, and when: in seconds since 1980-01-06T00:00:00Z, as a clock of UTC shows them. */
export interface ScheduledSplice extends SpliceFacts {
  /** Of the whole programme. */
  readonly utcSeconds?: number
  readonly components?: readonly { readonly tag: number; readonly utcSeconds: number }[]
}

/** Reads splice_schedule() without what stands behind it. */
export function readSpliceSchedule(bits: FieldReader): SpliceSchedule {
  const events: ScheduledEvent[] = []
  for (let left = bits.bits(8); left > 0; left--) {
    const eventId = bits.bits(32)
    const cancel = bits.flag()
    const event = { eventId, idComplianceFlag: bits.flag(), ...bits.reserved(6) }
    events.push(cancel ? event : { ...event, splice: readSplice(bits) })
  }
  return { kind: 'schedule', events }
}

/** Writes splice_schedule(). */
export function writeSpliceSchedule(out: FieldWriter, { events, rest }: SpliceSchedule): void {
  out.bits(events.length, 8, 'events')
  for (const event of events) {
    out.bits(event.eventId, 32, 'events.eventId')
    out.flag(event.splice === undefined)
    out.flag(event.idComplianceFlag)
    out.reserved(6, event)
    if (event.splice) writeSplice(out, event.splice)
  }
  out.bytes(rest)
}

function readSplice(bits: FieldReader): ScheduledSplice {
  const outOfNetwork = bits.flag()
  const programSplice = bits.flag()
  const hasDuration = bits.flag()
  return {
    outOfNetwork,
    programSplice,
    ...bits.reserved(5),
    ...(programSplice ? { utcSeconds: bits.bits(32) } : { components: readComponents(bits) }),
    ...(hasDuration && { breakDuration: readBreakDuration(bits) }),
    ...readAvail(bits),
  }
}

function readComponents(bits: FieldReader): { readonly tag: number; readonly utcSeconds: number }[] {
  const components = []
  for (let left = bits.bits(8); left > 0; left--)
    components.push({ tag: bits.bits(8), utcSeconds: bits.bits(32) })
  return components
}

function writeSplice(out: FieldWriter, splice: ScheduledSplice): void {
  const { outOfNetwork, programSplice, utcSeconds = 0, components = [], breakDuration } = splice
  out.flag(outOfNetwork)
  out.flag(programSplice)
  out.flag(breakDuration !== undefined)
  out.reserved(5, splice)
  if (programSplice) out.bits(utcSeconds, 32, 'events.utcSeconds')
  else {
    out.bits(components.length, 8, 'events.components')
    for (const component of components) {
      out.bits(component.tag, 8, 'events.components.tag')
      out.bits(component.utcSeconds, 32, 'events.components.utcSeconds')
    }
  }
  writeBreakDuration(out, breakDuration)
  writeAvail(out, splice)
}

/**
 * Milliseconds since 1970 of the seconds of splice_schedule. They are a clock's of UTC: "converted to UTC without the use
 * of the GPS_UTC_offset" (9.7.2.1). TSDuck takes them for GPS seconds, and is 18 s earlier.
 */
export const scheduledMs = (utcSeconds: number): number => EPOCH_MS + utcSeconds * 1000

/** The seconds of splice_schedule of milliseconds since 1970. */
export const scheduledSeconds = (epochMs: number): number => (epochMs - EPOCH_MS) / 1000

const EPOCH_MS = Date.UTC(1980, 0, 6)
