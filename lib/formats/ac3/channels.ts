/** Rates and channels of AC-3 and Enhanced AC-3, which state them in the same codes (ETSI TS 102 366 4.4.1.3, 4.4.2.3). */

const rates = [48000, 44100, 32000]
/** By audio coding mode; the first is two programmes of one channel each. */
const fullBandChannels = [2, 1, 2, 3, 3, 4, 4, 5]

/** Samples a second; undefined for the code that is reserved in AC-3 and says "half of one of these" in E-AC-3. */
export const ac3Rate = (code: number): number | undefined => rates[code]

/** Channels of a coding mode, the one for low frequencies counted. */
export const ac3Channels = (codingMode: number, lowFrequencies: boolean): number =>
  (fullBandChannels[codingMode] ?? 0) + (lowFrequencies ? 1 : 0)
