/** Makes progressive MP4 files to order, so that every shape of table, edit and interleaving can be tried. */
import { ByteWriter } from '../../../lib/formats/isobmff/byte-writer.ts'
import { writeDref } from '../../../lib/formats/isobmff/dref.ts'
import { type Edit, writeElst } from '../../../lib/formats/isobmff/elst.ts'
import { writeFtyp } from '../../../lib/formats/isobmff/ftyp.ts'
import { writeHdlr } from '../../../lib/formats/isobmff/hdlr.ts'
import { writeMdhd } from '../../../lib/formats/isobmff/mdhd.ts'
import { unityMatrix, writeMvhd } from '../../../lib/formats/isobmff/mvhd.ts'
import { writeTkhd } from '../../../lib/formats/isobmff/tkhd.ts'

/** One sample to write; its bytes follow from the track and its place. */
export interface MadeSample {
  readonly size: number
  readonly duration: number
  readonly offset?: number
  readonly sync?: boolean
  /** Which of the track's entries describes it, from 1. */
  readonly description?: number
}

/** One track to write. */
export interface MadeTrack {
  readonly type: 'video' | 'audio'
  readonly timescale: number
  readonly samples: readonly MadeSample[]
  readonly edits?: readonly Edit[]
  readonly samplesPerChunk?: number
  readonly language?: string
  /** Another sample entry than that of the type. */
  readonly entry?: Uint8Array
  /** Several of them. */
  readonly entries?: readonly Uint8Array[]
  readonly handler?: string
  readonly tables?: { readonly stz2?: 4 | 8 | 16; readonly co64?: boolean; readonly noSync?: boolean }
}

/** Where things go. */
export interface FilmLayout {
  readonly moovFirst?: boolean
  readonly movieTimescale?: number
  /** Bytes nobody needs in front of each chunk. */
  readonly gapBytes?: number
}

/** 1280x720 High@3.1 as x264 writes it, colours of BT.709, with colr, pasp and btrt. */
export const avc1 = Buffer.from(
  '000000c6617663310000000000000001000000000000000000000000000000000500' +
    '02d0004800000048000000000000000115' +
    Buffer.from('a picture encoder').toString('hex').padEnd(62, '0').slice(0, 62) +
    '0018ffff00000039617663430164001fffe1001c6764001facd9405005bb016a0202028000000300800000' +
    '19078c18cb01000668ebe3cb22c0fdf8f80000000013636f6c726e636c7800010001000100000000107061' +
    '7370000000010000000100000014627472740000000000289' +
    '9b0002899b0',
  'hex',
)

/** AAC LC at 48 kHz in stereo as FFmpeg writes it. */
export const mp4a = Buffer.from(
  '0000006e6d703461000000000000000100000000000000000002001000000000bb80000000000036657364730000000003808080' +
    '25000200048080801740150000000001f4000001f2850580808005119056e5000680808001020000001462747274000000000001f4' +
    '000001f285',
  'hex',
)

/** The bytes of a sample. */
export function sampleBytes(track: number, index: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  for (let i = 0; i < size; i++) bytes[i] = (track * 97 + index * 31 + i * 7) & 255
  return bytes
}

/** Writes the file. */
export function makeFilm(tracks: readonly MadeTrack[], layout: FilmLayout = {}): Uint8Array {
  const { moovFirst = false } = layout
  const ftyp = boxOf((to) =>
    writeFtyp(to, 'ftyp', { major: 'isom', minor: 512, compatible: ['isom', 'mp41'] }),
  )
  const media = placeMedia(tracks, layout.gapBytes ?? 0)
  const moovAt = (mediaAt: number) => moov(tracks, { ...layout, chunks: media.chunks, mediaAt })
  const mediaAt = ftyp.length + (moovFirst ? moovAt(0).length : 0) + 8
  const mdat = boxOf((to) => to.box('mdat', () => to.bytes(media.bytes)))
  const parts = moovFirst ? [ftyp, moovAt(mediaAt), mdat] : [ftyp, mdat, moovAt(mediaAt)]
  return Buffer.concat(parts)
}

interface Chunk {
  readonly offset: number
  readonly count: number
  readonly description: number
}

/** Chunks of all tracks in turn, as encoders interleave them. */
function placeMedia(
  tracks: readonly MadeTrack[],
  gapBytes: number,
): { bytes: Uint8Array; chunks: Chunk[][] } {
  const pieces: Uint8Array[] = []
  const chunks: Chunk[][] = tracks.map(() => [])
  const next = tracks.map(() => 0)
  let at = 0
  const put = (bytes: Uint8Array): void => {
    pieces.push(bytes)
    at += bytes.length
  }
  while (tracks.some(({ samples }, t) => (next[t] ?? 0) < samples.length)) {
    for (const [t, { samples, samplesPerChunk = 5 }] of tracks.entries()) {
      const from = next[t] ?? 0
      const { description = 1 } = samples[from] ?? {}
      const ahead = samples.slice(from, from + samplesPerChunk)
      const other = ahead.findIndex((sample) => (sample.description ?? 1) !== description)
      const chunk = other < 0 ? ahead : ahead.slice(0, other)
      if (chunk.length === 0) continue
      put(new Uint8Array(gapBytes))
      chunks[t]?.push({ offset: at, count: chunk.length, description })
      for (const [i, { size }] of chunk.entries()) put(sampleBytes(t, from + i, size))
      next[t] = from + chunk.length
    }
  }
  return { bytes: Buffer.concat(pieces), chunks }
}

