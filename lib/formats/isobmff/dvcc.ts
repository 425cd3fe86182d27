/** DOVIConfigurationBox under its three names (Dolby Vision Streams Within the ISO Base Media File Format, 3.2). */
import type { Box } from './box.ts'

/** The names: profiles up to 7, profiles 8 to 10, and those above. */
export const dolbyVisionBoxes = ['dvcC', 'dvvC', 'dvwC'] as const

/** The Dolby Vision facts that manifests need; the box itself is passed on unmodified. */
export interface DolbyVision {
  readonly profile: number
  readonly level: number
  /** The base layer for a player without Dolby Vision: 0 none, 1 HDR10, 2 SDR, 4 HLG. */
  readonly compatibility: number
}

/** Reads it. */
export function readDvcc({ body }: Box): DolbyVision {
  // Version, major and minor.
  body.skip(2)
  const packed = body.u16()
  return { profile: packed >> 9, level: (packed >> 3) & 63, compatibility: body.u8() >> 4 }
}
