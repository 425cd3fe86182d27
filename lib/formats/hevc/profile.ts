/** Profile, tier and level at the start of a sequence parameter set of H.265 (ISO/IEC 23008-2 7.3.2.2, 7.3.3). */
import { HeadendError } from '../../errors.ts'
import { withoutEmulation } from '../nal.ts'
import type { HevcProfile } from './codec-string.ts'

/** With what stands in front of it. */
export interface HevcProfileTierLevel extends HevcProfile {
  /** Temporal sub-layers, from 1. */
  readonly subLayers: number
  /** sps_temporal_id_nesting_flag. */
  readonly isNested: boolean
}

/** Two bytes of header, one of sub-layers, 12 of the general profile, tier and level. */
const prefixBytes = 15

/** Reads one NAL unit, its two header bytes included. */
export function readHevcProfile(nal: Uint8Array): HevcProfileTierLevel {
  const rbsp = withoutEmulation(nal.subarray(0, prefixBytes * 2))
  if (rbsp.length < prefixBytes)
    throw new HeadendError('BITS_END', `sps: expected at least ${prefixBytes} bytes, got ${rbsp.length}`)
  const view = new DataView(rbsp.buffer, rbsp.byteOffset, rbsp.length)
  const layers = view.getUint8(2)
  const profile = view.getUint8(3)
  return {
    subLayers: ((layers >> 1) & 7) + 1,
    isNested: (layers & 1) === 1,
    space: profile >> 6,
    highTier: (profile & 32) !== 0,
    profile: profile & 31,
    compatibility: view.getUint32(4),
    constraints: rbsp.slice(8, 14),
    level: view.getUint8(14),
  }
}
