/** Protection as manifests read it: created before an asset or channel is published, and again on every change. */

import { allowedCpc } from '../../formats/pssh/index.ts'
import { sha256Hex } from '../../platform/crypto/digest.ts'
import type { ContentId } from '../../timeline/ids.ts'
import type { StoredProtection } from '../../timeline/stored-protection.ts'
import { playReadyBox, widevineBox } from '../protection/key-boxes.ts'
import type { ProtectionPorts } from '../protection/plans.ts'
import type { CencScheme, EncryptedPolicy } from '../protection/policy.ts'
import { assetPeriods } from '../protection/protect.ts'
import { isInBand } from '../protection/rotation.ts'
import { storedPeriod, type ToTell, tellPeriods } from '../protection/tell-periods.ts'
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
  return named(policy, { ...statedBy(policy, licenceUrl), periods: periods.map(storedPeriod) })
}

/** What of a channel determines its protection. */
export interface ChannelToProtect extends Pick<ToTell, 'windowSeconds' | 'put'> {
  /** Licence URL without a trailing slash. */
  readonly licenceUrl: string
}

/** What a player has in its buffer may have left the window. */
const lateSeconds = 3600

/**
 * The protection state in force of a channel; undefined for an unprotected one. Its key periods are told by then, as far
 * back as viewers may go. It has no clear lead: it has no beginning.
 */
export async function channelProtection(
  ports: ProtectionPorts,
  contentId: ContentId,
  { licenceUrl, put, ...channel }: ChannelToProtect,
): Promise<NamedProtection | undefined> {
  const { policy } = await ports.protection.policy(contentId)
  if (policy.mode === 'none') {
    await ports.protection.putDue(contentId, undefined)
    return undefined
  }
  const windowSeconds = channel.windowSeconds + lateSeconds
  const plan = await tellPeriods(ports, contentId, { policy, windowSeconds, put })
  const oldestMs = ports.now() - 1000 * windowSeconds
  const inForce = plan.eras.filter((_era, i, eras) => (eras[i + 1]?.fromMs ?? oldestMs) >= oldestMs)
  const [first = plan.eras[0], ...later] = inForce
  const { clearLeadSeconds: _, leadPaths: __, inBand: ___, ...stated } = statedBy(policy, licenceUrl)
  return named(policy, { ...stated, periods: [], eras: [first, ...later] })
}

function named(policy: EncryptedPolicy, stored: StoredProtection): NamedProtection {
  const text = JSON.stringify(stored)
  return { name: sha256Hex(text).slice(0, 16), text, mark: markOf(policy) }
}

/** What a policy says, without its key periods. */
function statedBy(policy: EncryptedPolicy, licenceUrl: string): Omit<StoredProtection, 'periods'> {
  const { schemes, systems, keys, hdcp, robustness, clearLeadSeconds } = policy
  return {
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
  }
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
