/** A CMAF init segment: `ftyp` and a `moov` without samples (ISO/IEC 23000-19 7.3.1). */
import { ByteWriter } from './byte-writer.ts'
import { writeDref } from './dref.ts'
import { writeElng } from './elng.ts'
import { writeElst } from './elst.ts'
import { writeFtyp } from './ftyp.ts'
import { writeHdlr } from './hdlr.ts'
import { writeMdhd } from './mdhd.ts'
import { unityMatrix, writeMvhd } from './mvhd.ts'
import { writeRoll } from './sgpd.ts'
import { writeStsd } from './stsd.ts'
import { writeTkhd } from './tkhd.ts'
import { writeTrex } from './trex.ts'

/** The content of an init segment. */
export interface Init {
  /** `text` is WebVTT, `subtitle` TTML: they have handlers and headers of their own (ISO/IEC 14496-30 5, 6). */
  readonly type: 'video' | 'audio' | 'text' | 'subtitle'
  readonly trackId: number
  readonly timescale: number
  /** ISO 639-2/T. */
  readonly language?: string
  /** BCP 47, if three letters are not enough. */
  readonly languageTag?: string
  /** The `tkhd` size, 16.16 fixed point. */
  readonly width: number
  readonly height: number
  readonly matrix: readonly number[]
  /** One sample entry with its header. */
  readonly sampleEntry: Uint8Array
  /** The CMAF media profile, if the media conforms to one, and further brands. */
  readonly brands?: readonly string[]
  /** Media time of the first audio presented, audio only. Video is shifted by its composition offsets instead. */
  readonly mediaStart: number
  /** The number of samples a decoder needs before the target sample: the segments mark all samples so. */
  readonly rollDistance?: number
}

/** Writes it. */
export function writeInit(init: Init): Uint8Array {
  const to = new ByteWriter()
  // cmf2 allows no edit list.
  const structural = init.mediaStart === 0 ? ['cmf2', 'cmfc'] : ['cmfc']
  writeFtyp(to, 'ftyp', {
    major: structural[0] ?? 'cmfc',
    minor: 0,
    compatible: ['iso6', ...structural, 'dash', ...(init.brands ?? [])],
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
  to.box('trak', () => {
    writeTkhd(to, {
      trackId: init.trackId,
      enabled: true,
      alternateGroup: 0,
      volume: init.type === 'audio' ? 0x100 : 0,
      matrix: init.type === 'audio' ? unityMatrix : init.matrix,
      width: init.width,
      height: init.height,
    })
    if (init.mediaStart > 0)
      to.box('edts', () => writeElst(to, [{ duration: 0, mediaTime: init.mediaStart, rate: 0x10000 }]))
    to.box('mdia', () => {
      writeMdhd(to, init)
      const { handler, name } = handlers[init.type]
      writeHdlr(to, handler, name)
      if (init.languageTag) writeElng(to, init.languageTag)
      to.box('minf', () => {
        writeMediaHeader(to, init.type)
        to.box('dinf', () => writeDref(to))
        to.box('stbl', () => {
          writeStsd(to, init.sampleEntry)
          for (const table of ['stts', 'stsc']) to.fullBox(table, 0, 0, () => to.u32(0))
          to.fullBox('stsz', 0, 0, () => to.zeros(8))
          to.fullBox('stco', 0, 0, () => to.u32(0))
          if (init.rollDistance) writeRoll(to, init.rollDistance)
        })
      })
    })
  })
}

const handlers = {
  video: { handler: 'vide', name: 'Video' },
  audio: { handler: 'soun', name: 'Audio' },
  text: { handler: 'text', name: 'Text' },
  subtitle: { handler: 'subt', name: 'Subtitle' },
} as const

/** ISO/IEC 14496-12 12.1.2, 12.2.2, 8.4.5.2, 12.6.2. */
function writeMediaHeader(to: ByteWriter, type: Init['type']): void {
  if (type === 'video') to.fullBox('vmhd', 0, 1, () => to.zeros(8))
  else if (type === 'audio') to.fullBox('smhd', 0, 0, () => to.zeros(4))
  else to.fullBox(type === 'text' ? 'nmhd' : 'sthd', 0, 0, () => undefined)
}
