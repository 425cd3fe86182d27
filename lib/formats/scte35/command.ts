/** Splice commands by their type (SCTE 35 9.6.1, Table 7). */
import { HeadendError } from '../../errors.ts'
import { FieldReader, FieldWriter, type Rest, withinBounds } from './fields.ts'
import { readSpliceInsert, type SpliceInsert, writeSpliceInsert } from './splice-insert.ts'
import { readSpliceSchedule, type SpliceSchedule, writeSpliceSchedule } from './splice-schedule.ts'
import { readSpliceTime, type SpliceTime, writeSpliceTime } from './splice-time.ts'

/** What a section commands. */
export type SpliceCommand =
  | SpliceInsert
  | SpliceSchedule
  | BareCommand
  | TimeSignal
  | PrivateCommand
  | UnknownCommand

/** A command without fields. */
export interface BareCommand extends Rest {
  readonly kind: 'null' | 'bandwidth-reservation'
}

/** The time of what the descriptors say. */
export interface TimeSignal extends Rest {
  readonly kind: 'time-signal'
  readonly time: SpliceTime
}

/** A command of whoever registered the identifier, its bytes as they are. */
export interface PrivateCommand {
  readonly kind: 'private'
  readonly identifier: number
  readonly bytes: Uint8Array
}

/** A command of a type that is reserved, its bytes as they are. */
export interface UnknownCommand {
  readonly kind: 'unknown'
  readonly type: number
  readonly bytes: Uint8Array
}

/** splice_command_type of the commands that have fields of their own. */
export const COMMAND_TYPE = {
  null: 0,
  schedule: 4,
  insert: 5,
  'time-signal': 6,
  'bandwidth-reservation': 7,
  private: 255,
} as const

/** The splice_command_type of a command. */
export function commandTypeOf(command: SpliceCommand): number {
  return command.kind === 'unknown' ? command.type : COMMAND_TYPE[command.kind]
}

/** Reads a command of known length; throws SCTE35_COMMAND if its fields do not fit into it. */
export function readCommand(type: number, bytes: Uint8Array): SpliceCommand {
  const bits = new FieldReader(bytes, `command ${type}`)
  const command = withinBounds('SCTE35_COMMAND', 'the command', () => readKnown(type, bits))
  return command ? { ...command, ...bits.rest() } : withBytes(type, bits)
}

/** Reads a command whose length is not said: 0xFFF, as encoders before 2011 wrote. */
export function readCommandOfUnknownLength(type: number, bits: FieldReader): SpliceCommand {
  const command = withinBounds('SCTE35_COMMAND', 'the command', () => readKnown(type, bits))
  if (command) return command
  throw new HeadendError('SCTE35_COMMAND', `command ${type}: expected its length, got 0xFFF`)
}

/** The bytes of a command, without its type. */
export function writeCommand(command: SpliceCommand): Uint8Array {
  const out = new FieldWriter()
  switch (command.kind) {
    case 'insert':
      writeSpliceInsert(out, command)
      break
    case 'schedule':
      writeSpliceSchedule(out, command)
      break
    case 'time-signal':
      writeSpliceTime(out, command.time)
      out.bytes(command.rest)
      break
    case 'private':
      out.bits(command.identifier, 32, 'identifier')
      out.bytes(command.bytes)
      break
    case 'unknown':
      out.bytes(command.bytes)
      break
    case 'null':
    case 'bandwidth-reservation':
      out.bytes(command.rest)
  }
  return out.written
}

/** A command whose fields say where it ends. */
function readKnown(
  type: number,
  bits: FieldReader,
): Exclude<SpliceCommand, PrivateCommand | UnknownCommand> | undefined {
  switch (type) {
    case COMMAND_TYPE.null:
      return { kind: 'null' }
    case COMMAND_TYPE.schedule:
      return readSpliceSchedule(bits)
    case COMMAND_TYPE.insert:
      return readSpliceInsert(bits)
    case COMMAND_TYPE['time-signal']:
      return { kind: 'time-signal', time: readSpliceTime(bits) }
    case COMMAND_TYPE['bandwidth-reservation']:
      return { kind: 'bandwidth-reservation' }
    default:
      return undefined
  }
}

function withBytes(type: number, bits: FieldReader): PrivateCommand | UnknownCommand {
  if (type !== COMMAND_TYPE.private) return { kind: 'unknown', type, bytes: bits.bytes(bits.leftBytes) }
  const identifier = withinBounds('SCTE35_COMMAND', 'the command', () => bits.bits(32))
  return { kind: 'private', identifier, bytes: bits.bytes(bits.leftBytes) }
}
