/** AdaptationSet (ISO/IEC 23009-1 5.3.3). */
import { escapeText, type XmlElement } from '../xml/print.ts'
import { contentProtections } from './content-protection.ts'
import { descriptors } from './descriptor.ts'
import type { AdaptationSet, Representation, SegmentTemplate } from './mpd.ts'
import { whole } from './number.ts'
import { frameRateText, representation } from './representation.ts'
import { sameTemplate, segmentTemplate } from './segment-template.ts'

/** The element. A template that all its Representations share is written here once instead of in each of them. */
export function adaptationSet(set: AdaptationSet): XmlElement {
  const shared = sharedTemplate(set.representations)
  return {
    name: 'AdaptationSet',
    attributes: {
      id: whole('AdaptationSet@id', set.id),
      contentType: set.contentType,
      mimeType: set.mimeType,
      lang: set.language,
      par: set.pixelAspect ?? pictureShape(set.representations),
      ...limits(set.representations),
      segmentAlignment: set.segmentAlignment || undefined,
      startWithSAP: set.startWithSap,
      selectionPriority: set.selectionPriority,
    },
    children: [
      ...contentProtections(set.protections),
      ...descriptors('OutputProtection', set.outputProtection && [set.outputProtection]),
      ...descriptors('EssentialProperty', set.essential),
      ...descriptors('SupplementalProperty', set.supplemental),
      ...descriptors('InbandEventStream', set.inbandEvents),
      ...(set.label === undefined ? [] : [{ name: 'Label', children: [escapeText(set.label)] }]),
      ...descriptors('Accessibility', set.accessibilities),
      ...descriptors('Role', set.roles),
      ...(shared ? [segmentTemplate(shared)] : []),
      ...set.representations.map((facts) => representation(facts, shared)),
    ],
  }
}

/** The maximum difference between aspect ratios that count as equal: a ladder's steps are rounded to whole blocks. */
const alike = 0.03

/** The aspect ratio of the largest Representation; undefined if others differ. */
function pictureShape(representations: readonly Representation[]): string | undefined {
  const shapes = representations.flatMap(({ width, height, sar = '1:1' }) => {
    const [h = 1, v = 1] = sar.split(':').map(Number)
    return width && height ? [{ width: width * h, height: height * v, pixels: width * height }] : []
  })
  const [largest, ...others] = shapes.toSorted((a, b) => b.pixels - a.pixels)
  if (!largest) return undefined
  const shape = largest.width / largest.height
  if (others.some(({ width, height }) => Math.abs(width / height / shape - 1) > alike)) return undefined
  // Standard ratios match despite rounding to blocks of 8 lines.
  const usual = defaultShapes.find(([w, h]) => Math.abs(w / h / shape - 1) < 0.005)
  if (usual) return usual.join(':')
  const common = divisor(largest.width, largest.height)
  return `${largest.width / common}:${largest.height / common}`
}

const defaultShapes = [
  [16, 9],
  [4, 3],
  [9, 16],
] as const

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b))

/** The maximum size and frame rate, which DASH-IF IOP 3.2.4 requires on every video set. */
function limits(representations: readonly Representation[]) {
  let [maxWidth, maxHeight] = [0, 0]
  let fastest: readonly [number, number] | undefined
  for (const { width = 0, height = 0, frameRate } of representations) {
    maxWidth = Math.max(maxWidth, width)
    maxHeight = Math.max(maxHeight, height)
    if (frameRate && (!fastest || frameRate[0] * fastest[1] > fastest[0] * frameRate[1])) fastest = frameRate
  }
  return {
    maxWidth: maxWidth || undefined,
    maxHeight: maxHeight || undefined,
    maxFrameRate: fastest && frameRateText(fastest),
  }
}

function sharedTemplate([first, ...others]: readonly Representation[]): SegmentTemplate | undefined {
  const template = first?.template
  if (!template || others.length === 0) return undefined
  return others.every((other) => other.template && sameTemplate(template, other.template))
    ? template
    : undefined
}
