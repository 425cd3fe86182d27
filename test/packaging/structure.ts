/** What CMAF (ISO/IEC 23000-19) and the checker of the DASH Industry Forum ask of a track, as far as we can say it. */
import { type Box, boxes, children } from '../../lib/formats/isobmff/box.ts'
import { ByteReader } from '../../lib/formats/isobmff/byte-reader.ts'
import { readElst } from '../../lib/formats/isobmff/elst.ts'
import { fragmentSamples } from '../../lib/formats/isobmff/fragment-samples.ts'
import { readFtyp } from '../../lib/formats/isobmff/ftyp.ts'
import { readHdlr } from '../../lib/formats/isobmff/hdlr.ts'
import { readMoof } from '../../lib/formats/isobmff/moof.ts'
import { readMoov } from '../../lib/formats/isobmff/moov.ts'
import { readTrak } from '../../lib/formats/isobmff/trak.ts'

/** What is wrong with an init segment and the segments behind it; nothing where all is well. */
export function structureOf(track: Uint8Array): string[] {
  const all = [...boxes(new ByteReader(track))]
  const [ftyp, moov, ...media] = all
  const wrong: string[] = []
  const want = (holds: boolean, text: string): void => {
    if (!holds) wrong.push(text)
  }
  if (ftyp?.type !== 'ftyp' || moov?.type !== 'moov') return ['does not start with ftyp and moov']
  const order = media.map(({ type }) => type).join(' ')
  want(/^(styp moof mdat ?)+$/.test(order), `segments are styp moof mdat, not ${order.slice(0, 60)}`)
  wrong.push(...initFaults(ftyp, moov))
  const movie = readMoov(moov)
  const decodeTimes = new Map<number, number>()
  let sequence = 0
  for (const [i, box] of media.entries()) {
    if (box.type === 'styp') {
      const brands = readFtyp(box).compatible
      for (const brand of ['msdh', 'msix', 'cmfs']) want(brands.includes(brand), `styp has no ${brand}`)
    }
    if (box.type !== 'moof') continue
    const mdat = media[i + 1]
    const moof = readMoof(box)
    const [traf] = moof.tracks
    want(moof.tracks.length === 1, 'a fragment has one track')
    want(moof.sequence > sequence, `sequence ${moof.sequence} follows ${sequence}`)
    sequence = moof.sequence
    if (!traf || !mdat) continue
    const { header, runs } = traf
    want(header.baseIsMoof && header.baseOffset === undefined, 'offsets count from the moof')
    want(header.description === 1, 'tfhd names the sample description')
    want(runs.length === 1, 'a fragment has one run')
    want(trunVersion(box) === 1, 'trun has version 1')
    const expected = decodeTimes.get(header.trackId)
    want(
      expected === undefined || traf.decodeTime === expected,
      `tfdt ${traf.decodeTime} follows ${expected}`,
    )
    const samples = fragmentSamples(moof, movie.fragmentDefaults ?? [], decodeTimes)
    want(samples[0]?.offset === mdat.at + 8, 'samples start where mdat does')
    const last = samples.at(-1)
    want((last?.offset ?? 0) + (last?.size ?? 0) === mdat.at + mdat.raw.length, 'samples fill mdat')
  }
  return [...new Set(wrong)]
}

function initFaults(ftyp: Box, moov: Box): string[] {
  const wrong: string[] = []
  const want = (holds: boolean, text: string): void => {
    if (!holds) wrong.push(text)
  }
  const brands = readFtyp(ftyp).compatible
  const [traks, mvex] = [
    [...boxes(moov.body)].filter(({ type }) => type === 'trak'),
    children(moov).get('mvex'),
  ]
  const [box] = traks
  if (!box || traks.length > 1) return ['an init segment has one track']
  const trak = readTrak(box)
  const parts = children(box)
  const elst = parts.get('edts') && children(parts.get('edts') ?? box).get('elst')
  want(mvex !== undefined, 'moov has mvex')
  want(
    ['iso6', 'cmfc'].every((brand) => brands.includes(brand)),
    `brands ${brands.join(' ')} hold iso6 and cmfc`,
  )
  want(durationOf(parts.get('tkhd'), 20) === 0, 'tkhd.duration is 0')
  if (trak.handler === 'vide') want(elst === undefined, 'pictures have no edit list')
  if (brands.includes('cmf2')) want(elst === undefined, 'cmf2 has no edit list')
  if (elst)
    want(
      readElst(elst).length === 1 && (readElst(elst)[0]?.mediaTime ?? -1) > 0,
      'the edit list is for priming',
    )
  const mdia = children(parts.get('mdia') ?? box)
  const hdlr = mdia.get('hdlr')
  want(hdlr?.raw.at(-1) === 0, 'the name in hdlr ends with a zero')
  want(hdlr !== undefined && ['vide', 'soun'].includes(readHdlr(hdlr)), 'hdlr is vide or soun')
  const tables = children(trak.sampleTable)
  for (const name of ['stts', 'stsc', 'stsz', 'stco']) {
    const table = tables.get(name)
    want(table !== undefined && table.raw.subarray(12).every((byte) => byte === 0), `${name} is empty`)
  }
  want(!tables.has('stss') && !tables.has('ctts'), 'there are no sample tables')
  want(trak.entries.length === 1, 'there is one sample entry')
  return wrong
}

/** A field of a version 0 header. */
const durationOf = (box: Box | undefined, at: number): number | undefined =>
  box && new DataView(box.raw.buffer, box.raw.byteOffset).getUint32(8 + at)

function trunVersion(moof: Box): number | undefined {
  const traf = children(moof).get('traf')
  return traf && children(traf).get('trun')?.raw[8]
}
