/**
 * Clocks too fine for times since 1970: at ten million ticks a second, as Smooth Streaming's heirs count, they pass 2^53.
 * Such a track is read by a clock a whole number of times coarser.
 */
import { type Box, ByteReader, boxes } from '../../formats/isobmff/index.ts'

/** Times since 1970 stay below 2^53 until 2041. */
const maxTimescale = 4_000_000

/** The least whole number by which a timescale is divided without a rest, to one that is coarse enough; 1: it is. */
export function clockDivisor(timescale: number): number {
  if (timescale <= maxTimescale) return 1
  for (let by = Math.ceil(timescale / maxTimescale); by <= 1000; by++) if (timescale % by === 0) return by
  return 1
}

/**
 * Divides the clocks of a movie and its fragments where they stand, in bytes of our own. Beginnings of fragments are
 * exact to a tick; the samples between them may add up to some ticks more or less, far below a frame.
 */
export function coarsenClocks(name: string, bytes: Uint8Array): void {
  const divisors = new Map<number, number>()
  for (const box of boxes(new ByteReader(bytes, 0, name))) {
    if (box.type === 'moov') coarsenMovie(bytes, box, divisors)
    if (divisors.size === 0) continue
    if (box.type === 'moof') for (const traf of of(box, 'traf')) coarsenFragment(bytes, traf, divisors)
  }
}

/** Children of a type. */
const of = (box: Box, type: string): readonly Box[] => [...boxes(box.body)].filter((one) => one.type === type)

function coarsenMovie(bytes: Uint8Array, moov: Box, divisors: Map<number, number>): void {
  for (const trak of of(moov, 'trak')) {
    const [tkhd] = of(trak, 'tkhd')
    const [mdhd] = of(trak, 'mdia').flatMap((mdia) => of(mdia, 'mdhd'))
    if (!tkhd || !mdhd) continue
    const fields = fieldsOf(bytes, mdhd)
    const isWide = fields.u8(0) === 1
    const at = isWide ? 20 : 12
    const by = clockDivisor(fields.u32(at))
    if (by === 1) continue
    const header = fieldsOf(bytes, tkhd)
    divisors.set(header.u32(header.u8(0) === 1 ? 20 : 12), by)
    fields.divide32(at, by)
    if (isWide) fields.divide64(at + 4, by)
    else fields.divide32(at + 4, by)
    for (const elst of of(trak, 'edts').flatMap((edts) => of(edts, 'elst')))
      coarsenEdits(fieldsOf(bytes, elst), by)
  }
  for (const trex of of(moov, 'mvex').flatMap((mvex) => of(mvex, 'trex'))) {
    const fields = fieldsOf(bytes, trex)
    fields.divide32(12, divisors.get(fields.u32(4)) ?? 1)
  }
}

/** Media times of an edit list; -1 stands for an empty edit. */
function coarsenEdits(fields: Fields, by: number): void {
  const isWide = fields.u8(0) === 1
  const [stride, at] = isWide ? [20, 16] : [12, 12]
  for (let i = 0; i < fields.u32(4) && at + i * stride + 4 <= fields.bytes; i++)
    if (fields.u32(at + i * stride) !== 0xffffffff) {
      if (isWide) fields.divide64(at + i * stride, by)
      else fields.divide32(at + i * stride, by)
    }
}

function coarsenFragment(bytes: Uint8Array, traf: Box, divisors: ReadonlyMap<number, number>): void {
  const [tfhd] = of(traf, 'tfhd')
  if (!tfhd) return
  const header = fieldsOf(bytes, tfhd)
  const by = divisors.get(header.u32(4)) ?? 1
  if (by === 1) return
  const flags = header.u32(0) & 0xffffff
  // ISO/IEC 14496-12 8.8.7: base data offset, sample description, then the default duration.
  if (flags & 8) header.divide32(8 + (flags & 1 ? 8 : 0) + (flags & 2 ? 4 : 0), by)
  for (const tfdt of of(traf, 'tfdt')) {
    const fields = fieldsOf(bytes, tfdt)
    if (fields.u8(0) === 1) fields.divide64(4, by)
    else fields.divide32(4, by)
  }
  for (const trun of of(traf, 'trun')) coarsenRun(fieldsOf(bytes, trun), by)
}

/** Durations and composition offsets of a run (8.8.8). */
function coarsenRun(fields: Fields, by: number): void {
  const flags = fields.u32(0) & 0xffffff
  const columns = [0x100, 0x200, 0x400, 0x800].filter((bit) => flags & bit)
  const start = 8 + (flags & 1 ? 4 : 0) + (flags & 4 ? 4 : 0)
  const stride = columns.length * 4
  // What is missing the reader says.
  const count = stride === 0 ? 0 : Math.min(fields.u32(4), Math.floor((fields.bytes - start) / stride))
  for (let i = 0; i < count; i++)
    for (const [column, bit] of columns.entries()) {
      const at = start + i * stride + column * 4
      if (bit === 0x100) fields.divide32(at, by)
      if (bit === 0x800) fields.divideSigned32(at, by)
    }
}

/** Fields of a box, counted from behind its header, to be divided where they stand; those that are cut off are not. */
type Fields = ReturnType<typeof fieldsOf>

function fieldsOf(bytes: Uint8Array, { raw, body }: Box) {
  const from = raw.byteOffset - bytes.byteOffset + raw.length - body.bytes.length
  const view = new DataView(bytes.buffer, bytes.byteOffset + from, body.bytes.length)
  const has = (at: number, length: number): boolean => at + length <= view.byteLength
  return {
    bytes: view.byteLength,
    u8: (at: number) => (has(at, 1) ? view.getUint8(at) : 0),
    u32: (at: number) => (has(at, 4) ? view.getUint32(at) : 0),
    divide32(at: number, by: number) {
      if (has(at, 4)) view.setUint32(at, Math.round(view.getUint32(at) / by))
    },
    divideSigned32(at: number, by: number) {
      if (has(at, 4)) view.setInt32(at, Math.round(view.getInt32(at) / by))
    },
    divide64(at: number, by: number) {
      if (has(at, 8)) view.setBigUint64(at, view.getBigUint64(at) / BigInt(by))
    },
  }
}
