/** Sequence header of AV1 (AV1 bitstream specification 5.5): picture size, colour, and the tools frames may use. */
import { BitReader } from '../bits.ts'
import { type Av1Colour, readAv1Colour } from './color-config.ts'
import { obusOf, obuType } from './obu.ts'
import { type OperatingPoints, readOperatingPoints, reducedPoints } from './operating-points.ts'

/** What a manifest or a checker asks of it. */
export interface Av1Sequence extends Omit<Av1Colour, 'planes'> {
  readonly profile: number
  /** seq_level_idx of the first operating point. */
  readonly level: number
  readonly highTier: boolean
  /** Largest picture. */
  readonly width: number
  readonly height: number
  readonly frames: Av1FrameFacts
}

/** What reading a frame header takes. */
export interface Av1FrameFacts extends FrameIds, FrameTools, Pick<Av1Colour, 'planes'> {
  /** reduced_still_picture_header: one key frame that says little. */
  readonly isReduced: boolean
  readonly timing: OperatingPoints['timing']
  /** Largest picture, and the bits a frame takes to state a smaller one. */
  readonly width: number
  readonly height: number
  readonly widthBits: number
  readonly heightBits: number
  /** Superblocks of 128 samples, not 64. */
  readonly largeBlocks: boolean
  readonly hasSuperres: boolean
  readonly hasCdef: boolean
  readonly hasRestoration: boolean
  readonly hasFilmGrain: boolean
}

interface FrameIds {
  /** Bits of a frame's own number and of the distance to a reference's; 0 where frames have none. */
  readonly idBits: number
  readonly idDeltaBits: number
}

interface FrameTools {
  /** 0 where frames state no order. */
  readonly orderBits: number
  readonly hasMotionReferences: boolean
  readonly hasWarpedMotion: boolean
  /** On or off for all frames; absent where each says. */
  readonly screenContent?: boolean
  /** Motion vectors count whole pixels, likewise. */
  readonly wholeVectors?: boolean
}

/** The first sequence header in a run of OBUs (5.3); undefined where there is none. */
export function findAv1Sequence(obus: Uint8Array): Av1Sequence | undefined {
  for (const { type, from, to } of obusOf(obus))
    if (type === obuType.sequenceHeader) return readAv1Sequence(obus.subarray(from, to))
  return undefined
}

/** Reads the payload of the OBU (5.5.1). */
export function readAv1Sequence(payload: Uint8Array): Av1Sequence {
  const bits = new BitReader(payload, 'AV1 sequence header')
  const profile = bits.bits(3)
  bits.flag()
  const isReduced = bits.flag()
  const { level, highTier, timing } = isReduced ? reducedPoints(bits) : readOperatingPoints(bits)
  const [widthBits, heightBits] = [bits.bits(4) + 1, bits.bits(4) + 1]
  const [width, height] = [bits.bits(widthBits) + 1, bits.bits(heightBits) + 1]
  const ids = readIds(bits, isReduced)
  const largeBlocks = bits.flag()
  bits.bits(2)
  const tools = isReduced ? noTools : readTools(bits)
  const [hasSuperres, hasCdef, hasRestoration] = [bits.flag(), bits.flag(), bits.flag()]
  const { planes, ...colour } = readAv1Colour(bits, profile)
  return {
    profile,
    level,
    highTier,
    width,
    height,
    ...colour,
    frames: {
      isReduced,
      timing,
      width,
      height,
      widthBits,
      heightBits,
      ...ids,
      largeBlocks,
      ...tools,
      hasSuperres,
      hasCdef,
      hasRestoration,
      planes,
      hasFilmGrain: bits.flag(),
    },
  }
}

function readIds(bits: BitReader, isReduced: boolean): FrameIds {
  if (isReduced || !bits.flag()) return { idBits: 0, idDeltaBits: 0 }
  const idDeltaBits = bits.bits(4) + 2
  return { idBits: idDeltaBits + bits.bits(3) + 1, idDeltaBits }
}

const noTools: FrameTools = { orderBits: 0, hasMotionReferences: false, hasWarpedMotion: false }

/** Coding tools that reduced headers leave out. */
function readTools(bits: BitReader): FrameTools {
  bits.bits(2)
  const hasWarpedMotion = bits.flag()
  bits.flag()
  const hasOrder = bits.flag()
  if (hasOrder) bits.flag()
  const hasMotionReferences = hasOrder && bits.flag()
  const screenContent = bits.flag() ? undefined : bits.flag()
  // Where screen content tools are off for all frames, whole pixels are not spoken of.
  const wholeVectors = screenContent === false || bits.flag() ? undefined : bits.flag()
  return {
    orderBits: hasOrder ? bits.bits(3) + 1 : 0,
    hasMotionReferences,
    hasWarpedMotion,
    ...(screenContent !== undefined && { screenContent }),
    ...(wholeVectors !== undefined && { wholeVectors }),
  }
}
