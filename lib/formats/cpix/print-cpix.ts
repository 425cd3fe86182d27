/** Prints a CPIX document, in schema order. */
import { HeadendError } from '../../errors.ts'
import { base64Text } from '../base64.ts'
import { printXml, type XmlElement } from '../xml/print.ts'
import type { ContentKey, Cpix, DrmSystem } from './model.ts'
import { NAMESPACE } from './names.ts'
import { deliveryElement, leaf, secretElement, systemElement, usageRuleElement } from './print-elements.ts'

/**
 * The document as text. Refuses what its version can't express; what the generations only name differently (`master`
 * and `multiVariant`, DocumentKey@Algorithm) is converted. To answer somebody else's document use `completeCpix`, which
 * keeps unknown content.
 */
export function printCpix(cpix: Cpix): string {
  const { id, contentId, name, version } = cpix
  const generation = generationOf(version)
  const prefixes = usesSpeke(cpix.systems) ? NAMESPACES : NAMESPACES.filter((prefix) => prefix !== 'speke')
  return printXml({
    name: 'cpix:CPIX',
    attributes: {
      ...Object.fromEntries(prefixes.map((prefix) => [`xmlns:${prefix}`, NAMESPACE[prefix]])),
      id,
      contentId,
      name,
      version,
    },
    children: [
      ...list(
        'DeliveryDataList',
        cpix.deliveries.map((delivery) => {
          const documentKeys = delivery.documentKeys.map((key) => generation.documentKey(key))
          return deliveryElement({ ...delivery, documentKeys })
        }),
      ),
      ...list(
        'ContentKeyList',
        cpix.keys.map((key) => contentKeyElement(generation.contentKey(key))),
      ),
      ...list(
        'DRMSystemList',
        cpix.systems.map((system) => systemElement(generation.system(system))),
      ),
      ...list(
        'ContentKeyPeriodList',
        cpix.periods.map((period) => ({
          name: 'cpix:ContentKeyPeriod',
          attributes: { ...generation.period(period) },
        })),
      ),
      ...list('ContentKeyUsageRuleList', cpix.rules.map(usageRuleElement)),
      ...list(
        'UpdateHistoryItemList',
        cpix.history.map((item) => ({ name: 'cpix:UpdateHistoryItem', attributes: { ...item } })),
      ),
    ],
  })
}

function contentKeyElement(key: ContentKey): XmlElement {
  const { id, kid, explicitIV, dependsOnKey, commonEncryptionScheme, contentId, hdcp, secret } = key
  const output = hdcp?.outputProtection
  return {
    name: 'cpix:ContentKey',
    attributes: {
      id,
      kid,
      explicitIV: explicitIV && base64Text(explicitIV),
      dependsOnKey,
      commonEncryptionScheme,
      contentId,
    },
    children: [
      ...(hdcp ? [hdcpElement(hdcp.hlsHdcpLevel, output)] : []),
      ...(secret ? [secretElement(secret)] : []),
    ],
  }
}

/** `cpix:HDCPData`. */
export function hdcpElement(level: string | undefined, outputProtection: string | undefined): XmlElement {
  return {
    name: 'cpix:HDCPData',
    attributes: { HLSHDCPLevel: level },
    children: outputProtection === undefined ? [] : [leaf('cpix:HDCPOutputProtectionData', outputProtection)],
  }
}

/** The differences between 2.3 and 2.4: each function converts an item to the version, or refuses it. */
function generationOf(version: string | undefined) {
  const isNew = version === '2.4'
  if (!isNew && version !== undefined && version !== '2.3' && version !== '2.3.1')
    throw new HeadendError(
      'CPIX_VERSION',
      `CPIX@version: expected 2.3, 2.3.1 or 2.4, got ${version.slice(0, 40)}`,
    )
  const only = (members: object, names: readonly string[], from: string): void => {
    const found = names.find((name) => Reflect.get(members, name) !== undefined)
    if (found !== undefined)
      throw new HeadendError('CPIX_VERSION', `CPIX ${version ?? '2.3'}: ${found} ${from}`)
  }
  return {
    documentKey: (key: Cpix['deliveries'][number]['documentKeys'][number]) => {
      if (!isNew) only(key, ['encryptsKey'], 'comes with 2.4')
      const { algorithm, ...rest } = key
      return isNew || algorithm === undefined ? rest : key
    },
    contentKey: (key: ContentKey) => {
      if (!isNew) only(key, ['contentId', 'hdcp'], 'comes with 2.4')
      return key
    },
    period: (period: Cpix['periods'][number]) => {
      if (!isNew) only(period, ['label', 'startOffset', 'endOffset', 'duration'], 'comes with 2.4')
      return period
    },
    system: (system: DrmSystem): DrmSystem => {
      if (isNew) only(system, ['uriExtXKey', 'hds'], 'is gone since 2.4')
      else only(system, ['robustness', 'hlsAllowedCpc'], 'comes with 2.4')
      const hls = system.hls.map((signaling) => {
        if (!isNew) only(signaling, ['allowedCpc'], 'comes with 2.4')
        const { playlist } = signaling
        if (playlist !== 'master' && playlist !== 'multiVariant') return signaling
        return { ...signaling, playlist: isNew ? 'multiVariant' : 'master' }
      })
      return { ...system, hls }
    },
  }
}

function list(name: string, children: readonly XmlElement[]): XmlElement[] {
  return children.length === 0 ? [] : [{ name: `cpix:${name}`, children }]
}

function usesSpeke(systems: readonly DrmSystem[]): boolean {
  return systems.some(
    ({ keyFormat, keyFormatVersions, protectionHeader }) =>
      keyFormat !== undefined || keyFormatVersions !== undefined || protectionHeader !== undefined,
  )
}

const NAMESPACES = ['cpix', 'pskc', 'enc', 'ds', 'speke'] as const
