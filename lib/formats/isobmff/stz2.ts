/** CompactSampleSizeBox (ISO/IEC 14496-12 8.7.3.3): sizes in 4, 8 or 16 bits. */
import { type Box, versionAndFlags } from './box.ts'
import { maxSamples } from './stsz.ts'

/** Sizes of all samples. */
export function readStz2({ body }: Box): Uint32Array {
  versionAndFlags(body)
  body.skip(3)
  const bits = body.u8()
  const count = body.u32()
  if (bits !== 4 && bits !== 8 && bits !== 16)
    body.fail('MP4_FIELD_SIZE', `expected a field size of 4, 8 or 16 bits, got ${bits}`)
  if (count > maxSamples)
    body.fail('MP4_SAMPLES_MANY', `expected at most ${maxSamples} samples, got ${count}`)
  const table = body.table(Math.ceil((count * bits) / 8), 1)
  const sizes = new Uint32Array(count)
  for (let i = 0; i < count; i++) {
    if (bits === 16) sizes[i] = table.getUint16(i * 2)
    else if (bits === 8) sizes[i] = table.getUint8(i)
    else sizes[i] = i % 2 === 0 ? table.getUint8(i >> 1) >> 4 : table.getUint8(i >> 1) & 15
  }
  return sizes
}
