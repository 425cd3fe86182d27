/** splice_time() and break_duration() (SCTE 35 9.8.1, 9.8.2). */
import type { FieldReader, FieldWriter, Reserved } from './fields.ts'

/** A time of the programme's 90 kHz clock, before pts_adjustment; without `pts` it is not specified: now. */
export interface SpliceTime extends Reserved {
  readonly pts?: number
}

/** How long a break takes, in ticks of 90 kHz. */
export interface BreakDuration extends Reserved {
  /** The splicer returns by itself at the end. */
  readonly autoReturn: boolean
  readonly duration: number
}

/** Reads splice_time(). */
export function readSpliceTime(bits: FieldReader): SpliceTime {
  if (!bits.flag()) return bits.reserved(7)
  return { ...bits.reserved(6), pts: bits.bits(33) }
}

/** Writes splice_time(). */
export function writeSpliceTime(out: FieldWriter, time: SpliceTime): void {
  out.flag(time.pts !== undefined)
  out.reserved(time.pts === undefined ? 7 : 6, time)
  if (time.pts !== undefined) out.bits(time.pts, 33, 'pts')
}

/** Reads break_duration(). */
export function readBreakDuration(bits: FieldReader): BreakDuration {
  return { autoReturn: bits.flag(), ...bits.reserved(6), duration: bits.bits(33) }
}

/** Writes break_duration(). */
export function writeBreakDuration(out: FieldWriter, breakDuration: BreakDuration | undefined): void {
  if (!breakDuration) return
  out.flag(breakDuration.autoReturn)
  out.reserved(6, breakDuration)
  out.bits(breakDuration.duration, 33, 'breakDuration.duration')
}
