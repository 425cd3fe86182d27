/** ContentProtection in DASH (ISO/IEC 23009-1 5.8.4.1, DASH-IF IOP part 6): public key facts only, never the key. */
import type { ContentProtection } from '../../formats/dash/index.ts'
import { SYSTEM } from '../../formats/pssh/index.ts'
import { dashedKid } from '../../timeline/key-boxes.ts'
import type { KeyFacts } from '../../timeline/timeline.ts'

/** mp4protection with the default KID, then one descriptor for each DRM system. */
export function contentProtections(scheme: 'cenc' | 'cbcs', key: KeyFacts): ContentProtection[] {
  return [
    { schemeIdUri: 'urn:mpeg:dash:mp4protection:2011', value: scheme, defaultKid: dashedKid(key.kid) },
    ...key.systems.map(({ systemId, robustness, pssh, pro, licenceUrl }) => ({
      schemeIdUri: `urn:uuid:${systemId}`,
      // DASH-IF IOP part 6, 8: `shall be equal to ClearKey1.0`.
      ...(systemId === SYSTEM.clearkey && { value: 'ClearKey1.0' }),
      ...(robustness !== undefined && { robustness }),
      ...(pssh !== undefined && { pssh }),
      ...(pro !== undefined && { pro }),
      ...(licenceUrl !== undefined && { licenceUrl }),
    })),
  ]
}
