/** Makes MP4 files of text tracks to order, as recorders write them: samples in a `mdat`, tables behind it. */
import { ByteWriter } from '../../../lib/formats/isobmff/byte-writer.ts'
import { writeDref } from '../../../lib/formats/isobmff/dref.ts'
import { type Edit, writeElst } from '../../../lib/formats/isobmff/elst.ts'
import { writeFtyp } from '../../../lib/formats/isobmff/ftyp.ts'
import { writeHdlr } from '../../../lib/formats/isobmff/hdlr.ts'
import { writeMdhd } from '../../../lib/formats/isobmff/mdhd.ts'
import { unityMatrix, writeMvhd } from '../../../lib/formats/isobmff/mvhd.ts'
import { writeStsd } from '../../../lib/formats/isobmff/stsd.ts'
import { writeTkhd } from '../../../lib/formats/isobmff/tkhd.ts'

/** One text track. */
export interface MadeText {
  readonly handler: string
  readonly entry: Uint8Array
  /** Bytes and length of each sample, one behind the other from 0. */
  readonly samples: readonly (readonly [bytes: Uint8Array, duration: number])[]
  readonly timescale?: number
  readonly language?: string
  readonly edits?: readonly Edit[]
  /** A box in the track, and one in its sample table. */
  readonly inTrak?: Uint8Array
  readonly inTable?: Uint8Array
}

/** Writes the file; each sample is a chunk of its own, with bytes of others before it. */
export function makeTexts(tracks: readonly MadeText[], gapBytes = 0): Uint8Array {
  const to = new ByteWriter()
  writeFtyp(to, 'ftyp', { major: 'isom', minor: 0, compatible: ['isom'] })
  const places: number[][] = []
  to.box('mdat', () => {
    for (const { samples } of tracks) {
      const offsets: number[] = []
      for (const [bytes] of samples) {
        to.zeros(gapBytes)
        offsets.push(to.position)
        to.bytes(bytes)
      }
      places.push(offsets)
    }
  })
  to.box('moov', () => {
    writeMvhd(to, { timescale: 1000, duration: 0, nextTrackId: tracks.length + 1 })
    for (const [i, track] of tracks.entries()) writeTrak(to, track, { id: i + 1, offsets: places[i] ?? [] })
  })
  return to.written.slice()
}

function writeTrak(
  to: ByteWriter,
  { handler, entry, samples, timescale = 1000, language, edits, inTrak, inTable }: MadeText,
  { id, offsets }: { readonly id: number; readonly offsets: readonly number[] },
): void {
  to.box('trak', () => {
    writeTkhd(to, {
      trackId: id,
      enabled: true,
      alternateGroup: 0,
      volume: 0,
      matrix: unityMatrix,
      width: 0,
      height: 0,
    })
    if (inTrak) to.bytes(inTrak)
    if (edits) to.box('edts', () => writeElst(to, edits))
    to.box('mdia', () => {
      writeMdhd(to, { timescale, ...(language && { language }) })
      writeHdlr(to, handler, 'Texts')
      to.box('minf', () => {
        to.fullBox('nmhd', 0, 0, () => undefined)
        to.box('dinf', () => writeDref(to))
        to.box('stbl', () => {
          writeStsd(to, entry)
          if (inTable) to.bytes(inTable)
          to.fullBox('stts', 0, 0, () => {
            to.u32(samples.length)
            for (const [, duration] of samples) {
              to.u32(1)
              to.u32(duration)
            }
          })
          to.fullBox('stsc', 0, 0, () => {
            to.u32(1)
            for (const value of [1, 1, 1]) to.u32(value)
          })
          to.fullBox('stsz', 0, 0, () => {
            to.u32(0)
            to.u32(samples.length)
            for (const [bytes] of samples) to.u32(bytes.length)
          })
          to.fullBox('stco', 0, 0, () => {
            to.u32(offsets.length)
            for (const offset of offsets) to.u32(offset)
          })
        })
      })
    })
  })
}

/** A whole box from what writes it. */
export function boxBytes(write: (to: ByteWriter) => void): Uint8Array {
  const to = new ByteWriter()
  write(to)
  return to.written.slice()
}