interface Placed extends FilmLayout {
  readonly chunks: readonly (readonly Chunk[])[]
  readonly mediaAt: number
}

function moov(tracks: readonly MadeTrack[], { chunks, mediaAt, movieTimescale = 1000 }: Placed): Uint8Array {
  return boxOf((to) =>
    to.box('moov', () => {
      writeMvhd(to, { timescale: movieTimescale, duration: 0, nextTrackId: tracks.length + 1 })
      for (const [t, track] of tracks.entries())
        writeTrak(to, track, { id: t + 1, chunks: chunks[t] ?? [], mediaAt })
    }),
  )
}

interface TrakPlace {
  readonly id: number
  readonly chunks: readonly Chunk[]
  readonly mediaAt: number
}

function writeTrak(to: ByteWriter, track: MadeTrack, { id, chunks, mediaAt }: TrakPlace): void {
  const video = track.type === 'video'
  to.box('trak', () => {
    writeTkhd(to, {
      trackId: id,
      enabled: true,
      alternateGroup: 0,
      volume: video ? 0 : 256,
      matrix: unityMatrix,
      width: video ? 1280 * 65536 : 0,
      height: video ? 720 * 65536 : 0,
    })
    if (track.edits) to.box('edts', () => writeElst(to, track.edits ?? []))
    to.box('mdia', () => {
      writeMdhd(to, { timescale: track.timescale, ...(track.language && { language: track.language }) })
      writeHdlr(to, track.handler ?? (video ? 'vide' : 'soun'), 'handler')
      to.box('minf', () => {
        to.box('dinf', () => writeDref(to))
        to.box('stbl', () => {
          const entries = track.entries ?? [track.entry ?? (video ? avc1 : mp4a)]
          to.fullBox('stsd', 0, 0, () => {
            to.u32(entries.length)
            for (const entry of entries) to.bytes(entry)
          })
          writeTables(
            to,
            track,
            chunks.map((chunk) => ({ ...chunk, offset: chunk.offset + mediaAt })),
          )
        })
      })
    })
  })
}

function writeTables(to: ByteWriter, { samples, tables = {} }: MadeTrack, chunks: readonly Chunk[]): void {
  to.fullBox('stts', 0, 0, () => {
    to.u32(samples.length)
    for (const { duration } of samples) {
      to.u32(1)
      to.u32(duration)
    }
  })
  if (samples.some(({ offset }) => offset))
    to.fullBox('ctts', 1, 0, () => {
      to.u32(samples.length)
      for (const { offset = 0 } of samples) {
        to.u32(1)
        to.i32(offset)
      }
    })
  const syncs = samples.flatMap(({ sync = true }, i) => (sync ? [i + 1] : []))
  if (syncs.length < samples.length && !tables.noSync)
    to.fullBox('stss', 0, 0, () => {
      to.u32(syncs.length)
      for (const number of syncs) to.u32(number)
    })
  to.fullBox('stsc', 0, 0, () => {
    to.u32(chunks.length)
    for (const [i, { count, description }] of chunks.entries()) {
      to.u32(i + 1)
      to.u32(count)
      to.u32(description)
    }
  })
  writeSizes(to, samples, tables.stz2)
  to.fullBox(tables.co64 ? 'co64' : 'stco', 0, 0, () => {
    to.u32(chunks.length)
    for (const { offset } of chunks)
      if (tables.co64) to.u64(offset)
      else to.u32(offset)
  })
}

function writeSizes(to: ByteWriter, samples: readonly MadeSample[], bits: 4 | 8 | 16 | undefined): void {
  if (!bits) {
    to.fullBox('stsz', 0, 0, () => {
      to.u32(0)
      to.u32(samples.length)
      for (const { size } of samples) to.u32(size)
    })
    return
  }
  to.fullBox('stz2', 0, 0, () => {
    to.u24(0)
    to.u8(bits)
    to.u32(samples.length)
    for (let i = 0; i < samples.length; i += bits === 4 ? 2 : 1) {
      const size = samples[i]?.size ?? 0
      if (bits === 16) to.u16(size)
      else to.u8(bits === 8 ? size : (size << 4) | (samples[i + 1]?.size ?? 0))
    }
  })
}

function boxOf(write: (to: ByteWriter) => void): Uint8Array {
  const to = new ByteWriter()
  write(to)
  return to.written
}
