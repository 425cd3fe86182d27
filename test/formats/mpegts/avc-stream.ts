/** Pictures of H.264 that have headers alone: enough to be told apart and ordered (ISO/IEC 14496-10 7.3). */
import { BitWriter, withEmulation } from '../bit-writer.ts'

const nal = (header: number, bits: BitWriter): Uint8Array =>
  Uint8Array.from([header, ...withEmulation(bits.bytes)])

/** A sequence parameter set of Baseline; `rate` pictures a second are stated in it. */
export function avcSps({ blocks = 20, isInterlaced = false, rate = 0 } = {}): Uint8Array {
  const bits = new BitWriter().bits(66, 8).bits(0xc0, 8).bits(30, 8)
  // Id, 4 bits of frame_num, order type 0 with 8 bits, one reference.
  bits.ue(0).ue(0).ue(0).ue(4).ue(1).flag(false)
  bits
    .ue(blocks - 1)
    .ue(11)
    .flag(!isInterlaced)
  if (isInterlaced) bits.flag(false)
  bits
    .flag(true)
    .flag(false)
    .flag(rate > 0)
  if (rate > 0)
    bits
      .bits(0, 4)
      .flag(true)
      .bits(1, 32)
      .bits(2 * rate, 32)
      .flag(true)
      .bits(0, 4)
  return nal(0x67, bits)
}

/** A picture parameter set. */
export function avcPps({ id = 0, references = 1 } = {}): Uint8Array {
  const bits = new BitWriter()
    .ue(id)
    .ue(0)
    .bits(0, 2)
    .ue(0)
    .ue(references - 1)
    .ue(0)
  return nal(0x68, bits.bits(0, 3).ue(0).ue(0).ue(0).bits(0, 3))
}

/** What tells slices apart. */
export interface WrittenSlice {
  readonly isIdr?: boolean
  readonly frameNumber?: number
  /** pic_order_cnt_lsb, two a frame. */
  readonly order?: number
  readonly isReference?: boolean
  readonly field?: 'top' | 'bottom'
  readonly firstBlock?: number
  readonly isInterlaced?: boolean
  readonly idrId?: number
  readonly size?: number
}

/** A slice whose data are made up. */
export function avcSlice(slice: WrittenSlice): Uint8Array {
  const { isIdr = false, frameNumber = 0, order = 0, isReference = true, firstBlock = 0, size = 20 } = slice
  const bits = new BitWriter()
    .ue(firstBlock)
    .ue(isIdr ? 7 : 5)
    .ue(0)
    .bits(frameNumber % 16, 4)
  if (slice.isInterlaced) bits.flag(slice.field !== undefined)
  if (slice.field) bits.flag(slice.field === 'bottom')
  if (isIdr) bits.ue(slice.idrId ?? 0)
  bits.bits(order % 256, 8)
  for (let i = 0; i < size; i++) bits.bits((i * 37 + frameNumber * 11 + order) & 255, 8)
  return nal((isReference ? 0x60 : 0) | (isIdr ? 5 : 1), bits)
}

export const avcDelimiter = Uint8Array.from([9, 0xf0])
export const avcFiller = Uint8Array.from([12, 0xff, 0xff, 0x80])
/** Recovery point: at once, or after a number of pictures. */
export const avcRecovery = (pictures: number): Uint8Array =>
  Uint8Array.from([6, 6, 1, ...new BitWriter().ue(pictures).bits(1, 2).bits(0, 2).bytes, 0x80])

/** The NAL units behind start codes, of four bytes in front and of three after that, or as told. */
export const annexB = (nals: readonly Uint8Array[], zeros = 2): Uint8Array =>
  Uint8Array.from(nals.flatMap((one, i) => [...Array<number>(i === 0 ? 3 : zeros).fill(0), 1, ...one]))

/** The NAL units of a sample. */
export function unitsOf(sample: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = []
  const view = new DataView(sample.buffer, sample.byteOffset, sample.length)
  for (let at = 0; at < sample.length; ) {
    const length = view.getUint32(at)
    found.push(sample.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return found
}
