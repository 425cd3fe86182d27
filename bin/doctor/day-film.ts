/** A day of grey at a picture a second, two megabytes: long enough that its manifests pass what the edge may answer. */
import {
  ByteWriter,
  unityMatrix,
  writeDref,
  writeFtyp,
  writeHdlr,
  writeMdhd,
  writeMvhd,
  writeStsd,
  writeTkhd,
  writeVisualSampleEntry,
} from '../../lib/formats/isobmff/index.ts'

/** AVCDecoderConfigurationRecord of 64 x 64, Constrained Baseline. */
const avcC = Buffer.from(
  '0142c00affe100186742c00aa611109b011000000300100000030020f122611801000668c8420194b2',
  'hex',
)
/** One key frame of it, all grey, with its length in front. */
const picture = Buffer.from('0000001365888202be4ddeefbeb75d75d75d75d75d75e0', 'hex')
const side = 64
const perChunk = 60

/** The film as a progressive MP4 of so many seconds. */
export function greyVideo(seconds: number): Uint8Array {
  const ftyp = new ByteWriter()
  writeFtyp(ftyp, 'ftyp', { major: 'isom', minor: 512, compatible: ['isom', 'avc1'] })
  // The tables are as long wherever the media begins.
  const mediaAt = ftyp.position + moov(seconds, 0).length + 8
  const film = new ByteWriter(mediaAt + seconds * picture.length)
  film.bytes(ftyp.written)
  film.bytes(moov(seconds, mediaAt))
  film.box('mdat', () => {
    for (let i = 0; i < seconds; i++) film.bytes(picture)
  })
  return film.written
}

function moov(seconds: number, mediaAt: number): Uint8Array {
  const to = new ByteWriter()
  to.box('moov', () => {
    writeMvhd(to, { timescale: 1, duration: seconds, nextTrackId: 2 })
    to.box('trak', () => {
      const size = side * 0x10000
      writeTkhd(to, {
        trackId: 1,
        enabled: true,
        alternateGroup: 0,
        volume: 0,
        matrix: unityMatrix,
        width: size,
        height: size,
      })
      to.box('mdia', () => {
        writeMdhd(to, { timescale: 1000 })
        writeHdlr(to, 'vide', 'Video')
        to.box('minf', () => {
          to.fullBox('vmhd', 0, 1, () => to.zeros(8))
          to.box('dinf', () => writeDref(to))
          to.box('stbl', () => writeTables(to, seconds, mediaAt))
        })
      })
    })
  })
  return to.written
}

function writeTables(to: ByteWriter, seconds: number, mediaAt: number): void {
  writeStsd(to, sampleEntry())
  // No stss: every picture is a key frame (ISO/IEC 14496-12 8.6.2).
  to.fullBox('stts', 0, 0, () => {
    for (const value of [1, seconds, 1000]) to.u32(value)
  })
  const whole = Math.floor(seconds / perChunk)
  const rest = seconds % perChunk
  const runs = [...(whole > 0 ? [[1, perChunk]] : []), ...(rest > 0 ? [[whole + 1, rest]] : [])]
  to.fullBox('stsc', 0, 0, () => {
    to.u32(runs.length)
    for (const [chunk = 0, samples = 0] of runs) for (const value of [chunk, samples, 1]) to.u32(value)
  })
  to.fullBox('stsz', 0, 0, () => {
    for (const value of [picture.length, seconds]) to.u32(value)
  })
  to.fullBox('stco', 0, 0, () => {
    const chunks = whole + (rest > 0 ? 1 : 0)
    to.u32(chunks)
    for (let i = 0; i < chunks; i++) to.u32(mediaAt + i * perChunk * picture.length)
  })
}

function sampleEntry(): Uint8Array {
  const to = new ByteWriter()
  writeVisualSampleEntry(to, 'avc1', { width: side, height: side }, () =>
    to.box('avcC', () => to.bytes(avcC)),
  )
  return to.written
}
