/** CPIX's elements in schema form, with the prefixes cpix, pskc, enc and ds. */
import { HeadendError } from '../../errors.ts'
import { base64Text } from '../base64.ts'
import { escapeText, type XmlElement, type XmlValue } from '../xml/print.ts'
import type {
  DeliveryData,
  DocumentKey,
  DrmSystem,
  EncryptedValue,
  MacMethod,
  Secret,
  UsageRule,
} from './model.ts'

/** `cpix:Data` around a secret. */
export function secretElement({ plain, encrypted, mac }: Secret): XmlElement {
  const value = plain
    ? leaf('pskc:PlainValue', base64Text(plain))
    : encrypted && encryptedElement('pskc:EncryptedValue', encrypted)
  if (!value) throw new HeadendError('CPIX_SECRET', 'Data: expected a value, clear or encrypted, got neither')
  const children = mac ? [value, leaf('pskc:ValueMAC', base64Text(mac))] : [value]
  return { name: 'cpix:Data', children: [{ name: 'pskc:Secret', children }] }
}

/** `cpix:DocumentKey`. */
export function documentKeyElement({ id, encryptsKey, algorithm, secret }: DocumentKey): XmlElement {
  return {
    name: 'cpix:DocumentKey',
    attributes: { id, encryptsKey, Algorithm: algorithm },
    children: secret ? [secretElement(secret)] : [],
  }
}

/** `cpix:MACMethod` with `pskc:MACKey`, as in the schema. */
export function macMethodElement({ algorithm, key }: MacMethod): XmlElement {
  return {
    name: 'cpix:MACMethod',
    attributes: { Algorithm: algorithm },
    children: key ? [encryptedElement('pskc:MACKey', key)] : [],
  }
}

/** `cpix:DeliveryData`. */
export function deliveryElement(delivery: DeliveryData): XmlElement {
  const { id, name, certificates, documentKeys, macMethod } = delivery
  const x509 = certificates.map((certificate) => leaf('ds:X509Certificate', base64Text(certificate)))
  return {
    name: 'cpix:DeliveryData',
    attributes: { id, name },
    children: [
      { name: 'cpix:DeliveryKey', children: [{ name: 'ds:X509Data', children: x509 }] },
      ...documentKeys.map(documentKeyElement),
      ...(macMethod ? [macMethodElement(macMethod)] : []),
      ...leafOf('cpix:Description', delivery.description),
      ...leafOf('cpix:SendingEntity', delivery.sendingEntity),
      ...leafOf('cpix:SenderPointOfContact', delivery.senderPointOfContact),
      ...leafOf('cpix:ReceivingEntity', delivery.receivingEntity),
    ],
  }
}

/** `cpix:DRMSystem`. */
export function systemElement(system: DrmSystem): XmlElement {
  const { id, kid, systemId, name, hlsAllowedCpc, robustness } = system
  return {
    name: 'cpix:DRMSystem',
    attributes: { id, kid, systemId, name, HLSAllowedCPC: hlsAllowedCpc },
    children: [
      ...leafOf('cpix:PSSH', system.pssh),
      ...leafOf('cpix:ContentProtectionData', system.contentProtection, { robustness }),
      ...leafOf('cpix:URIExtXKey', system.uriExtXKey),
      ...system.hls.flatMap(({ playlist, allowedCpc, value }) =>
        leafOf('cpix:HLSSignalingData', value, { playlist, allowedCPC: allowedCpc }),
      ),
      ...leafOf('cpix:SmoothStreamingProtectionHeaderData', system.smooth),
      ...leafOf('cpix:HDSSignalingData', system.hds),
      ...leafOf('speke:KeyFormat', system.keyFormat),
      ...leafOf('speke:KeyFormatVersions', system.keyFormatVersions),
      ...leafOf('speke:ProtectionHeader', system.protectionHeader),
    ],
  }
}

/** `cpix:ContentKeyUsageRule`; an unknown filter can't be printed, and leaving it out would change the rule. */
export function usageRuleElement(rule: UsageRule): XmlElement {
  const { id, kid, intendedTrackType, unknown } = rule
  if (unknown.length > 0)
    throw new HeadendError(
      'CPIX_USAGE',
      `ContentKeyUsageRule for KID ${kid}: filter ${unknown[0]} is not known`,
    )
  return {
    name: 'cpix:ContentKeyUsageRule',
    attributes: { id, kid, intendedTrackType },
    children: [
      ...rule.periodIds.map((periodId) => ({ name: 'cpix:KeyPeriodFilter', attributes: { periodId } })),
      ...rule.labels.map((label) => ({ name: 'cpix:LabelFilter', attributes: { label } })),
      ...rule.video.map((filter) => ({ name: 'cpix:VideoFilter', attributes: { ...filter } })),
      ...rule.audio.map((filter) => ({ name: 'cpix:AudioFilter', attributes: { ...filter } })),
      ...rule.bitrate.map((filter) => ({ name: 'cpix:BitrateFilter', attributes: { ...filter } })),
    ],
  }
}

/** An element with text only. */
export function leaf(
  name: string,
  text: string,
  attributes: Readonly<Record<string, XmlValue>> = {},
): XmlElement {
  return { name, attributes, children: text === '' ? [] : [escapeText(text)] }
}

function leafOf(name: string, text: string | undefined, attributes?: Record<string, XmlValue>): XmlElement[] {
  return text === undefined ? [] : [leaf(name, text, attributes)]
}

function encryptedElement(name: string, { algorithm, cipher }: EncryptedValue): XmlElement {
  return {
    name,
    children: [
      { name: 'enc:EncryptionMethod', attributes: { Algorithm: algorithm } },
      { name: 'enc:CipherData', children: [leaf('enc:CipherValue', base64Text(cipher))] },
    ],
  }
}
