/** Names of Dolby Vision in manifests and brands (Dolby Vision Streams Within the ISO Base Media File Format, 4). */

/** The inputs of the names. */
export interface DolbyVisionFacts {
  readonly profile: number
  readonly level: number
  /** bl_signal_compatibility_id. */
  readonly compatibility: number
}

/** The Dolby Vision name of a backward compatible sample entry, by that entry and the profile. */
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
 * The supplemental codec and brand for a sample entry of `type`; undefined if there is none, or if the enhancement
 * layer is not in the stream (profile 7).
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

/** By the base layer: HDR10, SDR, HLG, and HLG that older players take for SDR. */
function brandOf(compatibility: number, transfer: number | undefined): string | undefined {
  if (compatibility === 1) return 'db1p'
  if (compatibility === 2) return 'db2g'
  if (compatibility === 4) return transfer === 14 ? 'db4g' : 'db4h'
  return undefined
}

const two = (value: number): string => String(value).padStart(2, '0')
