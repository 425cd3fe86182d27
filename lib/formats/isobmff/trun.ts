/** TrackRunBox (ISO/IEC 14496-12 8.8.8): contiguous samples. */
import { type Box, versionAndFlags } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'
import { maxSamples } from './stsz.ts'

/** One run; absent columns have the fragment's default. */
export interface TrackRun {
  readonly count: number
  readonly dataOffset?: number
  readonly firstFlags?: number
  readonly durations?: Uint32Array
  readonly sizes?: Uint32Array
  readonly flags?: Uint32Array
  readonly compositionOffsets?: Int32Array
}

const has = { dataOffset: 1, firstFlags: 4, duration: 0x100, size: 0x200, flags: 0x400, composition: 0x800 }

/** Reads versions 0 and 1; offsets are signed in both, as in `ctts`. */
export function readTrun({ body }: Box): TrackRun {
  const { flags } = versionAndFlags(body)
  const count = body.u32()
  const dataOffset = flags & has.dataOffset ? body.i32() : undefined
  const firstFlags = flags & has.firstFlags ? body.u32() : undefined
  const columns = [has.duration, has.size, has.flags, has.composition].map((bit) => (flags & bit) !== 0)
  const stride = columns.filter(Boolean).length * 4
  if (stride === 0 && count > maxSamples)
    body.fail('MP4_SAMPLES_MANY', `expected at most ${maxSamples} samples, got ${count}`)
  const table = body.table(count, stride)
  let at = 0
  const column = (present: boolean | undefined): Uint32Array | undefined => {
    if (!present) return undefined
    const values = new Uint32Array(count)
    for (let i = 0; i < count; i++) values[i] = table.getUint32(i * stride + at)
    at += 4
    return values
  }
  const [durations, sizes, sampleFlags, offsets] = columns.map(column)
  return {
    count,
    ...(dataOffset !== undefined && { dataOffset }),
    ...(firstFlags !== undefined && { firstFlags }),
    ...(durations && { durations }),
    ...(sizes && { sizes }),
    ...(sampleFlags && { flags: sampleFlags }),
    ...(offsets && { compositionOffsets: new Int32Array(offsets.buffer) }),
  }
}

/** Writes version 1, whose composition offsets are signed. */
export function writeTrun(to: ByteWriter, run: TrackRun): void {
  const { count, dataOffset, firstFlags, durations, sizes, flags, compositionOffsets } = run
  const bits =
    (dataOffset === undefined ? 0 : has.dataOffset) |
    (firstFlags === undefined ? 0 : has.firstFlags) |
    (durations ? has.duration : 0) |
    (sizes ? has.size : 0) |
    (flags ? has.flags : 0) |
    (compositionOffsets ? has.composition : 0)
  to.fullBox('trun', 1, bits, () => {
    to.u32(count)
    if (dataOffset !== undefined) to.i32(dataOffset)
    if (firstFlags !== undefined) to.u32(firstFlags)
    for (let i = 0; i < count; i++) {
      if (durations) to.u32(durations[i] ?? 0)
      if (sizes) to.u32(sizes[i] ?? 0)
      if (flags) to.u32(flags[i] ?? 0)
      if (compositionOffsets) to.i32(compositionOffsets[i] ?? 0)
    }
  })
}
