/** What the sample entries of all video codecs share: size, shape, colour, and how they are written again. */
import type { Box } from './box.ts'
import { ByteWriter } from './byte-writer.ts'
import type { VideoCodec } from './codec.ts'
import { type Colour, readColr, writeColr } from './colr.ts'
import { readPasp } from './pasp.ts'
import { readVisualSampleEntry, writeVisualSampleEntry } from './visual-sample-entry.ts'

/** The entry as a codec's reader sees it. */
export interface VideoEntry {
  readonly width: number
  readonly height: number
  /** The first box of each type. */
  readonly boxes: ReadonlyMap<string, Box>
  /** Of `colr`. */
  readonly colour?: Colour
}

/** What a codec's configuration says; size, shape and colour count where the entry and its boxes are silent. */
export interface VideoFacts {
  /** RFC 6381. */
  readonly name: string
  readonly width?: number
  readonly height?: number
  readonly colour?: Colour
  readonly pixelAspect?: readonly [number, number]
  readonly brand: (picture: BrandedPicture) => string | undefined
}

/** What a CMAF media profile limits, beside what the codec knows itself. */
export interface BrandedPicture {
  readonly width: number
  readonly height: number
  readonly frameRate: number
  readonly colour?: Colour
}

/** Reads a sample entry with a codec's own reader. */
export function readVideoCodec(entry: Box, read: (video: VideoEntry) => VideoFacts): VideoCodec {
  const { dataReference, children, ...shown } = readVisualSampleEntry(entry)
  const boxes = new Map<string, Box>()
  for (const child of children) if (!boxes.has(child.type)) boxes.set(child.type, child)
  const colr = boxes.get('colr')
  const stated = colr && readColr(colr)
  const facts = read({ ...shown, boxes, ...(stated && { colour: stated }) })
  const width = shown.width || (facts.width ?? 0)
  const height = shown.height || (facts.height ?? 0)
  const colour = stated ?? facts.colour
  const pasp = boxes.get('pasp')
  const aspect = (pasp && readPasp(pasp)) ?? facts.pixelAspect
  return {
    type: 'video',
    name: facts.name,
    dataReference,
    width,
    height,
    ...(aspect && aspect[0] !== aspect[1] && { pixelAspect: aspect }),
    range: rangeOf(colour),
    brand: (frameRate) => facts.brand({ width, height, frameRate, ...(colour && { colour }) }),
    sampleEntry: rewritten(entry.type, { width, height }, children),
  }
}

/** ISO/IEC 23091-2 table 3. */
const rangeOf = (colour: Colour | undefined): VideoCodec['range'] =>
  colour?.transfer === 16 ? 'PQ' : colour?.transfer === 18 ? 'HLG' : 'SDR'

/** The boxes within stay as they are, but QuickTime's `nclc` colours become `nclx`, which CMAF asks for. */
function rewritten(
  type: string,
  size: { readonly width: number; readonly height: number },
  children: readonly Box[],
): Uint8Array {
  const to = new ByteWriter()
  writeVisualSampleEntry(to, type, size, () => {
    for (const child of children) {
      const colour = child.type === 'colr' && readColr(child)
      if (colour) writeColr(to, colour)
      else to.bytes(child.raw)
    }
  })
  return to.written
}
