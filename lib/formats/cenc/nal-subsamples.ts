/**
 * Subsamples of H.264 and H.265 (ISO/IEC 23001-7 9.5.2.2, CMAF 8.2.2): only slice data is encrypted, so that lengths,
 * NAL and slice headers, parameter sets, messages and captions can be read without a key.
 */
import { HeadendError } from '../../errors.ts'
import { type AvcPps, readAvcPps } from '../avc/pps.ts'
import { avcSliceHeaderBytes } from '../avc/slice-header.ts'
import { type AvcSliceFacts, readSps } from '../avc/sps.ts'
import { type HevcPps, readHevcPps } from '../hevc/pps.ts'
import { hevcSliceHeaderBytes } from '../hevc/slice-header.ts'
import { type HevcSliceFacts, readHevcSps } from '../hevc/sps.ts'
import { type Scheme, SubsampleList, type SubsampleMap } from './subsamples.ts'

/** Returns the bytes of a NAL unit that stay clear; undefined if all of it does. */
type ClearBytes = (nal: Uint8Array) => number | undefined

/** The NAL unit format of a track's samples. */
export interface NalTrack {
  /** Bytes of the length in front of each NAL unit: 1, 2 or 4. */
  readonly lengthBytes: number
  /** Parameter sets of the sample entry; those in samples are added. */
  readonly sets: readonly Uint8Array[]
}

/** The map for H.264. It throws NAL_LENGTH if lengths and sample disagree, and the errors of slice headers. */
export function avcSubsamples(scheme: Scheme, { lengthBytes, sets }: NalTrack): SubsampleMap {
  const known = { sps: new Map<number, AvcSliceFacts>(), pps: new Map<number, AvcPps>() }
  const clearBytes: ClearBytes = (nal) => {
    const type = (nal[0] ?? 0) & 31
    if (type === 1 || type === 5) return avcSliceHeaderBytes(nal, known)
    if (type >= 2 && type <= 4)
      throw new HeadendError(
        'AVC_PARTITIONS',
        `NAL unit: expected whole slices, got data partition of type ${type}`,
      )
    if (type === 7) keep(known.sps, readSps(nal).slices)
    if (type === 8) keep(known.pps, readAvcPps(nal))
    return undefined
  }
  for (const set of sets) clearBytes(set)
  return mapOf(scheme, lengthBytes, clearBytes)
}

/** The map for H.265. It throws NAL_LENGTH if lengths and sample disagree, and the errors of slice headers. */
export function hevcSubsamples(scheme: Scheme, { lengthBytes, sets }: NalTrack): SubsampleMap {
  const known = { sps: new Map<number, HevcSliceFacts>(), pps: new Map<number, HevcPps>() }
  const clearBytes: ClearBytes = (nal) => {
    const type = ((nal[0] ?? 0) >> 1) & 63
    const layer = (((nal[0] ?? 0) & 1) << 5) | ((nal[1] ?? 0) >> 3)
    if (type < 32) {
      if (layer === 0) return hevcSliceHeaderBytes(nal, known)
      throw new HeadendError('HEVC_LAYERS', `NAL unit: expected the base layer, got layer ${layer}`)
    }
    if (type === 33 && layer === 0) keep(known.sps, readHevcSps(nal).slices)
    if (type === 34 && layer === 0) keep(known.pps, readHevcPps(nal))
    return undefined
  }
  for (const set of sets) clearBytes(set)
  return mapOf(scheme, lengthBytes, clearBytes)
}

function keep<Set extends { readonly id: number }>(sets: Map<number, Set>, set: Set): void {
  sets.set(set.id, set)
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
      // With cenc only whole blocks are encrypted, and the first bytes stay clear; with cbcs the pattern handles the
      // rest.
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
