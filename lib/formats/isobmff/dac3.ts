/** AC3SpecificBox (ETSI TS 102 366 F.4). */
import { type Ac3Channels, ac3Channels, ac3Rate } from '../ac3/channels.ts'
import { BitReader } from '../bits.ts'
import type { Box } from './box.ts'

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
