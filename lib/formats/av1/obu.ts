/** Open bitstream units, the units of an AV1 stream (AV1 bitstream specification 5.3). */
import { HeadendError } from '../../errors.ts'

/** The types used here (6.2.2); others are skipped. */
export const obuType = {
  sequenceHeader: 1,
  temporalDelimiter: 2,
  frameHeader: 3,
  tileGroup: 4,
  frame: 6,
  redundantFrameHeader: 7,
  tileList: 8,
} as const

/** One unit in a sequence of them. */
export interface Obu {
  readonly type: number
  /** The unit's layer; 0 if not stated. */
  readonly temporalId: number
  readonly spatialId: number
  /** The range of its payload in the sequence. */
  readonly from: number
  readonly to: number
}

/** The units of a sample or configuration in order; one without a size is the last. Throws AV1_OBU. */
export function* obusOf(bytes: Uint8Array): Generator<Obu> {
  for (let at = 0; at < bytes.length; ) {
    const header = bytes[at++] ?? 0
    if (header & 128) throw new HeadendError('AV1_OBU', `OBU at ${at - 1}: expected a first bit of 0, got 1`)
    const layer = header & 4 ? (bytes[at++] ?? 0) : 0
    let length = Math.max(0, bytes.length - at)
    if (header & 2) [length, at] = leb128(bytes, at)
    if (length > bytes.length - at)
      throw new HeadendError(
        'AV1_OBU',
        `OBU: expected ${length} bytes at ${at}, got ${Math.max(0, bytes.length - at)}`,
      )
    const to = Math.min(bytes.length, at + length)
    yield { type: header >> 3, temporalId: layer >> 5, spatialId: (layer >> 3) & 3, from: at, to }
    at = to
  }
}

/** Reads a number of seven bits a byte (4.10.5), and returns its end. */
function leb128(bytes: Uint8Array, from: number): [value: number, end: number] {
  let value = 0
  for (let i = 0; i < 8; i++) {
    const byte = bytes[from + i]
    if (byte === undefined) break
    value += (byte & 127) * 2 ** (7 * i)
    if (byte < 128) return [value, from + i + 1]
  }
  throw new HeadendError('AV1_OBU', 'OBU: expected a size of at most eight bytes, got no end of it')
}
