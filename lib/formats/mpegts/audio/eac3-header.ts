/** Bit stream information of E-AC-3 (ETSI TS 102 366 E.1.2.2). */
import { ac3Channels, ac3Rate } from '../../ac3/channels.ts'
import { BitReader } from '../../bits.ts'

/** What `dec3` has of a substream. */
export interface Eac3Substream {
  /** fscod: 3 for halved rates. */
  readonly rateCode: number
  readonly sampleRate: number
  readonly bsid: number
  readonly bsmod: number
  readonly codingMode: number
  readonly lowFrequencies: boolean
  readonly channels: number
  /** chanmap of a dependent substream; 0 if it has none. */
  readonly places: number
  /** Complexity index of joint object coding (ETSI TS 103 420 8.3.2.2); absent if there are no objects. */
  readonly jointObjects?: number
}

/** The fields that metadata depend on. */
interface Facts {
  readonly streamType: number
  readonly rateCode: number
  readonly blocksCode: number
  readonly codingMode: number
  readonly lowFrequencies: boolean
}

/** Reads a syncframe from its sync word on. */
export function readEac3Substream(frame: Uint8Array): Eac3Substream {
  const bits = new BitReader(frame, 'E-AC-3')
  bits.bits(16)
  const streamType = bits.bits(2)
  bits.bits(3 + 11)
  const rateCode = bits.bits(2)
  const second = bits.bits(2)
  const blocksCode = rateCode === 3 ? 3 : second
  const codingMode = bits.bits(3)
  const lowFrequencies = bits.flag()
  const bsid = bits.bits(5)
  // dialnorm and compr, twice for two mono programmes.
  for (let i = codingMode === 0 ? 2 : 1; i > 0; i--) {
    bits.bits(5)
    skipIf(bits, 8)
  }
  const places = streamType === 1 && bits.flag() ? bits.bits(16) : 0
  const facts = { streamType, rateCode, blocksCode, codingMode, lowFrequencies }
  if (bits.flag()) skipMixing(bits, facts)
  const bsmod = bits.flag() ? readInformation(bits, facts) : 0
  if (streamType === 0 && blocksCode !== 3) bits.bits(1)
  if (streamType === 2 && (blocksCode === 3 || bits.flag())) bits.bits(6)
  const jointObjects = bits.flag() ? readAddition(bits) : undefined
  return {
    rateCode,
    sampleRate: rateCode === 3 ? (ac3Rate(second) ?? 0) / 2 : (ac3Rate(rateCode) ?? 0),
    bsid,
    bsmod,
    codingMode,
    lowFrequencies,
    channels: ac3Channels(codingMode, lowFrequencies).channels,
    places,
    ...(jointObjects !== undefined && { jointObjects }),
  }
}

function skipIf(bits: BitReader, count: number): void {
  if (bits.flag()) bits.bits(count)
}

function skipMixing(bits: BitReader, facts: Facts): void {
  const { streamType, codingMode, lowFrequencies } = facts
  if (codingMode > 2) bits.bits(2)
  if (codingMode > 2 && codingMode & 1) bits.bits(6)
  if (codingMode & 4) bits.bits(6)
  if (lowFrequencies) skipIf(bits, 5)
  if (streamType !== 0) return
  skipIf(bits, 6)
  if (codingMode === 0) skipIf(bits, 6)
  skipIf(bits, 6)
  const definition = bits.bits(2)
  if (definition === 1) bits.bits(5)
  else if (definition === 2) bits.bits(12)
  else if (definition === 3) for (let bytes = bits.bits(5) + 2; bytes > 0; bytes--) bits.bits(8)
  if (codingMode < 2) skipIf(bits, 14)
  if (codingMode === 0) skipIf(bits, 14)
  if (bits.flag()) skipBlockMixing(bits, facts)
}

function skipBlockMixing(bits: BitReader, { blocksCode }: Facts): void {
  if (blocksCode === 0) bits.bits(5)
  else for (let block = eac3Blocks(blocksCode); block > 0; block--) skipIf(bits, 5)
}

/** Blocks of a frame by numblkscod (E.1.3.1.5). */
export const eac3Blocks = (code: number): number => [1, 2, 3, 6][code] ?? 6

function readInformation(bits: BitReader, { rateCode, codingMode }: Facts): number {
  const bsmod = bits.bits(3)
  bits.bits(2)
  if (codingMode === 2) bits.bits(4)
  if (codingMode >= 6) bits.bits(2)
  for (let i = codingMode === 0 ? 2 : 1; i > 0; i--) skipIf(bits, 8)
  if (rateCode < 3) bits.bits(1)
  return bsmod
}

/** addbsi: a flag in its first byte says that the second is the complexity of objects. */
function readAddition(bits: BitReader): number | undefined {
  const length = bits.bits(6) + 1
  bits.bits(7)
  return bits.flag() && length >= 2 ? bits.bits(8) : undefined
}
