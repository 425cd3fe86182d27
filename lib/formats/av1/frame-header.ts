/**
 * Finds the end of an AV1 frame header, and what later headers need of the frame (AV1 bitstream specification 5.9.2).
 */
import type { BitReader } from '../bits.ts'
import { skipFilmGrain } from './film-grain.ts'
import { skipCdef, skipLoopFilter, skipRestoration } from './filters.ts'
import { type FrameSize, readFrameSize, readFrameSizeOf } from './frame-size.ts'
import { skipGlobalMotion } from './global-motion.ts'
import { allowsSkipMode, inferredPlaces } from './order-hints.ts'
import {
  type Av1FrameType,
  type Av1Reference,
  type Av1References,
  frameTypes,
  needKeyFrame,
  referenceAt,
  referencePlaces,
} from './references.ts'
import { isLossless, readQuantization, readSegmentation, skipBlockDeltas } from './segmentation.ts'
import type { Av1FrameFacts } from './sequence-header.ts'
import { readTileLayout, type TileLayout } from './tile-layout.ts'

/** The context for reading a header. */
export interface Av1FrameContext {
  readonly facts: Av1FrameFacts
  readonly references: Av1References
  /** The layer of the OBU. */
  readonly temporalId: number
  readonly spatialId: number
}

/** A frame with its tiles following, or the slot of an earlier frame that is shown now. */
export type Av1FrameHeader = Av1Frame | { readonly shows: number }

/** A coded frame. */
export interface Av1Frame {
  readonly tiles: TileLayout
  /** The state kept for later frames, and its slots: bit i stands for slot i. */
  readonly kept: Av1Reference
  readonly places: number
}

/**
 * Reads uncompressed_header to its last bit, without byte alignment. Throws AV1_KEY_FRAME and AV1_REFERENCE if a frame
 * it depends on is missing, AV1_TILES if there are too many tiles, BITS_END if it is truncated.
 */
export function readAv1FrameHeader(bits: BitReader, context: Av1FrameContext): Av1FrameHeader {
  const { facts } = context
  if (!facts.isReduced && bits.flag()) {
    const shows = bits.bits(3)
    bits.bits(facts.timing.presentationBits)
    bits.bits(facts.idBits)
    return { shows }
  }
  const start = readStart(bits, context)
  const { type, isIntra, isResilient } = start
  const { size, copiesWithin, highPrecision, uses } = isIntra
    ? readIntra(bits, facts, start)
    : readInter(bits, context, start)
  if (!facts.isReduced && !start.keepsContexts) bits.flag()
  const tiles = readTileLayout(bits, size, facts.largeBlocks)
  const quantization = readQuantization(bits, facts.planes)
  const segmentation = readSegmentation(bits, uses[start.primary]?.segmentation)
  skipBlockDeltas(bits, quantization, copiesWithin)
  const lossless = isLossless(quantization, segmentation)
  if (!lossless && !copiesWithin) {
    skipLoopFilter(bits, facts.planes)
    if (facts.hasCdef) skipCdef(bits, facts.planes)
  }
  if (!(lossless && size.codedWidth === size.width) && !copiesWithin && facts.hasRestoration)
    skipRestoration(bits, facts.planes, facts.largeBlocks)
  if (!lossless) bits.flag()
  const orders = uses.map(({ order }) => order)
  if (!isIntra && bits.flag() && allowsSkipMode({ ...start, orderBits: facts.orderBits }, orders)) bits.flag()
  if (!isIntra && !isResilient && facts.hasWarpedMotion) bits.flag()
  bits.flag()
  if (!isIntra) skipGlobalMotion(bits, highPrecision)
  if (facts.hasFilmGrain && start.mayShow) skipFilmGrain(bits, facts.planes, type === 'inter')
  return { tiles, kept: { type, size, order: start.order, segmentation }, places: start.places }
}

/** The first fields of every frame. */
interface Start extends Shape {
  /** disable_cdf_update. */
  readonly keepsContexts: boolean
  readonly screenContent: boolean
  readonly wholeVectors: boolean
  readonly hasOwnSize: boolean
  readonly order: number
  /** The reference whose state it continues; 7 for none. */
  readonly primary: number
  readonly places: number
  /** The available references. */
  readonly references: Av1References
}

interface Shape {
  readonly type: Av1FrameType
  readonly isIntra: boolean
  readonly isShown: boolean
  /** Now, or by a later header. */
  readonly mayShow: boolean
  readonly isResilient: boolean
}

