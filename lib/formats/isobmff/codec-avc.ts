/** H.264 in `avc1` and `avc3` (ISO/IEC 14496-15 5.4.2). */
import { avcBrand } from '../avc/cmaf-brand.ts'
import { readSps } from '../avc/sps.ts'
import { readAvcc } from './avcc.ts'
import { type Box, need } from './box.ts'
import { ByteWriter } from './byte-writer.ts'
import type { VideoCodec } from './codec.ts'
import { type Colour, readColr, writeColr } from './colr.ts'
import { readPasp } from './pasp.ts'
import { readVisualSampleEntry, writeVisualSampleEntry } from './visual-sample-entry.ts'

/** Reads a sample entry; colour and shape come from its boxes or, where they are silent, from the SPS. */
export function readAvcEntry(entry: Box): VideoCodec {
  const { dataReference, width, height, children } = readVisualSampleEntry(entry)
  const byType = new Map(children.map((child) => [child.type, child]))
  const configuration = readAvcc(need(byType, 'avcC', entry))
  const [first] = configuration.sps
  // avc3 may keep all its parameter sets in the samples.
  const sps = first && readSps(first)
  const colr = byType.get('colr')
  const stated = colr && readColr(colr)
  const colour = stated ?? sps?.colour
  const pasp = byType.get('pasp')
  const aspect = (pasp && readPasp(pasp)) ?? sps?.pixelAspect
  const { profile, compatibility, level } = configuration
  return {
    type: 'video',
    name: `${entry.type}.${[profile, compatibility, level].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`,
    dataReference,
    width,
    height,
    ...(aspect && aspect[0] !== aspect[1] && { pixelAspect: aspect }),
    range: rangeOf(colour),
    brand: (frameRate) => avcBrand({ profile, level, width, height, frameRate, ...(colour && { colour }) }),
    sampleEntry: rewritten(entry.type, { width, height }, children, stated),
  }
}

/** ISO/IEC 23091-2 table 3. */
const rangeOf = (colour: Pick<Colour, 'transfer'> | undefined): VideoCodec['range'] =>
  colour?.transfer === 16 ? 'PQ' : colour?.transfer === 18 ? 'HLG' : 'SDR'

/** The boxes within stay as they are, but QuickTime's `nclc` colours become `nclx`, which CMAF asks for. */
function rewritten(
  type: string,
  size: { readonly width: number; readonly height: number },
  children: readonly Box[],
  colour: Colour | undefined,
): Uint8Array {
  const to = new ByteWriter()
  writeVisualSampleEntry(to, type, size, () => {
    for (const child of children)
      if (child.type === 'colr' && colour) writeColr(to, colour)
      else to.bytes(child.raw)
  })
  return to.written
}
