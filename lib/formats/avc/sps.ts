/** Sequence parameter set of H.264 (ISO/IEC 14496-10 7.3.2.1.1, Annex E): frame size, aspect ratio and colour. */
import { BitReader } from '../bits.ts'
import { withoutEmulation } from '../nal.ts'
import { readVui, type Vui } from '../vui.ts'

/** The sampling format of pictures. */
export interface AvcSampling {
  /** chroma_format_idc: 0 for monochrome, 1 for 4:2:0. */
  readonly chromaFormat: number
  readonly lumaBits: number
  readonly chromaBits: number
}

/** The facts that manifests and checkers need. */
export interface Sps extends Vui {
  readonly profile: number
  /** The six constraint flags and two zero bits. */
  readonly compatibility: number
  readonly level: number
  /** Frame size after cropping. */
  readonly width: number
  readonly height: number
  /** Pictures may be coded as fields. */
  readonly interlaced?: true
  readonly sampling: AvcSampling
  readonly slices: AvcSliceFacts
}

/** The facts needed to read a slice header. */
export interface AvcSliceFacts {
  /** seq_parameter_set_id, by which picture parameter sets name it. */
  readonly id: number
  /** Separately coded colour planes: each slice names its plane. */
  readonly separatePlanes: boolean
  /** Prediction weights of chroma are coded. */
  readonly hasChroma: boolean
  readonly frameNumberBits: number
  /** pic_order_cnt_type. */
  readonly orderType: number
  readonly orderBits: number
  readonly orderDeltasAreZero: boolean
  readonly framesOnly: boolean
  /** Slice group map units of a picture (7-18). */
  readonly mapUnits: number
}

const withChroma = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135])

/** Reads one NAL unit, its header byte included. */
export function readSps(nal: Uint8Array): Sps {
  const bits = new BitReader(withoutEmulation(nal), 'sps')
  bits.bits(8)
  const profile = bits.bits(8)
  const compatibility = bits.bits(8)
  const level = bits.bits(8)
  const id = bits.ue()
  let chroma = 1
  let separatePlanes = false
  let [lumaBits, chromaBits] = [8, 8]
  if (withChroma.has(profile)) {
    chroma = bits.ue()
    if (chroma === 3) separatePlanes = bits.flag()
    lumaBits += bits.ue()
    chromaBits += bits.ue()
    bits.flag()
    if (bits.flag()) skipScalingLists(bits, chroma === 3 ? 12 : 8)
  }
  const frameNumberBits = bits.ue() + 4
  const orderType = bits.ue()
  const orderBits = orderType === 0 ? bits.ue() + 4 : 0
  let orderDeltasAreZero = false
  if (orderType === 1) {
    orderDeltasAreZero = bits.flag()
    bits.se()
    bits.se()
    for (let i = bits.ue(); i > 0; i--) bits.se()
  }
  bits.ue()
  bits.flag()
  const widthInBlocks = bits.ue() + 1
  const heightInMaps = bits.ue() + 1
  const framesOnly = bits.flag()
  if (!framesOnly) bits.flag()
  bits.flag()
  const fields = framesOnly ? 1 : 2
  // Cropping counts in chroma samples (7-19 to 7-22).
  const unitX = separatePlanes || chroma === 0 || chroma === 3 ? 1 : 2
  const unitY = (separatePlanes || chroma !== 1 ? 1 : 2) * fields
  const crop = bits.flag() ? [bits.ue(), bits.ue(), bits.ue(), bits.ue()] : [0, 0, 0, 0]
  const [left = 0, right = 0, top = 0, bottom = 0] = crop
  return {
    profile,
    compatibility,
    level,
    width: widthInBlocks * 16 - (left + right) * unitX,
    height: heightInMaps * 16 * fields - (top + bottom) * unitY,
    ...(!framesOnly && { interlaced: true }),
    sampling: { chromaFormat: chroma, lumaBits, chromaBits },
    slices: {
      id,
      separatePlanes,
      hasChroma: chroma !== 0 && !separatePlanes,
      frameNumberBits,
      orderType,
      orderBits,
      orderDeltasAreZero,
      framesOnly,
      mapUnits: widthInBlocks * heightInMaps,
    },
    ...(bits.flag() && readVui(bits, () => undefined)),
  }
}

function skipScalingLists(bits: BitReader, lists: number): void {
  for (let list = 0; list < lists; list++) {
    if (!bits.flag()) continue
    let last = 8
    let next = 8
    for (let i = 0; i < (list < 6 ? 16 : 64); i++) {
      if (next !== 0) next = (last + bits.se() + 256) % 256
      if (next !== 0) last = next
    }
  }
}
