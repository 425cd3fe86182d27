/** Film grain that a player adds to AV1 frames (AV1 bitstream specification 5.9.30). */
import type { BitReader } from '../bits.ts'
import type { Av1Planes } from './color-config.ts'

/** film_grain_params of a frame that may be shown; `isInter` if it may use those of a reference. */
export function skipFilmGrain(bits: BitReader, planes: Av1Planes, isInter: boolean): void {
  if (!bits.flag()) return
  bits.bits(16)
  if (isInter && !bits.flag()) {
    bits.bits(3)
    return
  }
  const luma = skipPoints(bits)
  const followsLuma = planes.hasChroma && bits.flag()
  const hasOwn = planes.hasChroma && !followsLuma && !(planes.isQuartered && luma === 0)
  const chroma = hasOwn ? [skipPoints(bits), skipPoints(bits)] : [0, 0]
  bits.bits(2)
  const lag = bits.bits(2)
  const coefficients = 2 * lag * (lag + 1)
  if (luma > 0) skipBytes(bits, coefficients)
  for (const points of chroma)
    if (followsLuma || points > 0) skipBytes(bits, coefficients + (luma > 0 ? 1 : 0))
  bits.bits(4)
  for (const points of chroma) if (points > 0) bits.bits(25)
  bits.bits(2)
}

/** The points of one plane's scaling function. */
function skipPoints(bits: BitReader): number {
  const count = bits.bits(4)
  skipBytes(bits, 2 * count)
  return count
}

function skipBytes(bits: BitReader, count: number): void {
  for (let i = 0; i < count; i++) bits.bits(8)
}
