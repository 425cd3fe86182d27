/** StreamMuxConfig (ISO/IEC 14496-3 1.7.3.2.3): what a LATM stream holds. */
import { HeadendError } from '../../../errors.ts'
import type { BitReader } from '../../bits.ts'

/** The only layer of the only programme. */
export interface StreamMux {
  /** AudioSpecificConfig. */
  readonly specific: Uint8Array
}

/** Reads it; refuses what has several frames, programmes or layers in one, which no broadcaster sends. */
export function readStreamMux(bits: BitReader): StreamMux {
  const version = bits.flag()
  if (version && bits.flag()) refuse('audioMuxVersionA 1')
  if (version) readValue(bits)
  if (!bits.flag()) refuse('streams with a timing of their own')
  const counts = { subFrames: bits.bits(6), programs: bits.bits(4), layers: bits.bits(3) }
  for (const [name, more] of Object.entries(counts)) if (more > 0) refuse(`${more + 1} ${name}`)
  const specific = version ? sizedConfig(bits) : foundConfig(bits)
  const lengthType = bits.bits(3)
  if (lengthType !== 0) refuse(`frameLengthType ${lengthType}`)
  bits.bits(8)
  if (bits.flag()) skipOtherData(bits, version)
  if (bits.flag()) bits.bits(8)
  return { specific }
}

function refuse(what: string): never {
  throw new HeadendError(
    'TS_CODEC_UNSUPPORTED',
    `LATM: expected one frame of one programme and layer, got ${what}`,
  )
}

/** LatmGetValue. */
function readValue(bits: BitReader): number {
  let value = 0
  for (let left = bits.bits(2) + 1; left > 0; left--) value = value * 256 + bits.bits(8)
  return value
}

function skipOtherData(bits: BitReader, version: boolean): void {
  if (version) {
    readValue(bits)
    return
  }
  for (let more = true; more; ) {
    more = bits.flag()
    bits.bits(8)
  }
}

function sizedConfig(bits: BitReader): Uint8Array {
  const count = readValue(bits)
  if (count === 0 || count > 512 || count > bits.left) refuse(`a configuration of ${count} bits`)
  const bytes = Uint8Array.from({ length: Math.ceil(count / 8) }, (_, i) => {
    const size = Math.min(8, count - i * 8)
    return bits.bits(size) << (8 - size)
  })
  return bytes
}

/** A configuration whose length is told by its content alone: AAC LC, or with SBR and PS said in front. */
function foundConfig(bits: BitReader): Uint8Array {
  const written: [value: number, count: number][] = []
  const copy = (count: number): number => {
    const value = bits.bits(count)
    written.push([value, count])
    return value
  }
  const copyRate = (): void => {
    if (copy(4) === 15) copy(24)
  }
  let objectType = copy(5)
  copyRate()
  const channels = copy(4)
  if (objectType === 5 || objectType === 29) {
    copyRate()
    objectType = copy(5)
  }
  if (objectType !== 2) refuse(`audio object type ${objectType}`)
  if (channels === 0) refuse('channels without an index')
  // GASpecificConfig: frameLengthFlag, dependsOnCoreCoder, extensionFlag.
  const shape = copy(3)
  if (shape !== 0) refuse(`GASpecificConfig ${shape}`)
  const text = written.map(([value, count]) => value.toString(2).padStart(count, '0')).join('')
  return Uint8Array.from({ length: Math.ceil(text.length / 8) }, (_, i) =>
    Number.parseInt(text.slice(i * 8, i * 8 + 8).padEnd(8, '0'), 2),
  )
}