const noPrimary = 7
const allPlaces = 2 ** referencePlaces - 1

function readStart(bits: BitReader, context: Av1FrameContext): Start {
  const { facts } = context
  const shape = facts.isReduced ? reducedShape : readShape(bits, facts)
  const { type, isIntra, isResilient } = shape
  needKeyFrame(context.references, type)
  const keepsContexts = bits.flag()
  const screenContent = facts.screenContent ?? bits.flag()
  const wholeVectors = screenContent && (facts.wholeVectors ?? bits.flag())
  bits.bits(facts.idBits)
  const hasOwnSize = type === 'switch' || (!facts.isReduced && bits.flag())
  const order = bits.bits(facts.orderBits)
  const primary = isIntra || isResilient ? noPrimary : bits.bits(3)
  skipRemovalTimes(bits, context)
  const places = type === 'switch' || (type === 'key' && shape.isShown) ? allPlaces : bits.bits(8)
  const statesOrders = isResilient && facts.orderBits > 0 && (!isIntra || places !== allPlaces)
  const references = statesOrders ? confirmed(bits, facts.orderBits, context.references) : context.references
  return {
    ...shape,
    keepsContexts,
    screenContent,
    wholeVectors,
    hasOwnSize,
    order,
    primary,
    places,
    references,
  }
}

const reducedShape: Shape = { type: 'key', isIntra: true, isShown: true, mayShow: true, isResilient: true }

function readShape(bits: BitReader, { timing }: Av1FrameFacts): Shape {
  const type = frameTypes[bits.bits(2)] ?? 'key'
  const isShown = bits.flag()
  if (isShown) bits.bits(timing.presentationBits)
  const mayShow = isShown || bits.flag()
  const isResilient = type === 'switch' || (type === 'key' && isShown) || bits.flag()
  return { type, isIntra: type === 'key' || type === 'intra', isShown, mayShow, isResilient }
}

/** Skips the time for each operating point that has one and includes the frame's layer. */
function skipRemovalTimes(bits: BitReader, { facts, temporalId, spatialId }: Av1FrameContext): void {
  const { removalBits, removalPoints } = facts.timing
  if (removalBits === 0 || !bits.flag()) return
  for (const layers of removalPoints)
    if (layers === 0 || ((layers >> temporalId) & (layers >> (spatialId + 8)) & 1) === 1)
      bits.bits(removalBits)
}

/** The references whose order hint is the stated one; the others were lost. */
function confirmed(bits: BitReader, orderBits: number, references: Av1References): Av1References {
  return references.map((reference) => (bits.bits(orderBits) === reference?.order ? reference : undefined))
}

/** The fields that intra and inter frames code differently. */
interface Prediction {
  readonly size: FrameSize
  /** allow_intrabc. */
  readonly copiesWithin: boolean
  /** allow_high_precision_mv. */
  readonly highPrecision: boolean
  /** Frames it is predicted from. */
  readonly uses: readonly Av1Reference[]
}

function readIntra(bits: BitReader, facts: Av1FrameFacts, { screenContent, hasOwnSize }: Start): Prediction {
  const size = readFrameSize(bits, facts, hasOwnSize)
  const copiesWithin = screenContent && size.codedWidth === size.width && bits.flag()
  return { size, copiesWithin, highPrecision: false, uses: [] }
}

function readInter(bits: BitReader, { facts }: Av1FrameContext, start: Start): Prediction {
  const uses = readPlaces(bits, facts, start).map((place) => referenceAt(start.references, place))
  const size =
    start.hasOwnSize && !start.isResilient
      ? readFrameSizeOf(bits, facts, uses)
      : readFrameSize(bits, facts, start.hasOwnSize)
  const highPrecision = !start.wholeVectors && bits.flag()
  if (!bits.flag()) bits.bits(2)
  bits.flag()
  if (!start.isResilient && facts.hasMotionReferences) bits.flag()
  return { size, copiesWithin: false, highPrecision, uses }
}

/** The slots of the seven references: all coded explicitly, or two of them. */
function readPlaces(bits: BitReader, facts: Av1FrameFacts, { order, references }: Start): number[] {
  const { orderBits } = facts
  const inferred =
    orderBits > 0 && bits.flag()
      ? inferredPlaces(references, { order, orderBits }, [bits.bits(3), bits.bits(3)])
      : undefined
  return Array.from({ length: 7 }, (_, rank) => {
    const place = inferred?.[rank] ?? bits.bits(3)
    bits.bits(facts.idDeltaBits)
    return place
  })
}
