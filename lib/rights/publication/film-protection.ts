/** A film's protection as manifests read it: made before the film is shown, and made anew when anything changes. */

import { allowedCpc } from '../../formats/pssh/index.ts'
import { sha256Hex } from '../../platform/crypto/digest.ts'
import type { ContentId } from '../../timeline/ids.ts'
import type { StoredProtection } from '../../timeline/stored-protection.ts'
import { playReadyBox, widevineBox } from '../protection/key-boxes.ts'
import type { CencScheme, EncryptedPolicy } from '../protection/policy.ts'
import { assetPeriods, type ProtectionPorts } from '../protection/protect.ts'
import { isInBand } from '../protection/rotation.ts'
import { markOf } from './marks.ts'

/** A state of a content's protection, by the name that follows from it. */
export interface NamedProtection {
  readonly name: string
  /** What the edge is told of it. */
  readonly mark: string
  readonly text: string
}

/** What of a film decides its protection. */
export interface AssetToProtect {
  /** Up to where its pictures and its sound go together: keys change no further. */
  readonly commonMs: number
  /** Where licences are had, without a slash at its end. */
  readonly licenceUrl: string
}

/** The state that holds now; undefined where the film is not protected. Keys that are not there yet are made. */
export async function assetProtection(
  ports: ProtectionPorts,
  contentId: ContentId,
  { commonMs, licenceUrl }: AssetToProtect,
): Promise<NamedProtection | undefined> {
  const { policy } = await ports.protection.policy(contentId)
  if (policy.mode === 'none') return undefined
  const periods = await assetPeriods(ports, contentId, { policy, commonMs })
  const { schemes, systems, keys, hdcp, robustness, clearLeadSeconds } = policy
  const stored: StoredProtection = {
    format: 'headend-protection/1',
    schemes,
    systems,
    sharing: keys,
    licenceUrl,
    ...(hdcp && { hdcp }),
    ...(robustness && { robustness }),
    ...(robustness && {
      allowedCpc: Object.fromEntries(schemes.map((one) => [one, allowedIn(one, policy)])),
    }),
    ...(clearLeadSeconds && { clearLeadSeconds, leadPaths: true }),
    ...(isInBand(policy) && { inBand: true }),
    boxes: Object.fromEntries(
      schemes.map((scheme) => [
        scheme,
        {
          ...(systems.includes('widevine') && { widevine: widevineBox(scheme) }),
          ...(systems.includes('playready') && {
            playready: playReadyBox(scheme, `${licenceUrl}/playready`),
          }),
        },
      ]),
    ),
    periods: periods.map(({ index, fromMs, keys: made }) => ({
      index,
      fromMs,
      keys: made.map(({ label, kid, iv, checksum }) => ({ label, kid, iv, checksum })),
    })),
  }
  const text = JSON.stringify(stored)
  return { name: sha256Hex(text).slice(0, 16), text, mark: markOf(policy) }
}

/** ALLOWED-CPC for a scheme; FairPlay knows cbcs alone. */
function allowedIn(scheme: CencScheme, { systems, robustness = {} }: EncryptedPolicy): string {
  return systems
    .flatMap((system) => {
      const least = system === 'fairplay' && scheme !== 'cbcs' ? undefined : robustness[system]
      return (least !== undefined && allowedCpc(system, least)) || []
    })
    .join(',')
}
