/** The tile layout of an AV1 frame (AV1 bitstream specification 5.9.15). */
import { HeadendError } from '../../errors.ts'
import type { BitReader } from '../bits.ts'
import type { FrameSize } from './frame-size.ts'
import { bounded } from './numbers.ts'

/** The facts needed to find a frame's tiles. */
export interface TileLayout {
  readonly count: number
  /** Bits of a tile's number in a tile group. */
  readonly numberBits: number
  /** Bytes of the size in front of each tile but the last of its group; 0 if the frame is one tile. */
  readonly sizeBytes: number
}

const maxTileSamples = 4096 * 2304
const widestTile = 4096
/** MAX_TILE_COLS and MAX_TILE_ROWS. */
const maxTiles = 64

/** Reads tile_info. Throws AV1_TILES if there are more columns or rows than AV1 allows. */
export function readTileLayout(bits: BitReader, size: FrameSize, largeBlocks: boolean): TileLayout {
  const block = largeBlocks ? 128 : 64
  const columns = Math.ceil(size.codedWidth / block)
  const rows = Math.ceil(size.height / block)
  const widest = widestTile / block
  const fewest = Math.max(log2(widest, columns), log2(maxTileSamples / block ** 2, columns * rows))
  const grid = bits.flag()
    ? readEven(bits, { columns, rows, widest, fewest })
    : readUneven(bits, { columns, rows, widest, fewest })
  if (grid.columns > maxTiles || grid.rows > maxTiles)
    throw new HeadendError(
      'AV1_TILES',
      `AV1 frame header: expected at most ${maxTiles} x ${maxTiles} tiles, got ${grid.columns} x ${grid.rows}`,
    )
  const { numberBits } = grid
  if (numberBits > 0) bits.bits(numberBits)
  return { count: grid.columns * grid.rows, numberBits, sizeBytes: numberBits > 0 ? bits.bits(2) + 1 : 0 }
}

/** A frame's size in superblocks, and the limits of its tiles. */
interface Blocks {
  readonly columns: number
  readonly rows: number
  readonly widest: number
  /** Logarithm of the least number of tiles. */
  readonly fewest: number
}

type Grid = Pick<Blocks, 'columns' | 'rows'> & Pick<TileLayout, 'numberBits'>

/** Uniform tiles: their numbers are powers of two, without tiles that would lie outside. */
function readEven(bits: BitReader, { columns, rows, widest, fewest }: Blocks): Grid {
  const across = readPower(bits, log2(widest, columns), log2(1, Math.min(columns, maxTiles)))
  const down = readPower(bits, Math.max(fewest - across, 0), log2(1, Math.min(rows, maxTiles)))
  return {
    columns: Math.ceil(columns / Math.ceil(columns / 2 ** across)),
    rows: Math.ceil(rows / Math.ceil(rows / 2 ** down)),
    numberBits: across + down,
  }
}

function readPower(bits: BitReader, least: number, most: number): number {
  let power = least
  while (power < most && bits.flag()) power++
  return power
}

/** Reads columns and rows with explicit sizes. */
function readUneven(bits: BitReader, blocks: Blocks): Grid {
  const across = readSizes(bits, blocks.columns, blocks.widest)
  const area = blocks.columns * blocks.rows
  const largest = blocks.fewest > 0 ? Math.floor(area / 2 ** (blocks.fewest + 1)) : area
  const tallest = Math.max(Math.floor(largest / across.greatest), 1)
  const down = readSizes(bits, blocks.rows, tallest)
  return {
    columns: across.count,
    rows: down.count,
    numberBits: log2(1, across.count) + log2(1, down.count),
  }
}

function readSizes(bits: BitReader, total: number, most: number): { count: number; greatest: number } {
  let count = 0
  let greatest = 0
  for (let start = 0; start < total; count++) {
    const size = bounded(bits, Math.min(total - start, most)) + 1
    greatest = Math.max(greatest, size)
    start += size
  }
  return { count, greatest }
}

/** The smallest k for which `unit` * 2^k reaches `target` (tile_log2). */
function log2(unit: number, target: number): number {
  let power = 0
  while (unit * 2 ** power < target) power++
  return power
}
