/** A film of a day, real in every table and empty in its media, which is never held: what ingest costs shows. */
import { ByteWriter } from '../../../lib/formats/isobmff/byte-writer.ts'
import { writeDref } from '../../../lib/formats/isobmff/dref.ts'
import { writeFtyp } from '../../../lib/formats/isobmff/ftyp.ts'
import { writeHdlr } from '../../../lib/formats/isobmff/hdlr.ts'
import { writeMdhd } from '../../../lib/formats/isobmff/mdhd.ts'
import { unityMatrix, writeMvhd } from '../../../lib/formats/isobmff/mvhd.ts'
import { writeStsd } from '../../../lib/formats/isobmff/stsd.ts'
import { writeTkhd } from '../../../lib/formats/isobmff/tkhd.ts'
import type { Source } from '../../../lib/packaging/reading/source.ts'
import { avc1 } from './make-film.ts'

/** 60 pictures a second, in groups of 2 s, two of three shown after those behind them, 30 a chunk. */
export function longFilm(pictures: number): Source {
  const ftyp = new ByteWriter()
  writeFtyp(ftyp, 'ftyp', { major: 'isom', minor: 512, compatible: ['isom'] })
  const bytesOf = (i: number): number => 900 + ((i * 7919) % 200)
  const moov = (mediaAt: number): Uint8Array => {
    const to = new ByteWriter(pictures * 14 + 4096)
    to.box('moov', () => {
      writeMvhd(to, { timescale: 1000, duration: 0, nextTrackId: 2 })
      to.box('trak', () => {
        writeTkhd(to, {
          trackId: 1,
          enabled: true,
          alternateGroup: 0,
          volume: 0,
          matrix: unityMatrix,
          width: 0,
          height: 0,
        })
        to.box('mdia', () => {
          writeMdhd(to, { timescale: 60_000 })
          writeHdlr(to, 'vide', 'Video')
          to.box('minf', () => {
            to.box('dinf', () => writeDref(to))
            to.box('stbl', () => writeTables(to, { pictures, mediaAt, bytesOf }))
          })
        })
      })
    })
    return to.written
  }
  const headBytes = ftyp.position + moov(0).length
  const head = Buffer.concat([ftyp.written, moov(headBytes + 16)])
  let media = 16
  for (let i = 0; i < pictures; i++) media += bytesOf(i)
  const mdat = Buffer.alloc(16)
  mdat.writeUInt32BE(1)
  mdat.write('mdat', 4, 'latin1')
  mdat.writeBigUInt64BE(BigInt(media), 8)
  const known = Buffer.concat([head, mdat])
  return {
    name: 'long.mp4',
    size: headBytes + media,
    async read(offset, length) {
      if (offset + length <= known.length) return known.subarray(offset, offset + length)
      const bytes = Buffer.alloc(length)
      if (offset < known.length) known.copy(bytes, 0, offset)
      return bytes
    },
  }
}

interface Tables {
  readonly pictures: number
  readonly mediaAt: number
  readonly bytesOf: (i: number) => number
}

const perChunk = 30
const perGroup = 120

function writeTables(to: ByteWriter, { pictures, mediaAt, bytesOf }: Tables): void {
  writeStsd(to, avc1)
  to.fullBox('stts', 0, 0, () => [1, pictures, 1000].forEach((value) => to.u32(value)))
  to.fullBox('ctts', 0, 0, () => {
    to.u32(pictures)
    for (let i = 0; i < pictures; i++) {
      to.u32(1)
      to.u32([1000, 2000, 0][i % 3] ?? 0)
    }
  })
  to.fullBox('stss', 0, 0, () => {
    to.u32(Math.ceil(pictures / perGroup))
    for (let i = 0; i < pictures; i += perGroup) to.u32(i + 1)
  })
  to.fullBox('stsc', 0, 0, () => [1, 1, perChunk, 1].forEach((value) => to.u32(value)))
  to.fullBox('stsz', 0, 0, () => {
    to.u32(0)
    to.u32(pictures)
    for (let i = 0; i < pictures; i++) to.u32(bytesOf(i))
  })
  to.fullBox('co64', 0, 0, () => {
    to.u32(Math.ceil(pictures / perChunk))
    let at = mediaAt
    for (let i = 0; i < pictures; i++) {
      if (i % perChunk === 0) to.u64(at)
      at += bytesOf(i)
    }
  })
}
