/** What the sample entries of all video codecs share: size, shape, colour, and how they are written again. */
import { dolbyVisionName, supplementalDolbyVision } from '../dolby-vision/names.ts'
import { type Box, copyBox } from './box.ts'
import { ByteWriter } from './byte-writer.ts'
import type { NalUnits, VideoCodec } from './codec.ts'
import { type Colour, readColr, writeColr } from './colr.ts'
import { dolbyVisionBoxes, readDvcc } from './dvcc.ts'
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
  readonly interlaced?: true
  readonly nalUnits?: NalUnits
  readonly pictureKind?: VideoCodec['pictureKind']
  /** Transfer characteristics meant instead of those of `colour`, which are for players that know no better. */
  readonly preferredTransfer?: number
  readonly brand: (picture: BrandedPicture) => string | undefined
  /** Boxes that leave otherwise than they came. */
  readonly rewritten?: Readonly<Record<string, (to: ByteWriter) => void>>
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
  const colour = colourOf(stated, facts.colour)
  const pasp = boxes.get('pasp')
  const aspect = (pasp && readPasp(pasp)) ?? facts.pixelAspect
  return {
    type: 'video',
    name: facts.name,
    dataReference,
    width,
    height,
    ...(aspect && aspect[0] !== aspect[1] && { pixelAspect: aspect }),
    range: rangeOf(facts.preferredTransfer ?? colour?.transfer),
    ...(colour && { colour }),
    ...(facts.interlaced && { interlaced: true }),
    ...(facts.nalUnits && { nalUnits: facts.nalUnits }),
    ...(facts.pictureKind && { pictureKind: facts.pictureKind }),
    brand: (frameRate) => facts.brand({ width, height, frameRate, ...(colour && { colour }) }),
    ...dolbyVision(entry.type, boxes, colour),
    sampleEntry: rewritten(entry.type, { width, height }, { children, changes: facts.rewritten ?? {} }),
  }
}

/** Where the file says nothing, the bitstream may know. */
const colourOf = (stated: Colour | undefined, coded: Colour | undefined): Colour | undefined =>
  [stated, coded].find((one) => one && [one.primaries, one.transfer, one.matrix].some(isSpecified))

/** 2 stands for "unspecified" (ISO/IEC 23091-2). */
const isSpecified = (point: number): boolean => point !== 2

/** ISO/IEC 23091-2 table 3. */
const rangeOf = (transfer: number | undefined): VideoCodec['range'] =>
  transfer === 16 ? 'PQ' : transfer === 18 ? 'HLG' : 'SDR'

/** Sample entries only players with Dolby Vision know. */
const dolbyEntries = new Set(['dvh1', 'dvhe', 'dva1', 'dvav', 'dav1'])

/** Takes the place of what the codec says of itself, or stands beside it. */
function dolbyVision(
  type: string,
  boxes: ReadonlyMap<string, Box>,
  colour: Colour | undefined,
): Partial<VideoCodec> {
  const box = dolbyVisionBoxes.map((name) => boxes.get(name)).find((found) => found !== undefined)
  if (!box) return {}
  const facts = readDvcc(box)
  if (dolbyEntries.has(type))
    return {
      name: dolbyVisionName(type, facts),
      // Without a layer for others the pictures are PQ in colours of Dolby's own, which no code point names.
      ...(facts.compatibility === 0 && { range: 'PQ' }),
      brand: () => undefined,
      brands: ['dby1'],
    }
  const supplemental = supplementalDolbyVision(type, facts, colour?.transfer)
  return supplemental ? { supplemental, brands: ['dby1', supplemental.brand] } : {}
}

/** The boxes within stay as they are, but for those a codec writes anew, and QuickTime's `nclc` colours become `nclx`, which CMAF asks for. */
function rewritten(
  type: string,
  size: { readonly width: number; readonly height: number },
  {
    children,
    changes,
  }: { readonly children: readonly Box[]; readonly changes: NonNullable<VideoFacts['rewritten']> },
): Uint8Array {
  const to = new ByteWriter()
  writeVisualSampleEntry(to, type, size, () => {
    for (const child of children) {
      const colour = child.type === 'colr' && readColr(child)
      const change = changes[child.type]
      if (colour) writeColr(to, colour)
      else if (change) change(to)
      else copyBox(to, child)
    }
  })
  return to.written
}
