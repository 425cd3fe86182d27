/** Sequence header of AV1 (AV1 bitstream specification 5.5): frame size, colour, and the tools frames may use. */
import { BitReader } from '../bits.ts'
import { type Av1Colour, readAv1Colour } from './color-config.ts'
import { obusOf, obuType } from './obu.ts'
import { type OperatingPoints, readOperatingPoints, reducedPoints } from './operating-points.ts'

/** The facts that manifests and checkers need. */
export interface Av1Sequence extends Omit<Av1Colour, 'planes'> {
  readonly profile: number
  /** seq_level_idx of the first operating point. */
  readonly level: number
  readonly highTier: boolean
  /** Maximum frame size. */
  readonly width: number
  readonly height: number
  readonly frames: Av1FrameFacts
}

/** The facts needed to read a frame header. */
export interface Av1FrameFacts extends FrameIds, FrameTools, Pick<Av1Colour, 'planes'> {
  /** reduced_still_picture_header: a single key frame with few fields. */
  readonly isReduced: boolean
  readonly timing: OperatingPoints['timing']
  /** Maximum frame size, and the bits of the fields with a smaller one. */
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
  /** Bits of a frame's id and of the delta to a reference's id; 0 if frames have none. */
  readonly idBits: number
  readonly idDeltaBits: number
}

interface FrameTools {
  /** Bits of the order hint; 0 if frames have none. */
  readonly orderBits: number
  readonly hasMotionReferences: boolean
  readonly hasWarpedMotion: boolean
  /** On or off for all frames; absent if each frame says. */
  readonly screenContent?: boolean
  /** Motion vectors in whole pixels; absent if each frame says. */
  readonly wholeVectors?: boolean
}

/** The first sequence header in a sequence of OBUs (5.3); undefined if there is none. */
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

/** Reads the coding tools, which reduced headers leave out. */
function readTools(bits: BitReader): FrameTools {
  bits.bits(2)
  const hasWarpedMotion = bits.flag()
  bits.flag()
  const hasOrder = bits.flag()
  if (hasOrder) bits.flag()
  const hasMotionReferences = hasOrder && bits.flag()
  const screenContent = bits.flag() ? undefined : bits.flag()
  // If screen content tools are off for all frames, there is no field for whole pixels.
  const wholeVectors = screenContent === false || bits.flag() ? undefined : bits.flag()
  return {
    orderBits: hasOrder ? bits.bits(3) + 1 : 0,
    hasMotionReferences,
    hasWarpedMotion,
    ...(screenContent !== undefined && { screenContent }),
    ...(wholeVectors !== undefined && { wholeVectors }),
  }
}
