/** Messages of Widevine's licence protocol, read so that no reader of another make finds more in them than we do. */
import { HeadendError } from '../../errors.ts'
import { type ProtobufField, protobufFields } from '../pssh/protobuf.ts'

/** What is known of a message. */
export interface MessageShape {
  readonly name: string
  readonly numbers?: readonly number[]
  /** Bytes, strings and messages. */
  readonly bytes?: readonly number[]
  /** Whether keys may be named in it: then bytes under a number nobody here knows are refused, for they may name one. */
  readonly namesKeys: boolean
}

/** A message taken apart; of a field that stands there several times, all. */
export interface Message {
  readonly all: (field: number) => readonly Uint8Array[]
  /** The number, which may stand there again but may not say two things: readers differ in which of them counts. */
  readonly one: (field: number) => number | bigint | undefined
}

/** Reads a message; refuses known fields of another type, which readers skip or misread. */
export function readMessage(bytes: Uint8Array, shape: MessageShape): Message {
  const fields = protobufFields(bytes, `Widevine ${shape.name}`)
  for (const field of fields) check(field, shape)
  return {
    all: (number) =>
      fields.flatMap((field) =>
        field.number === number && field.value instanceof Uint8Array ? [field.value] : [],
      ),
    one: (number) => {
      const said = new Set(
        fields.flatMap((field) =>
          field.number === number && !(field.value instanceof Uint8Array) ? [field.value] : [],
        ),
      )
      if (said.size > 1) throw refused(shape, `field ${number} says ${said.size} things`)
      return [...said][0]
    },
  }
}

/**
 * One message of all its occurrences: behind one another they mean what protocol buffers say of a message that stands
 * there twice, its parts put together.
 */
export function mergedMessage(occurrences: readonly Uint8Array[]): Uint8Array {
  const [first, ...more] = occurrences
  if (first && more.length === 0) return first
  const merged = new Uint8Array(occurrences.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const one of occurrences) {
    merged.set(one, at)
    at += one.length
  }
  return merged
}

function check({ number, wire }: ProtobufField, shape: MessageShape): void {
  if (shape.numbers?.includes(number)) {
    if (wire !== VARINT) throw refused(shape, `expected a number in field ${number}, got wire type ${wire}`)
  } else if (shape.bytes?.includes(number)) {
    if (wire !== DELIMITED) throw refused(shape, `expected bytes in field ${number}, got wire type ${wire}`)
  } else if (shape.namesKeys && wire === DELIMITED) {
    throw refused(shape, `field ${number} is unknown and may name keys`)
  }
}

const VARINT = 0
const DELIMITED = 2

function refused({ name }: MessageShape, text: string): HeadendError {
  return new HeadendError('WIDEVINE_CHALLENGE', `${name}: ${text}`)
}
