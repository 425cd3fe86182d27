/** Sequence header of AV1 (AV1 bitstream specification 5.5): picture size and colour. */
import { HeadendError } from '../../errors.ts'
import { BitReader } from '../bits.ts'

/** What a manifest or a checker asks of it. */
export interface Av1Sequence {
  readonly profile: number
  /** seq_level_idx of the first operating point. */
  readonly level: number
  readonly highTier: boolean
  readonly bitDepth: number
  readonly monochrome: boolean
  /** Largest picture. */
  readonly width: number
  readonly height: number
  readonly fullRange: boolean
  /** Absent where the stream describes none. */
  readonly colour?: { readonly primaries: number; readonly transfer: number; readonly matrix: number }
}

const sequenceHeaderType = 1

/** The first sequence header in a run of OBUs (5.3); undefined where there is none. */
export function findAv1Sequence(obus: Uint8Array): Av1Sequence | undefined {
  for (let at = 0; at < obus.length; ) {
    const header = obus[at++] ?? 0
    if (header & 4) at++
    let length = Math.max(0, obus.length - at)
    if (header & 2) [length, at] = leb128(obus, at)
    if (length > obus.length - at)
      throw new HeadendError('AV1_OBU', `OBU: expected ${length} bytes, got ${Math.max(0, obus.length - at)}`)
    if (((header >> 3) & 15) === sequenceHeaderType) return readAv1Sequence(obus.subarray(at, at + length))
    at += length
  }
  return undefined
}

/** A number of seven bits a byte (4.10.5), and where it ends. */
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

/** Reads the payload of the OBU (5.5.1). */
export function readAv1Sequence(payload: Uint8Array): Av1Sequence {
  const bits = new BitReader(payload, 'AV1 sequence header')
  const profile = bits.bits(3)
  bits.flag()
  const isReduced = bits.flag()
  const { level, highTier } = isReduced ? { level: bits.bits(5), highTier: false } : readOperatingPoints(bits)
  const [widthBits, heightBits] = [bits.bits(4) + 1, bits.bits(4) + 1]
  const [width, height] = [bits.bits(widthBits) + 1, bits.bits(heightBits) + 1]
  if (!isReduced && bits.flag()) bits.bits(7)
  bits.bits(3)
  if (!isReduced) skipTools(bits)
  bits.bits(3)
  return { profile, level, highTier, width, height, ...readColour(bits, profile) }
}

function readOperatingPoints(bits: BitReader): Pick<Av1Sequence, 'level' | 'highTier'> {
  const hasTiming = bits.flag()
  if (hasTiming) {
    bits.bits(32)
    bits.bits(32)
    if (bits.flag()) bits.ue()
  }
  const hasModel = hasTiming && bits.flag()
  const delayBits = hasModel ? bits.bits(5) + 1 : 0
  if (hasModel) {
    bits.bits(32)
    bits.bits(10)
  }
  const hasDelay = bits.flag()
  const count = bits.bits(5) + 1
  let first: Pick<Av1Sequence, 'level' | 'highTier'> | undefined
  for (let i = 0; i < count; i++) {
    bits.bits(12)
    const level = bits.bits(5)
    const highTier = level > 7 && bits.flag()
    first ??= { level, highTier }
    if (hasModel && bits.flag()) {
      bits.bits(delayBits)
      bits.bits(delayBits)
      bits.flag()
    }
    if (hasDelay && bits.flag()) bits.bits(4)
  }
  return first ?? { level: 0, highTier: false }
}

/** Coding tools that reduced headers leave out. */
function skipTools(bits: BitReader): void {
  bits.bits(4)
  const hasOrderHint = bits.flag()
  if (hasOrderHint) bits.bits(2)
  // Screen content tools are chosen per frame, or forced on or off; where on, whole-pixel vectors likewise.
  const screenContent = bits.flag() || bits.flag()
  if (screenContent && !bits.flag()) bits.flag()
  if (hasOrderHint) bits.bits(3)
}

/** 5.5.2. */
function readColour(
  bits: BitReader,
  profile: number,
): Pick<Av1Sequence, 'bitDepth' | 'monochrome' | 'fullRange' | 'colour'> {
  const isHigh = bits.flag()
  const bitDepth = profile === 2 && isHigh ? (bits.flag() ? 12 : 10) : isHigh ? 10 : 8
  const monochrome = profile !== 1 && bits.flag()
  const colour = bits.flag()
    ? { primaries: bits.bits(8), transfer: bits.bits(8), matrix: bits.bits(8) }
    : undefined
  // sRGB has no range of its own to state.
  const isSrgb = !monochrome && colour?.primaries === 1 && colour.transfer === 13 && colour.matrix === 0
  return { bitDepth, monochrome, fullRange: isSrgb || bits.flag(), ...(colour && { colour }) }
}
