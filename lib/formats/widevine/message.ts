/** Parses messages of Widevine's licence protocol strictly, so that no other parser finds more in them than we do. */
import { HeadendError } from '../../errors.ts'
import { type ProtobufField, protobufFields } from '../pssh/protobuf.ts'

/** The known fields of a message. */
export interface MessageShape {
  readonly name: string
  readonly numbers?: readonly number[]
  /** Bytes, strings and messages. */
  readonly bytes?: readonly number[]
  /** True if it may name keys: then unknown fields with bytes are refused, because they may name one. */
  readonly namesKeys: boolean
}

/** A parsed message; of a repeated field, all occurrences. */
export interface Message {
  readonly all: (field: number) => readonly Uint8Array[]
  /** The number, which may be repeated but not with different values: parsers differ in which one counts. */
  readonly one: (field: number) => number | bigint | undefined
}

/** Parses a message; refuses known fields of another type, which parsers skip or misread. */
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
 * Merges all occurrences of a message: concatenated, they mean what protocol buffers define for a repeated occurrence,
 * its parts merged.
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
