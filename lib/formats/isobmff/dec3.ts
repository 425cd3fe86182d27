/** EC3SpecificBox (ETSI TS 102 366 F.6), and its extension for objects (ETSI TS 103 420). */
import { type Ac3Channels, ac3Channels, ac3Rate } from '../ac3/channels.ts'
import { BitReader } from '../bits.ts'
import type { Box } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'

/** The Enhanced AC-3 facts that manifests need; of several programmes the first, which is what players play. */
export interface Eac3Config extends Ac3Channels {
  /** Absent if halved: then only the sample entry has it. */
  readonly sampleRate?: number
  readonly programmes: number
  /** Complexity index of joint object coding, the Atmos of streaming; absent if there are no objects. */
  readonly jointObjects?: number
}

/** Channels of each location that a dependent substream may add, by bit of `chan_loc` from the lowest. */
const addedChannels = [2, 2, 1, 1, 2, 2, 2, 1, 1]
/** The same as `chanmap` locations (E.1.3.1.8). */
const addedPlaces = [0x0400, 0x0200, 0x0100, 0x0080, 0x0040, 0x0020, 0x0010, 0x0008, 0x0002]

/** Reads it; a box that ends before the extension has no objects. */
export function readDec3({ body }: Box): Eac3Config {
  const bits = new BitReader(body.take(body.left), 'dec3')
  bits.bits(13)
  const programmes = bits.bits(3) + 1
  const first = readProgramme(bits)
  for (let i = 1; i < programmes; i++) readProgramme(bits)
  if (bits.left < 16) return { ...first, programmes }
  bits.bits(7)
  return bits.flag() ? { ...first, programmes, jointObjects: bits.bits(8) } : { ...first, programmes }
}

function readProgramme(bits: BitReader): Pick<Eac3Config, 'sampleRate' | keyof Ac3Channels> {
  const sampleRate = ac3Rate(bits.bits(2))
  // bsid, a reserved bit, asvc and bsmod.
  bits.bits(5 + 1 + 1 + 3)
  const codingMode = bits.bits(3)
  let { channels, dolbyChannels } = ac3Channels(codingMode, bits.flag())
  bits.bits(3)
  if (bits.bits(4) > 0) {
    const places = bits.bits(9)
    for (const [bit, count] of addedChannels.entries()) {
      if (!((places >> bit) & 1)) continue
      channels += count
      dolbyChannels |= addedPlaces[bit] ?? 0
    }
  } else bits.bits(1)
  return { channels, dolbyChannels, ...(sampleRate && { sampleRate }) }
}

/** The fields written. */
export interface WrittenEac3Config {
  /** Of all substreams together, a second. */
  readonly kilobits: number
  readonly substreams: readonly {
    /** fscod. */
    readonly rateCode: number
    readonly bsid: number
    readonly bsmod: number
    /** acmod. */
    readonly codingMode: number
    readonly lowFrequencies: boolean
    /** Number of dependent substreams, and the `chanmap` of what they add. */
    readonly dependents: number
    readonly places: number
  }[]
  readonly jointObjects?: number
}

/** Writes it. */
export function writeDec3(to: ByteWriter, { kilobits, substreams, jointObjects }: WrittenEac3Config): void {
  to.box('dec3', () => {
    to.u16((Math.min(kilobits, 0x1fff) << 3) | (substreams.length - 1))
    for (const one of substreams) {
      to.u8((one.rateCode << 6) | (one.bsid << 1))
      to.u8((one.bsmod << 4) | (one.codingMode << 1) | (one.lowFrequencies ? 1 : 0))
      if (one.dependents === 0) to.u8(0)
      else to.u16((one.dependents << 9) | locationsOf(one.places))
    }
    if (jointObjects === undefined) return
    to.u8(1)
    to.u8(jointObjects)
  })
}

/** `chan_loc` of a `chanmap`. */
const locationsOf = (places: number): number =>
  addedPlaces.reduce((bits, place, bit) => bits | (places & place ? 1 << bit : 0), 0)
