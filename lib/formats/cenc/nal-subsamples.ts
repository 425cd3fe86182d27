/**
 * Subsamples of H.264 and H.265 (ISO/IEC 23001-7 9.5.2.2, CMAF 8.2.2): slice data alone is protected, so that
 * lengths, NAL and slice headers, parameter sets, messages and captions can be read without a key.
 */
import { HeadendError } from '../../errors.ts'
import { type AvcParameterSets, avcSliceHeaderBytes } from '../avc/slice-header.ts'
import { type HevcParameterSets, hevcSliceHeaderBytes } from '../hevc/slice-header.ts'
import { type Scheme, SubsampleList, type SubsampleMap } from './subsamples.ts'

/** Bytes of a NAL unit that stay clear; undefined where all of it does. */
type ClearBytes = (nal: Uint8Array) => number | undefined

/** How one track's NAL units lie in its samples. */
export interface NalTrack<Sets> {
  /** Bytes of the length in front of each NAL unit: 1, 2 or 4. */
  readonly lengthBytes: number
  readonly sets: Sets
}

/** Of H.264. The map throws NAL_LENGTH where lengths and sample disagree, and what slice headers throw. */
export function avcSubsamples(
  scheme: Scheme,
  { lengthBytes, sets }: NalTrack<AvcParameterSets>,
): SubsampleMap {
  return mapOf(scheme, lengthBytes, (nal) => {
    const type = (nal[0] ?? 0) & 31
    if (type >= 2 && type <= 4)
      throw new HeadendError(
        'AVC_PARTITIONS',
        `NAL unit: expected whole slices, got data partition of type ${type}`,
      )
    return type === 1 || type === 5 ? avcSliceHeaderBytes(nal, sets) : undefined
  })
}

/** Of H.265. The map throws NAL_LENGTH where lengths and sample disagree, and what slice headers throw. */
export function hevcSubsamples(
  scheme: Scheme,
  { lengthBytes, sets }: NalTrack<HevcParameterSets>,
): SubsampleMap {
  return mapOf(scheme, lengthBytes, (nal) => {
    const type = ((nal[0] ?? 0) >> 1) & 63
    if (type >= 32) return undefined
    const layer = (((nal[0] ?? 0) & 1) << 5) | ((nal[1] ?? 0) >> 3)
    if (layer > 0)
      throw new HeadendError('HEVC_LAYERS', `NAL unit: expected the base layer, got layer ${layer}`)
    return hevcSliceHeaderBytes(nal, sets)
  })
}

function mapOf(scheme: Scheme, lengthBytes: number, clearBytes: ClearBytes): SubsampleMap {
  return (sample) => {
    const list = new SubsampleList()
    for (let at = 0; at < sample.length; ) {
      if (at + lengthBytes > sample.length) throw wrongLength(at, lengthBytes, sample.length)
      let length = 0
      for (let i = 0; i < lengthBytes; i++) length = length * 256 + (sample[at + i] ?? 0)
      const from = at + lengthBytes
      const end = from + length
      if (end > sample.length) throw wrongLength(at, lengthBytes + length, sample.length)
      const clear = length === 0 ? undefined : clearBytes(sample.subarray(from, end))
      const rest = clear === undefined ? 0 : length - clear
      // With cenc only whole blocks are protected, and the first bytes give way; with cbcs the pattern sees to it.
      const guarded = scheme === 'cenc' ? rest - (rest % 16) : rest
      list.clear(lengthBytes + length - guarded)
      list.protect(guarded)
      at = end
    }
    return list.pairs
  }
}

const wrongLength = (at: number, bytes: number, left: number): HeadendError =>
  new HeadendError('NAL_LENGTH', `NAL unit at ${at}: ${bytes} bytes declared, sample ends at ${left}`)
