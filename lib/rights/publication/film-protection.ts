/** An asset's protection as manifests read it: created before the asset is published, and again on every change. */

import { allowedCpc } from '../../formats/pssh/index.ts'
import { sha256Hex } from '../../platform/crypto/digest.ts'
import type { ContentId } from '../../timeline/ids.ts'
import type { StoredProtection } from '../../timeline/stored-protection.ts'
import { playReadyBox, widevineBox } from '../protection/key-boxes.ts'
import type { CencScheme, EncryptedPolicy } from '../protection/policy.ts'
import { assetPeriods, type ProtectionPorts } from '../protection/protect.ts'
import { isInBand } from '../protection/rotation.ts'
import { markOf } from './marks.ts'

/** A protection state, named by its hash. */
export interface NamedProtection {
  readonly name: string
  /** The edge mark of the state. */
  readonly mark: string
  readonly text: string
}

/** The parts of an asset that determine its protection. */
export interface AssetToProtect {
  /** Length for which both video and audio exist: keys do not change after it. */
  readonly commonMs: number
  /** Licence URL without a trailing slash. */
  readonly licenceUrl: string
}

/** The protection state in force; undefined for an unprotected asset. Creates missing keys. */
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

/** ALLOWED-CPC for a scheme; FairPlay supports only cbcs. */
function allowedIn(scheme: CencScheme, { systems, robustness = {} }: EncryptedPolicy): string {
  return systems
    .flatMap((system) => {
      const least = system === 'fairplay' && scheme !== 'cbcs' ? undefined : robustness[system]
      return (least !== undefined && allowedCpc(system, least)) || []
    })
    .join(',')
}
