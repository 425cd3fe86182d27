/** CMAF media profiles of AAC (ISO/IEC 23000-19 annex A.3). */
import type { AacConfig } from './audio-specific-config.ts'

/** LC, HE and HE v2. */
const objectTypes = new Set([2, 5, 29])

/**
 * The narrowest brand the sound keeps to; undefined where none fits. xHE-AAC has `casu`, which asks more of
 * the frames that segments start with than a configuration can tell.
 */
export function aacBrand({ objectType, sampleRate, channels }: AacConfig): 'caac' | 'camc' | undefined {
  if (!objectTypes.has(objectType) || sampleRate > 48000 || channels > 8) return undefined
  return channels <= 2 ? 'caac' : 'camc'
}
