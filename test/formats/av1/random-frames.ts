/** Streams of AV1 frames whose headers are random bits, under random sequence headers: every branch of the syntax. */
import { HeadendError } from '../../../lib/errors.ts'
import { obuType } from '../../../lib/formats/av1/obu.ts'
import { BitWriter } from '../bit-writer.ts'
import { HeaderReader } from './traced-frames.ts'

/** Temporal units, and the bits of each one's frame header. */
export interface RandomStream {
  readonly units: Uint8Array[]
  readonly headerBits: number[]
}

/** `sequences` times a sequence header, a key frame and up to eleven frames; `seed` chooses them all. */
export function randomFrames(sequences: number, seed: number): RandomStream {
  const random = randomFrom(seed)
  const stream: RandomStream = { units: [], headerBits: [] }
  for (let i = 0; i < sequences; i++) {
    const reader = new HeaderReader()
    const sequence = randomSequence(random)
    reader.read(sequence, { type: obuType.sequenceHeader, temporalId: 0, spatialId: 0 })
    const isReduced = reader.facts?.isReduced === true
    for (let frame = 0; frame < (isReduced ? 1 : 12); frame++) {
      const payload = Uint8Array.from({ length: 400 }, () => random(256))
      if (!isReduced && frame === 0) payload[0] = 0x10 | ((payload[0] ?? 0) & 15)
      // The others are coded frames, or else every second would be shown again.
      else if (!isReduced && random(6) > 0) payload[0] = (payload[0] ?? 0) & 127
      const made = frameOf(reader, payload, random)
      if (!made && frame === 0) break
      if (!made) continue
      const before = frame === 0 ? [obu(obuType.sequenceHeader, sequence)] : []
      stream.units.push(
        Buffer.concat([obu(obuType.temporalDelimiter, new Uint8Array()), ...before, made.obu]),
      )
      stream.headerBits.push(made.bits)
    }
  }
  return stream
}

/** The payload's header with what must follow it; undefined where the bits are no header of a frame that can be. */
function frameOf(
  reader: HeaderReader,
  payload: Uint8Array,
  random: (below: number) => number,
): { readonly obu: Uint8Array; readonly bits: number } | undefined {
  const isShown = reader.facts?.isReduced === false && (payload[0] ?? 0) >= 128
  const [temporalId, spatialId] = [random(3), random(2)]
  const type = isShown ? obuType.frameHeader : obuType.frame
  const kept = [...reader.references]
  try {
    const bits = reader.read(payload, { type, temporalId, spatialId }) ?? 0
    const header = payload.slice(0, Math.ceil((bits + (isShown ? 1 : 0)) / 8))
    const last = header.length - 1
    const unused = header.length * 8 - bits
    // Nothing but zeros to the byte; a header alone has a one before them.
    header[last] = ((header[last] ?? 0) & (0xff << unused)) | (isShown ? 1 << (unused - 1) : 0)
    const tiles = isShown ? [] : [0, ...Array.from({ length: 20 }, () => 0x55)]
    return {
      obu: obu(type, Uint8Array.from([...header, ...tiles]), (temporalId << 5) | (spatialId << 3)),
      bits,
    }
  } catch (error) {
    if (!(error instanceof HeadendError)) throw error
    for (const [place, reference] of kept.entries()) reader.references[place] = reference
    return undefined
  }
}

function obu(type: number, payload: Uint8Array, layer?: number): Uint8Array {
  const head = layer === undefined ? [(type << 3) | 2] : [(type << 3) | 6, layer]
  return Uint8Array.from([...head, 128 | (payload.length & 127), payload.length >> 7, ...payload])
}

/** Whole numbers below what is asked for (xorshift). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

/** 5.5.1 with every choice open. */
function randomSequence(random: (below: number) => number): Uint8Array {
  const to = new BitWriter()
  const flag = (): boolean => {
    const value = random(2) === 1
    to.flag(value)
    return value
  }
  const number = (width: number): number => {
    const value = random(2 ** width)
    to.bits(value, width)
    return value
  }
  const profile = random(3)
  const isReduced = random(8) === 0
  to.bits(profile, 3).flag(isReduced).flag(isReduced)
  if (isReduced) number(4)
  if (isReduced) flag()
  else {
    const hasTiming = flag()
    if (hasTiming) to.bits(1, 32).bits(50, 32)
    if (hasTiming && flag()) to.ue(3)
    const hasModel = hasTiming && flag()
    const delayBits = 5
    if (hasModel) to.bits(delayBits - 1, 5).bits(1, 32)
    if (hasModel) number(5)
    if (hasModel) number(5)
    const hasDelay = flag()
    const points = random(4)
    to.bits(points, 5)
    for (let i = 0; i <= points; i++) {
      // Layers that are there: bits of temporal ones, then of spatial ones.
      to.bits(i === points ? 0 : ((1 + random(3)) << 8) | (1 + random(7)), 12)
      if (number(5) > 7) flag()
      if (hasModel && flag()) to.bits(1, delayBits).bits(2, delayBits).flag(false)
      if (hasDelay && flag()) number(4)
    }
  }
  const size = 7 + random(6)
  to.bits(size - 1, 4).bits(size - 1, 4)
  number(size)
  number(size)
  if (!isReduced && flag()) to.bits(random(8), 4).bits(random(4), 3)
  for (let i = 0; i < 3; i++) flag()
  if (!isReduced) {
    for (let i = 0; i < 4; i++) flag()
    const hasOrder = flag()
    if (hasOrder) flag()
    if (hasOrder) flag()
    const screenContent = flag() || flag()
    if (screenContent && !flag()) flag()
    if (hasOrder) number(3)
  }
  for (let i = 0; i < 3; i++) flag()
  const isHigh = flag()
  const isTwelve = profile === 2 && isHigh && flag()
  const isGrey = profile !== 1 && flag()
  to.flag(false)
  flag()
  if (isGrey) return to.flag(random(2) === 1).bytes
  const isQuartered = isTwelve ? flag() && flag() : profile === 0
  if (isQuartered) number(2)
  flag()
  flag()
  return to.bytes
}
