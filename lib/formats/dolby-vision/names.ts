/** How Dolby Vision is named in manifests and brands (Dolby Vision Streams Within the ISO Base Media File Format, 4). */

/** What the names are made of. */
export interface DolbyVisionFacts {
  readonly profile: number
  readonly level: number
  /** bl_signal_compatibility_id. */
  readonly compatibility: number
}

/** The Dolby Vision name of a sample entry that plain players know as well, by that entry and the profile. */
const enhanced: Readonly<Record<string, { readonly profile: number; readonly entry: string }>> = {
  hvc1: { profile: 8, entry: 'dvh1' },
  hev1: { profile: 8, entry: 'dvhe' },
  avc1: { profile: 9, entry: 'dva1' },
  avc3: { profile: 9, entry: 'dvav' },
  av01: { profile: 10, entry: 'dav1' },
}

/** `dvh1.05.06`. */
export const dolbyVisionName = (entry: string, { profile, level }: DolbyVisionFacts): string =>
  `${entry}.${two(profile)}.${two(level)}`

/**
 * Name and brand of what else plays a sample entry of `type`; undefined where it is plain to every player, or
 * where the layer that makes the difference is not in the stream (profile 7).
 */
export function supplementalDolbyVision(
  type: string,
  facts: DolbyVisionFacts,
  transfer: number | undefined,
): { readonly name: string; readonly brand: string } | undefined {
  const known = enhanced[type]
  const brand = brandOf(facts.compatibility, transfer)
  if (known?.profile !== facts.profile || !brand) return undefined
  return { name: dolbyVisionName(known.entry, facts), brand }
}

/** By what the pictures are without it: HDR10, SDR, HLG, and HLG that says SDR to players before it. */
function brandOf(compatibility: number, transfer: number | undefined): string | undefined {
  if (compatibility === 1) return 'db1p'
  if (compatibility === 2) return 'db2g'
  if (compatibility === 4) return transfer === 14 ? 'db4g' : 'db4h'
  return undefined
}

const two = (value: number): string => String(value).padStart(2, '0')
