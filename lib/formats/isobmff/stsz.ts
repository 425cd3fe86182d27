/** SampleSizeBox (ISO/IEC 14496-12 8.7.3.2). */
import { type Box, versionAndFlags } from './box.ts'

/**
 * The maximum number of samples in a track (24 h at 90 frames a second). One fixed size applies to any count, so the
 * box's length sets no limit.
 */
export const maxSamples = 2 ** 23

/** Sizes of all samples; `fileBytes` limits the total claimed by a fixed size. */
export function readStsz({ body }: Box, fileBytes: number): Uint32Array {
  versionAndFlags(body)
  const fixed = body.u32()
  const count = body.u32()
  if (count > maxSamples)
    body.fail('MP4_SAMPLES_MANY', `expected at most ${maxSamples} samples, got ${count}`)
  if (fixed !== 0) {
    if (fixed * count > fileBytes)
      body.fail('MP4_COUNT_RANGE', `${count} samples of ${fixed} bytes declared in a file of ${fileBytes}`)
    return new Uint32Array(count).fill(fixed)
  }
  const table = body.countedTable(count, 4)
  const sizes = new Uint32Array(table.byteLength / 4)
  for (let i = 0; i < sizes.length; i++) sizes[i] = table.getUint32(i * 4)
  return sizes
}
