/** What DASH says of a key (ISO/IEC 23009-1 5.8.4.1, DASH-IF IOP part 6): facts only, never the key. */
import type { ContentProtection } from '../formats/dash/mpd.ts'
import type { KeyFacts } from '../timeline/timeline.ts'

/** mp4protection with the default KID, then one descriptor for each DRM system. */
export function contentProtections(scheme: 'cenc' | 'cbcs', key: KeyFacts): ContentProtection[] {
  return [
    { schemeIdUri: 'urn:mpeg:dash:mp4protection:2011', value: scheme, defaultKid: dashed(key.kid) },
    ...key.systems.map(({ systemId, robustness, pssh, pro, licenceUrl }) => ({
      schemeIdUri: `urn:uuid:${systemId}`,
      ...(robustness !== undefined && { robustness }),
      ...(pssh !== undefined && { pssh }),
      ...(pro !== undefined && { pro }),
      ...(licenceUrl !== undefined && { licenceUrl }),
    })),
  ]
}

const dashed = (hex: string): string =>
  [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
