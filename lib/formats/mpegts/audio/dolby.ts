/** AC-3 and E-AC-3 (ETSI TS 102 366 4.4.1, E.1.2): which of them it is, each frame says itself. */
import { ac3Channels, ac3Rate } from '../../ac3/channels.ts'
import { writeDac3 } from '../../isobmff/dac3.ts'
import { writeDec3 } from '../../isobmff/dec3.ts'
import type { UnitConfig } from '../units.ts'
import { audioConfig, configCache } from './audio-entry.ts'
import type { AudioRules, FrameHeader } from './audio-units.ts'
import { eac3Blocks, readEac3Substream } from './eac3-header.ts'

interface DolbyHeader extends FrameHeader {
  readonly isEnhanced: boolean
  /** All that a change of the configuration shows in. */
  readonly facts: string
}

/** kbit/s by half of frmsizecod (table 4.13). */
const bitRates = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640]
const headerBytes = 8
/** Above it is E-AC-3; up to it AC-3, of which 9 and 10 are for rates nobody uses. */
const maxAc3Id = 8
const minEac3Id = 11
const frameSamples = 1536

/** The rules of one stream. */
export function dolbyRules(): AudioRules<DolbyHeader> {
  const configs = configCache()
  return {
    headerBytes,
    headerAt,
    joinsFrames: true,
    unitOf(headers, bytes) {
      const [first] = headers
      if (!first) return undefined
      const key = headers.map(({ facts }) => facts).join()
      const config = configs(key, () => (first.isEnhanced ? eac3Config(headers, bytes) : ac3Config(bytes)))
      return { config, bytes }
    },
  }
}

function headerAt(bytes: Uint8Array, at: number): DolbyHeader | undefined {
  if (bytes[at] !== 0x0b || bytes[at + 1] !== 0x77) return undefined
  const [second = 0, third = 0, fourth = 0, fifth = 0, sixth = 0, seventh = 0] = bytes.subarray(
    at + 2,
    at + headerBytes,
  )
  const id = fifth >> 3
  if (id <= maxAc3Id) {
    const length = ac3Bytes(fourth >> 6, fourth & 63)
    const facts = `${fourth & 0xfe} ${fifth} ${sixth >> 5} ${hasLowFrequencies(sixth, seventh)}`
    return length === 0 ? undefined : { length, isEnhanced: false, facts }
  }
  if (id < minEac3Id || id > 16) return undefined
  const type = second >> 6
  const substream = (second >> 3) & 7
  if (type === 3) return undefined
  return {
    length: ((((second & 7) << 8) | third) + 1) * 2,
    isEnhanced: true,
    joins: type === 1 || substream > 0,
    blocks: fourth >> 6 === 3 ? 6 : eac3Blocks((fourth >> 4) & 3),
    facts: `${second >> 3} ${fourth} ${id}`,
  }
}

/** Table 4.13; at 44.1 kHz every other frame is a word longer. */
function ac3Bytes(rateCode: number, sizeCode: number): number {
  const kilobits = bitRates[sizeCode >> 1] ?? 0
  if (rateCode === 0) return kilobits * 4
  if (rateCode === 1) return 2 * (Math.floor((320 * kilobits) / 147) + (kilobits > 0 ? sizeCode & 1 : 0))
  return rateCode === 2 ? kilobits * 6 : 0
}

/** lfeon, in front of which stand mix levels and the surround mode (4.3.2). */
function hasLowFrequencies(sixth: number, seventh: number): boolean {
  const codingMode = sixth >> 5
  const skipped =
    (codingMode & 1 && codingMode !== 1 ? 2 : 0) + (codingMode & 4 ? 2 : 0) + (codingMode === 2 ? 2 : 0)
  return ((((sixth << 8) | seventh) >> (12 - skipped)) & 1) === 1
}

function ac3Config(frame: Uint8Array): UnitConfig {
  const [fourth = 0, fifth = 0, sixth = 0, seventh = 0] = frame.subarray(4, 8)
  const codingMode = sixth >> 5
  const lowFrequencies = hasLowFrequencies(sixth, seventh)
  const sampleRate = ac3Rate(fourth >> 6) ?? 0
  const { channels } = ac3Channels(codingMode, lowFrequencies)
  return audioConfig('ac-3', { sampleRate, channels, frameSamples }, (to) =>
    writeDac3(to, {
      rateCode: fourth >> 6,
      bsid: fifth >> 3,
      bsmod: fifth & 7,
      codingMode,
      lowFrequencies,
      bitRateCode: (fourth & 63) >> 1,
    }),
  )
}

function eac3Config(headers: readonly DolbyHeader[], bytes: Uint8Array): UnitConfig {
  const independent: { main: ReturnType<typeof readEac3Substream>; dependents: number; places: number }[] = []
  const seen = new Set<string>()
  let at = 0
  for (const { length } of headers) {
    const frame = bytes.subarray(at, at + length)
    at += length
    // Frames shorter than a unit repeat their substreams.
    const name = `${independent.length > 0 ? (frame[2] ?? 0) >> 3 : 'first'}`
    const isDependent = (frame[2] ?? 0) >> 6 === 1
    if (seen.has(name) || (independent.length > 0 && (frame[2] ?? 0) >> 3 === 0)) continue
    seen.add(name)
    const main = readEac3Substream(frame)
    const last = independent.at(-1)
    if (!isDependent) independent.push({ main, dependents: 0, places: 0 })
    else if (last) {
      last.dependents++
      last.places |= main.places
    }
  }
  const { sampleRate = 0, channels = 0 } = independent[0]?.main ?? {}
  return audioConfig('ec-3', { sampleRate, channels, frameSamples }, (to) =>
    writeDec3(to, {
      kilobits: Math.round((bytes.length * 8 * sampleRate) / frameSamples / 1000),
      substreams: independent.map(({ main, ...added }) => ({ ...main, ...added })),
      ...(independent[0]?.main.jointObjects !== undefined && {
        jointObjects: independent[0].main.jointObjects,
      }),
    }),
  )
}
