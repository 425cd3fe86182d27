/** Sequence parameter set of H.265 (ISO/IEC 23008-2 7.3.2.2, E.2.1): picture size, shape and colour. */
import { HeadendError } from '../../errors.ts'
import { BitReader } from '../bits.ts'
import { withoutEmulation } from '../nal.ts'
import { readVui, type Vui } from '../vui.ts'

/** What a manifest or a checker asks of it. */
export interface HevcSps extends Vui {
  /** chroma_format_idc: 0 none, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  readonly chroma: number
  readonly bitDepth: number
  /** Pictures as shown, after cropping. */
  readonly width: number
  readonly height: number
}

/** Reads one NAL unit, its two header bytes included. */
export function readHevcSps(nal: Uint8Array): HevcSps {
  const bits = new BitReader(withoutEmulation(nal), 'sps')
  bits.bits(16)
  bits.bits(4)
  const subLayers = bits.bits(3)
  bits.flag()
  skipProfileTierLevel(bits, subLayers)
  bits.ue()
  const chroma = bits.ue()
  const separatePlanes = chroma === 3 && bits.flag()
  const width = bits.ue()
  const height = bits.ue()
  // The conformance window counts in chroma samples (table 6-1).
  const unitX = !separatePlanes && (chroma === 1 || chroma === 2) ? 2 : 1
  const unitY = chroma === 1 ? 2 : 1
  const crop = bits.flag() ? [bits.ue(), bits.ue(), bits.ue(), bits.ue()] : [0, 0, 0, 0]
  const [left = 0, right = 0, top = 0, bottom = 0] = crop
  const bitDepth = bits.ue() + 8
  bits.ue()
  const orderBits = bits.ue() + 4
  const eachSubLayer = bits.flag()
  for (let i = eachSubLayer ? 0 : subLayers; i <= subLayers; i++) skipCodes(bits, 3)
  // Sizes of coding and transform blocks, and how deep they nest.
  skipCodes(bits, 6)
  if (bits.flag() && bits.flag()) skipScalingLists(bits)
  bits.bits(2)
  if (bits.flag()) skipPcm(bits)
  skipShortTermSets(bits)
  if (bits.flag())
    for (let i = bounded(bits.ue(), 32, 'long-term reference pictures'); i > 0; i--) bits.bits(orderBits + 1)
  bits.bits(2)
  return {
    chroma,
    bitDepth,
    width: width - (left + right) * unitX,
    height: height - (top + bottom) * unitY,
    ...(bits.flag() && readVui(bits)),
  }
}

/** Profile, tier and level stand in the configuration record as well (7.3.3). */
function skipProfileTierLevel(bits: BitReader, subLayers: number): void {
  skip(bits, 96)
  if (subLayers === 0) return
  let length = 0
  for (let i = 0; i < 8; i++) {
    const [profile, level] = [bits.flag(), bits.flag()]
    if (i < subLayers) length += (profile ? 88 : 0) + (level ? 8 : 0)
  }
  skip(bits, length)
}

/** 7.3.4. */
function skipScalingLists(bits: BitReader): void {
  for (let size = 0; size < 4; size++)
    for (let matrix = 0; matrix < 6; matrix += size === 3 ? 3 : 1)
      if (!bits.flag()) bits.ue()
      else skipCodes(bits, Math.min(64, 16 << (2 * size)) + (size > 1 ? 1 : 0))
}

function skipPcm(bits: BitReader): void {
  bits.bits(8)
  skipCodes(bits, 2)
  bits.flag()
}

/** A set may be told as the difference to the one before, so all must be followed (7.3.7, 7.4.8). */
function skipShortTermSets(bits: BitReader): void {
  const count = bounded(bits.ue(), 64, 'short-term reference picture sets')
  let before: readonly number[] = []
  for (let i = 0; i < count; i++) before = i > 0 && bits.flag() ? predictedSet(bits, before) : toldSet(bits)
}

/** Distances in picture order, nearest first: those before the picture, then those after it. */
function toldSet(bits: BitReader): number[] {
  const earlier = bounded(bits.ue(), 16, 'reference pictures before')
  const later = bounded(bits.ue(), 16, 'reference pictures after')
  const distances = (count: number, sign: number): number[] => {
    let distance = 0
    return Array.from({ length: count }, () => {
      distance += sign * (bits.ue() + 1)
      bits.flag()
      return distance
    })
  }
  return [...distances(earlier, -1), ...distances(later, 1)]
}

/** 7-61, 7-62. */
function predictedSet(bits: BitReader, before: readonly number[]): number[] {
  const negative = bits.flag()
  const step = (bits.ue() + 1) * (negative ? -1 : 1)
  const kept: number[] = []
  for (const distance of [...before, 0]) {
    const isUsed = bits.flag()
    if ((isUsed || bits.flag()) && distance + step !== 0) kept.push(distance + step)
  }
  const earlier = kept.filter((distance) => distance < 0).toSorted((a, b) => b - a)
  const later = kept.filter((distance) => distance > 0).toSorted((a, b) => a - b)
  return [...earlier, ...later]
}

function bounded(count: number, most: number, what: string): number {
  if (count > most)
    throw new HeadendError('HEVC_SPS_RANGE', `sps: expected at most ${most} ${what}, got ${count}`)
  return count
}

function skip(bits: BitReader, count: number): void {
  for (let left = count; left > 0; left -= 32) bits.bits(Math.min(32, left))
}

function skipCodes(bits: BitReader, count: number): void {
  for (let i = 0; i < count; i++) bits.ue()
}
