/** CMAF media profiles of AAC (ISO/IEC 23000-19 annex A.3). */
import type { AacConfig } from './audio-specific-config.ts'

/** LC, HE and HE v2. */
const objectTypes = new Set([2, 5, 29])

/**
 * The narrowest brand the audio conforms to; undefined if none. xHE-AAC has `casu`, whose requirements on a segment's
 * first frames a configuration can't tell.
 */
export function aacBrand({ objectType, sampleRate, channels }: AacConfig): 'caac' | 'camc' | undefined {
  if (!objectTypes.has(objectType) || sampleRate > 48000 || channels > 8) return undefined
  return channels <= 2 ? 'caac' : 'camc'
}
