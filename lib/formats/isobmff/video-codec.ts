/** The common part of all video sample entries: size, aspect ratio, colour, and how they are rewritten. */
import { dolbyVisionName, supplementalDolbyVision } from '../dolby-vision/names.ts'
import { type Box, copyBox } from './box.ts'
import { ByteWriter } from './byte-writer.ts'
import type { NalUnits, VideoCodec } from './codec.ts'
import { type Colour, readColr, writeColr } from './colr.ts'
import { dolbyVisionBoxes, readDvcc } from './dvcc.ts'
import { readPasp } from './pasp.ts'
import { readVisualSampleEntry, writeVisualSampleEntry } from './visual-sample-entry.ts'

/** The entry as passed to a codec's reader. */
export interface VideoEntry {
  readonly width: number
  readonly height: number
  /** The first box of each type. */
  readonly boxes: ReadonlyMap<string, Box>
  /** From `colr`. */
  readonly colour?: Colour
}

/** The result of a codec's reader; size, aspect ratio and colour apply if the entry and its boxes lack them. */
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
  /** Transfer characteristics that override those of `colour`, which are for older players. */
  readonly preferredTransfer?: number
  readonly brand: (picture: BrandedPicture) => string | undefined
  /** Boxes to rewrite. */
  readonly rewritten?: Readonly<Record<string, (to: ByteWriter) => void>>
}

/** The facts that a CMAF media profile limits, other than the codec's own. */
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

/** The file's colour, or the bitstream's if the file does not specify it. */
const colourOf = (stated: Colour | undefined, coded: Colour | undefined): Colour | undefined =>
  [stated, coded].find((one) => one && [one.primaries, one.transfer, one.matrix].some(isSpecified))

/** 2 means "unspecified" (ISO/IEC 23091-2). */
const isSpecified = (point: number): boolean => point !== 2

/** ISO/IEC 23091-2 table 3. */
const rangeOf = (transfer: number | undefined): VideoCodec['range'] =>
  transfer === 16 ? 'PQ' : transfer === 18 ? 'HLG' : 'SDR'

/** Sample entries that only Dolby Vision players support. */
const dolbyEntries = new Set(['dvh1', 'dvhe', 'dva1', 'dvav', 'dav1'])

/** Replaces the codec's own description, or supplements it. */
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
      // Without a compatible base layer the video is PQ in Dolby's own colours, which have no code point.
      ...(facts.compatibility === 0 && { range: 'PQ' }),
      brand: () => undefined,
      brands: ['dby1'],
    }
  const supplemental = supplementalDolbyVision(type, facts, colour?.transfer)
  return supplemental ? { supplemental, brands: ['dby1', supplemental.brand] } : {}
}

/**
 * Copies the boxes of an entry, except those the codec rewrites; QuickTime's `nclc` becomes `nclx`, which CMAF
 * requires.
 */
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
