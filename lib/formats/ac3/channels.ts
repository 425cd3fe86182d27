/** Sample rates and channels of AC-3 and Enhanced AC-3, which use the same codes (ETSI TS 102 366 4.4.1.3, 4.4.2.3). */

const rates = [48000, 44100, 32000]
/** By audio coding mode; the first is two mono programmes. */
const fullBandChannels = [2, 1, 2, 3, 3, 4, 4, 5]
/** The same as `chanmap` locations (E.1.3.1.8), the highest bit being the left channel. */
const fullBandPlaces = [0xa000, 0x4000, 0xa000, 0xe000, 0xa100, 0xe100, 0xb800, 0xf800]
const lowFrequencyPlace = 0x0001

/** The output channels of a stream. */
export interface Ac3Channels {
  readonly channels: number
  /** Bits of `chanmap`. */
  readonly dolbyChannels: number
}

/** Sample rate; undefined for the code that is reserved in AC-3 and means "half of one of these" in E-AC-3. */
export const ac3Rate = (code: number): number | undefined => rates[code]

/** Channels of a coding mode, including the one for low frequencies. */
export const ac3Channels = (codingMode: number, lowFrequencies: boolean): Ac3Channels => ({
  channels: (fullBandChannels[codingMode] ?? 0) + (lowFrequencies ? 1 : 0),
  dolbyChannels: (fullBandPlaces[codingMode] ?? 0) | (lowFrequencies ? lowFrequencyPlace : 0),
})

/** ChannelConfiguration of ISO/IEC 23091-3 by `chanmap` locations. */
const layouts: ReadonlyMap<number, number> = new Map([
  [0x4000, 1],
  [0xa000, 2],
  [0xe000, 3],
  [0xe100, 4],
  [0xf800, 5],
  [0xf801, 6],
  [0xfc01, 7],
  [0xa100, 9],
  [0xb800, 10],
  [0xf901, 11],
  [0xfa01, 12],
  [0xf811, 14],
])

/** 0 if no index matches these locations. */
export const layoutOfPlaces = (dolbyChannels: number): number => layouts.get(dolbyChannels) ?? 0
