/** Sequence parameter set of H.265 (ISO/IEC 23008-2 7.3.2.2, E.2.1): frame size, aspect ratio and colour. */
import { HeadendError } from '../../errors.ts'
import { BitReader } from '../bits.ts'
import { withoutEmulation } from '../nal.ts'
import { readVui, type Vui } from '../vui.ts'

/** The facts that manifests and checkers need. */
export interface HevcSps extends Vui {
  /** chroma_format_idc: 0 none, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  readonly chroma: number
  readonly bitDepth: number
  readonly chromaBitDepth: number
  /** Frame size after cropping. */
  readonly width: number
  readonly height: number
  readonly slices: HevcSliceFacts
}

/** The facts needed to read a slice segment header. */
export interface HevcSliceFacts {
  /** sps_seq_parameter_set_id, by which picture parameter sets name it. */
  readonly id: number
  /** ChromaArrayType is not 0. */
  readonly hasChroma: boolean
  readonly separatePlanes: boolean
  readonly orderBits: number
  /** Coding tree blocks of a picture. */
  readonly blocks: number
  /** Short-term reference picture sets: distances in picture order, and which of them this picture uses. */
  readonly sets: readonly ShortTermSet[]
  /** Long-term reference pictures in the SPS, by whether they are used; absent if there are none at all. */
  readonly longTerm?: readonly boolean[]
  readonly hasSao: boolean
  readonly hasTemporalMotion: boolean
}

/** Reference pictures by their distance in picture order: those before, nearest first, then those after. */
export type ShortTermSet = readonly { readonly distance: number; readonly used: boolean }[]

/** Reads one NAL unit, its two header bytes included. */
export function readHevcSps(nal: Uint8Array): HevcSps {
  const bits = new BitReader(withoutEmulation(nal), 'sps')
  bits.bits(16)
  bits.bits(4)
  const subLayers = bits.bits(3)
  bits.flag()
  skipProfileTierLevel(bits, subLayers)
  const id = bits.ue()
  const chroma = bits.ue()
  const separatePlanes = chroma === 3 && bits.flag()
  const width = bits.ue()
  const height = bits.ue()
  // The conformance window is in units of chroma samples (table 6-1).
  const unitX = !separatePlanes && (chroma === 1 || chroma === 2) ? 2 : 1
  const unitY = chroma === 1 ? 2 : 1
  const crop = bits.flag() ? [bits.ue(), bits.ue(), bits.ue(), bits.ue()] : [0, 0, 0, 0]
  const [left = 0, right = 0, top = 0, bottom = 0] = crop
  const bitDepth = bits.ue() + 8
  const chromaBitDepth = bits.ue() + 8
  const orderBits = bits.ue() + 4
  const eachSubLayer = bits.flag()
  for (let i = eachSubLayer ? 0 : subLayers; i <= subLayers; i++) skipCodes(bits, 3)
  const log2Block = bits.ue() + 3 + bits.ue()
  // Transform block sizes and hierarchy depths.
  skipCodes(bits, 4)
  if (bits.flag() && bits.flag()) skipScalingLists(bits)
  bits.flag()
  const hasSao = bits.flag()
  if (bits.flag()) skipPcm(bits)
  const sets = shortTermSets(bits)
  const longTerm = bits.flag() ? longTermPictures(bits, orderBits) : undefined
  const hasTemporalMotion = bits.flag()
  bits.flag()
  return {
    chroma,
    bitDepth,
    chromaBitDepth,
    width: width - (left + right) * unitX,
    height: height - (top + bottom) * unitY,
    slices: {
      id,
      hasChroma: chroma !== 0 && !separatePlanes,
      separatePlanes,
      orderBits,
      blocks: Math.ceil(width / 2 ** log2Block) * Math.ceil(height / 2 ** log2Block),
      sets,
      ...(longTerm && { longTerm }),
      hasSao,
      hasTemporalMotion,
    },
    ...(bits.flag() && readVui(bits, skipToClock)),
  }
}

/** Neutral chroma, field and frame information, and the default display window (E.2.1). */
function skipToClock(bits: BitReader): void {
  bits.bits(3)
  if (bits.flag()) skipCodes(bits, 4)
}

/** Skips profile, tier and level, which are in the configuration record as well (7.3.3). */
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

/** Skips scaling lists (7.3.4). */
export function skipScalingLists(bits: BitReader): void {
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

/** A set may be coded as the difference to an earlier one, so all must be parsed (7.3.7, 7.4.8). */
function shortTermSets(bits: BitReader): ShortTermSet[] {
  const count = bounded(bits.ue(), 64, 'short-term reference picture sets')
  const sets: ShortTermSet[] = []
  for (let i = 0; i < count; i++) sets.push(readShortTermSet(bits, sets, i > 0 && bits.flag() ? 1 : 0))
  return sets
}

/** Reads one set; `back` is the distance to the set it is predicted from, 0 if it is coded explicitly. */
export function readShortTermSet(bits: BitReader, sets: readonly ShortTermSet[], back: number): ShortTermSet {
  return back > 0 ? predictedSet(bits, sets.at(-back) ?? []) : toldSet(bits)
}

function longTermPictures(bits: BitReader, orderBits: number): boolean[] {
  return Array.from({ length: bounded(bits.ue(), 32, 'long-term reference pictures') }, () => {
    bits.bits(orderBits)
    return bits.flag()
  })
}

function toldSet(bits: BitReader): ShortTermSet {
  const earlier = bounded(bits.ue(), 16, 'reference pictures before')
  const later = bounded(bits.ue(), 16, 'reference pictures after')
  const pictures = (count: number, sign: number) => {
    let distance = 0
    return Array.from({ length: count }, () => {
      distance += sign * (bits.ue() + 1)
      return { distance, used: bits.flag() }
    })
  }
  return [...pictures(earlier, -1), ...pictures(later, 1)]
}

/** 7-61, 7-62. */
function predictedSet(bits: BitReader, before: ShortTermSet): ShortTermSet {
  const negative = bits.flag()
  const step = (bits.ue() + 1) * (negative ? -1 : 1)
  const kept: ShortTermSet[number][] = []
  for (const distance of [...before.map((one) => one.distance), 0]) {
    const used = bits.flag()
    if ((used || bits.flag()) && distance + step !== 0) kept.push({ distance: distance + step, used })
  }
  const earlier = kept.filter(({ distance }) => distance < 0).toSorted((a, b) => b.distance - a.distance)
  const later = kept.filter(({ distance }) => distance > 0).toSorted((a, b) => a.distance - b.distance)
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
