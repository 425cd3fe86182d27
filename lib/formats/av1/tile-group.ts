/** The tiles of one tile group (AV1 bitstream specification 5.11.1). */
import { HeadendError } from '../../errors.ts'
import { BitReader } from '../bits.ts'
import type { TileLayout } from './tile-layout.ts'

/** The byte ranges of tiles in order, and the number of the next tile. */
export interface TileGroup {
  readonly ranges: readonly (readonly [from: number, to: number])[]
  readonly next: number
}

/** Reads the group in `from` to `to`; `first` is the tile it must begin with. Throws AV1_TILES. */
export function readTileGroup(
  sample: Uint8Array,
  { from, to }: { readonly from: number; readonly to: number },
  { layout, first }: { readonly layout: TileLayout; readonly first: number },
): TileGroup {
  const { count, numberBits, sizeBytes } = layout
  const bits = new BitReader(sample.subarray(from, to), 'AV1 tile group')
  const statesRange = count > 1 && bits.flag()
  const start = statesRange ? bits.bits(numberBits) : 0
  const last = statesRange ? bits.bits(numberBits) : count - 1
  if (start !== first || last < start || last >= count)
    throw new HeadendError(
      'AV1_TILES',
      `tile group at ${from}: expected tiles from ${first} to at most ${count - 1}, got ${start} to ${last}`,
    )
  const ranges: (readonly [number, number])[] = []
  let at = to - Math.floor(bits.left / 8)
  for (let tile = start; tile <= last; tile++) {
    const isLast = tile === last
    const begin = isLast ? at : at + sizeBytes
    const end = isLast ? to : begin + sizeAt(sample.subarray(at, to), sizeBytes)
    if (begin >= end || end > to)
      throw new HeadendError(
        'AV1_TILES',
        `tile ${tile} at ${begin}: expected 1 to ${Math.max(0, to - begin)} bytes, got ${end - begin}`,
      )
    ranges.push([begin, end])
    at = end
  }
  return { ranges, next: last + 1 }
}

/** Reads tile_size_minus_1, little-endian, plus one. */
function sizeAt(bytes: Uint8Array, count: number): number {
  let size = 1
  for (let i = 0; i < count; i++) size += (bytes[i] ?? 0) * 256 ** i
  return size
}
