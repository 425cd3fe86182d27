/** A CMAF init segment: `ftyp` and a `moov` without samples (ISO/IEC 23000-19 7.3.1). */
import { ByteWriter } from './byte-writer.ts'
import { writeDref } from './dref.ts'
import { writeElng } from './elng.ts'
import { writeElst } from './elst.ts'
import { writeFtyp } from './ftyp.ts'
import { writeHdlr } from './hdlr.ts'
import { writeMdhd } from './mdhd.ts'
import { unityMatrix, writeMvhd } from './mvhd.ts'
import { writeStsd } from './stsd.ts'
import { writeTkhd } from './tkhd.ts'
import { writeTrex } from './trex.ts'

/** What an init segment says. */
export interface Init {
  readonly type: 'video' | 'audio'
  readonly trackId: number
  readonly timescale: number
  /** ISO 639-2/T. */
  readonly language?: string
  /** BCP 47, where three letters do not say it all. */
  readonly languageTag?: string
  /** Of `tkhd`, 16.16 fixed point. */
  readonly width: number
  readonly height: number
  readonly matrix: readonly number[]
  /** One sample entry with its header. */
  readonly sampleEntry: Uint8Array
  /** CMAF media profile, where the media keeps to one. */
  readonly brand?: string
  /** Media time of the first thing heard, audio only. Pictures are moved by their composition offsets instead. */
  readonly mediaStart: number
}

/** Writes it. */
export function writeInit(init: Init): Uint8Array {
  const to = new ByteWriter()
  // cmf2 asks for no edit list at all.
  const structural = init.mediaStart === 0 ? ['cmf2', 'cmfc'] : ['cmfc']
  writeFtyp(to, 'ftyp', {
    major: structural[0] ?? 'cmfc',
    minor: 0,
    compatible: ['iso6', ...structural, 'dash', ...(init.brand ? [init.brand] : [])],
  })
  to.box('moov', () => {
    writeMvhd(to, { timescale: init.timescale, duration: 0, nextTrackId: init.trackId + 1 })
    writeTrak(to, init)
    to.box('mvex', () =>
      writeTrex(to, { trackId: init.trackId, description: 1, duration: 0, size: 0, flags: 0 }),
    )
  })
  return to.written
}

function writeTrak(to: ByteWriter, init: Init): void {
  const video = init.type === 'video'
  to.box('trak', () => {
    writeTkhd(to, {
      trackId: init.trackId,
      enabled: true,
      volume: video ? 0 : 0x100,
      matrix: video ? init.matrix : unityMatrix,
      width: init.width,
      height: init.height,
    })
    if (init.mediaStart > 0)
      to.box('edts', () => writeElst(to, [{ duration: 0, mediaTime: init.mediaStart, rate: 0x10000 }]))
    to.box('mdia', () => {
      writeMdhd(to, init)
      writeHdlr(to, video ? 'vide' : 'soun', video ? 'Video' : 'Audio')
      if (init.languageTag) writeElng(to, init.languageTag)
      to.box('minf', () => {
        if (video) to.fullBox('vmhd', 0, 1, () => to.zeros(8))
        else to.fullBox('smhd', 0, 0, () => to.zeros(4))
        to.box('dinf', () => writeDref(to))
        to.box('stbl', () => {
          writeStsd(to, init.sampleEntry)
          for (const table of ['stts', 'stsc']) to.fullBox(table, 0, 0, () => to.u32(0))
          to.fullBox('stsz', 0, 0, () => to.zeros(8))
          to.fullBox('stco', 0, 0, () => to.u32(0))
        })
      })
    })
  })
}
