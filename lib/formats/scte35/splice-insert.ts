/** splice_insert() (SCTE 35 9.7.3): out of the network feed into a break, or back to it. */
import type { FieldReader, FieldWriter, Reserved, Rest } from './fields.ts'
import {
  type BreakDuration,
  readBreakDuration,
  readSpliceTime,
  type SpliceTime,
  writeBreakDuration,
  writeSpliceTime,
} from './splice-time.ts'

/** A splice of the whole programme or of some of its components, or the cancellation of one. */
export interface SpliceInsert extends Reserved, Rest {
  readonly kind: 'insert'
  readonly eventId: number
  /** Absent if the event is cancelled. */
  readonly splice?: Splice
}

/** What is spliced, and when. */
export interface Splice extends SpliceFacts {
  readonly immediate: boolean
  /** event_id_compliance_flag as it stands: false says that ids are used as the standard's 9.9.3 asks. */
  readonly idComplianceFlag: boolean
  /** Of the whole programme; absent if immediate. */
  readonly time?: SpliceTime
  /** Absent, too, where an encoder says it splices components and then lists none. */
  readonly components?: readonly SpliceComponent[]
}

/** What splice_insert and splice_schedule have in common. */
export interface SpliceFacts extends Reserved {
  readonly outOfNetwork: boolean
  /** All components at the same time. */
  readonly programSplice: boolean
  readonly breakDuration?: BreakDuration
  readonly uniqueProgramId: number
  readonly availNum: number
  readonly availsExpected: number
}

/** A component's own time; absent if immediate. */
export interface SpliceComponent {
  readonly tag: number
  readonly time?: SpliceTime
}

/** Reads splice_insert() without what stands behind it. */
export function readSpliceInsert(bits: FieldReader): SpliceInsert {
  const eventId = bits.bits(32)
  const cancel = bits.flag()
  const event = { kind: 'insert', eventId, ...bits.reserved(7) } as const
  return cancel ? event : { ...event, splice: readSplice(bits) }
}

/** Writes splice_insert(). */
export function writeSpliceInsert(out: FieldWriter, insert: SpliceInsert): void {
  const { eventId, splice } = insert
  out.bits(eventId, 32, 'eventId')
  out.flag(splice === undefined)
  out.reserved(7, insert)
  if (splice) writeSplice(out, splice)
  out.bytes(insert.rest)
}

function readSplice(bits: FieldReader): Splice {
  const outOfNetwork = bits.flag()
  const programSplice = bits.flag()
  const hasDuration = bits.flag()
  const immediate = bits.flag()
  const flags = { outOfNetwork, programSplice, immediate, idComplianceFlag: bits.flag(), ...bits.reserved(3) }
  // Encoders of the field clear program_splice_flag and then write no list: what is left has no room for its count.
  const isUnlisted = bits.leftBytes === (hasDuration ? 5 : 0) + 4
  return {
    ...flags,
    ...(programSplice && !immediate && { time: readSpliceTime(bits) }),
    ...(!programSplice && !isUnlisted && { components: readComponents(bits, immediate) }),
    ...(hasDuration && { breakDuration: readBreakDuration(bits) }),
    ...readAvail(bits),
  }
}

function readComponents(bits: FieldReader, immediate: boolean): SpliceComponent[] {
  const components: SpliceComponent[] = []
  for (let left = bits.bits(8); left > 0; left--)
    components.push({ tag: bits.bits(8), ...(!immediate && { time: readSpliceTime(bits) }) })
  return components
}

function writeSplice(out: FieldWriter, splice: Splice): void {
  const { outOfNetwork, programSplice, immediate, time = {}, components, breakDuration } = splice
  out.flag(outOfNetwork)
  out.flag(programSplice)
  out.flag(breakDuration !== undefined)
  out.flag(immediate)
  out.flag(splice.idComplianceFlag)
  out.reserved(3, splice)
  if (programSplice && !immediate) writeSpliceTime(out, time)
  if (!programSplice && components) {
    out.bits(components.length, 8, 'components')
    for (const component of components) {
      out.bits(component.tag, 8, 'components.tag')
      if (!immediate) writeSpliceTime(out, component.time ?? {})
    }
  }
  writeBreakDuration(out, breakDuration)
  writeAvail(out, splice)
}

/** The last fields of a splice: where its break stands among the programme's. */
export function readAvail(
  bits: FieldReader,
): Pick<SpliceFacts, 'uniqueProgramId' | 'availNum' | 'availsExpected'> {
  return { uniqueProgramId: bits.bits(16), availNum: bits.bits(8), availsExpected: bits.bits(8) }
}

/** Writes the same. */
export function writeAvail(
  out: FieldWriter,
  { uniqueProgramId, availNum, availsExpected }: ReturnType<typeof readAvail>,
): void {
  out.bits(uniqueProgramId, 16, 'uniqueProgramId')
  out.bits(availNum, 8, 'availNum')
  out.bits(availsExpected, 8, 'availsExpected')
}
