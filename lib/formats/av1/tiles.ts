/** Locates the tiles of AV1 samples (AV1 bitstream specification 5.3.1, 5.9.1, 5.10, 5.11.1). */
import { HeadendError } from '../../errors.ts'
import { BitReader } from '../bits.ts'
import { type Av1Frame, readAv1FrameHeader } from './frame-header.ts'
import { type Obu, obusOf, obuType } from './obu.ts'
import { type Av1Reference, referenceAt, referencePlaces } from './references.ts'
import { type Av1FrameFacts, findAv1Sequence, readAv1Sequence } from './sequence-header.ts'
import { readTileGroup } from './tile-group.ts'

/** The byte range of a tile in the sample, end exclusive. */
export type TileRange = readonly [from: number, to: number]

/**
 * Finds tiles, sample by sample in decoding order from a key frame on, because headers depend on earlier frames. All
 * layers are read: a player that drops some has no references that depend on them.
 */
export class Av1TileFinder {
  #facts: Av1FrameFacts | undefined
  readonly #references: (Av1Reference | undefined)[] = Array.from({ length: referencePlaces })
  /** A frame with tiles still to come. */
  #frame: Av1Frame | undefined
  #nextTile = 0

  constructor(configObus: Uint8Array) {
    this.#facts = findAv1Sequence(configObus)?.frames
  }

  /**
   * The tiles of one sample in order. Throws AV1_OBU, AV1_SEQUENCE, AV1_KEY_FRAME, AV1_REFERENCE, AV1_TILES,
   * AV1_TILE_LIST and BitReader's errors; after that the finder must not be used.
   */
  tilesOf(sample: Uint8Array): TileRange[] {
    const ranges: TileRange[] = []
    for (const obu of obusOf(sample)) ranges.push(...this.#read(sample, obu))
    if (this.#frame) throw this.#unfinished('the sample ends')
    return ranges
  }

  #read(sample: Uint8Array, obu: Obu): readonly TileRange[] {
    const payload = sample.subarray(obu.from, obu.to)
    switch (obu.type) {
      case obuType.sequenceHeader:
        this.#facts = readAv1Sequence(payload).frames
        return []
      case obuType.frameHeader:
        // A second header is a copy of the first, as a redundant one is.
        if (!this.#frame) this.#readHeader(payload, obu)
        return []
      case obuType.frame: {
        if (this.#frame) throw this.#unfinished('another frame begins')
        const header = this.#readHeader(payload, obu)
        if (!this.#frame)
          throw new HeadendError(
            'AV1_OBU',
            `OBU at ${obu.from}: expected a frame with tiles, got one shown again`,
          )
        return this.#readGroup(sample, obu.from + header, obu.to)
      }
      case obuType.tileGroup:
        return this.#readGroup(sample, obu.from, obu.to)
      case obuType.tileList:
        throw new HeadendError('AV1_TILE_LIST', `OBU at ${obu.from}: expected frames, got a tile list`)
      default:
        return []
    }
  }

  /** Reads the header and returns its length in bytes, alignment included. */
  #readHeader(payload: Uint8Array, { temporalId, spatialId }: Obu): number {
    const facts = this.#facts
    if (!facts)
      throw new HeadendError(
        'AV1_SEQUENCE',
        'AV1 frame header: expected a sequence header in the configuration or the sample before it, got none',
      )
    const bits = new BitReader(payload, 'AV1 frame header')
    const references = this.#references
    const header = readAv1FrameHeader(bits, { facts, references, temporalId, spatialId })
    if ('shows' in header) {
      const shown = referenceAt(references, header.shows)
      // A key frame shown by a later header resets all references (7.21).
      if (shown.type === 'key') references.fill(shown)
    } else {
      this.#frame = header
      this.#nextTile = 0
    }
    return payload.length - Math.floor(bits.left / 8)
  }

  #readGroup(sample: Uint8Array, from: number, to: number): readonly TileRange[] {
    const frame = this.#frame
    if (!frame)
      throw new HeadendError(
        'AV1_TILES',
        `tile group at ${from}: expected a frame header before it, got none`,
      )
    const { ranges, next } = readTileGroup(
      sample,
      { from, to },
      { layout: frame.tiles, first: this.#nextTile },
    )
    this.#nextTile = next
    if (next === frame.tiles.count) this.#finish(frame)
    return ranges
  }

  /** Keeps the state that later headers depend on (7.20). */
  #finish({ kept, places }: Av1Frame): void {
    for (let place = 0; place < referencePlaces; place++)
      if ((places >> place) & 1) this.#references[place] = kept
    this.#frame = undefined
  }

  #unfinished(what: string): HeadendError {
    return new HeadendError(
      'AV1_TILES',
      `AV1 frame: expected ${this.#frame?.tiles.count ?? 0} tiles, got ${this.#nextTile} before ${what}`,
    )
  }
}
