/** AC3SpecificBox (ETSI TS 102 366 F.4). */
import { type Ac3Channels, ac3Channels, ac3Rate } from '../ac3/channels.ts'
import { BitReader } from '../bits.ts'
import type { Box } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'

/** The AC-3 facts that manifests need. */
export interface Ac3Config extends Ac3Channels {
  readonly sampleRate: number
}

/** Reads it; a reserved rate is refused, as no decoder plays it. */
export function readDac3({ body }: Box): Ac3Config {
  const bits = new BitReader(body.take(3), 'dac3')
  const rateCode = bits.bits(2)
  // bsid and bsmod.
  bits.bits(5 + 3)
  const codingMode = bits.bits(3)
  const sampleRate = ac3Rate(rateCode)
  if (!sampleRate) return body.fail('AC3_RATE', `expected a sample rate code from 0 to 2, got ${rateCode}`)
  return { sampleRate, ...ac3Channels(codingMode, bits.flag()) }
}

/** The fields written. */
export interface WrittenAc3Config {
  /** fscod. */
  readonly rateCode: number
  readonly bsid: number
  readonly bsmod: number
  /** acmod. */
  readonly codingMode: number
  readonly lowFrequencies: boolean
  /** Half of frmsizecod. */
  readonly bitRateCode: number
}

/** Writes it. */
export function writeDac3(to: ByteWriter, written: WrittenAc3Config): void {
  const { rateCode, bsid, bsmod, codingMode, lowFrequencies, bitRateCode } = written
  to.box('dac3', () => {
    to.u8((rateCode << 6) | (bsid << 1) | (bsmod >> 2))
    to.u8(((bsmod & 3) << 6) | (codingMode << 3) | (lowFrequencies ? 4 : 0) | (bitRateCode >> 3))
    to.u8((bitRateCode & 7) << 5)
  })
}
