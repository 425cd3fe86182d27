/** Fills in a CPIX document that requests keys; everything else stays as it came. */
import { base64Text } from '../base64.ts'
import type { XmlElement } from '../xml/print.ts'
import { isNode, localName, writeXml, type XmlNode } from '../xml/tree.ts'
import { elementFor, inOrder, withAttribute, withChildren, withText, type XmlChild } from './edit.ts'
import type { DocumentKey, HdcpData, MacMethod, Secret } from './model.ts'
import { isOurs, type Place, placeOf, placesOf } from './names.ts'
import { hdcpElement } from './print-cpix.ts'
import { documentKeyElement, macMethodElement, secretElement } from './print-elements.ts'
import type { CpixDocument } from './read-cpix.ts'

/** The answers to put into a document. Kids are those requested, in lower case. */
export interface CpixAnswers {
  readonly keys: ReadonlyMap<string, KeyAnswer>
  /** The signalling of a DRM system for a key; undefined for an unknown system, which stays as it came. */
  systemFor(kid: string, systemId: string): SystemAnswer | undefined
  /** Keys for each recipient, in the order of DeliveryData; without it keys are clear. */
  readonly deliveries?: readonly DeliveryAnswer[]
}

/** A key. */
export interface KeyAnswer {
  readonly secret: Secret
  /** The actual kid, if the server assigns another than requested. */
  readonly kid?: string
  /** Given even if the document does not request one. */
  readonly explicitIV?: Uint8Array
  readonly hdcp?: HdcpData
}

/**
 * Texts for the elements of a DRMSystem. A requested element without an answer is removed, as nobody could use it
 * empty, unless `keepsRest` leaves it to the system's vendor.
 */
export interface SystemAnswer {
  readonly keepsRest?: boolean
  readonly pssh?: string
  readonly contentProtection?: string
  readonly robustness?: string
  readonly hlsMedia?: string
  readonly hlsMultiVariant?: string
  readonly hlsAllowedCpc?: string
  readonly smooth?: string
  readonly hds?: string
  readonly uriExtXKey?: string
  readonly keyFormat?: string
  readonly keyFormatVersions?: string
  readonly protectionHeader?: string
}

/** The wrapped keys by which a recipient opens the content keys. */
export interface DeliveryAnswer {
  readonly documentKeys: readonly DocumentKey[]
  readonly macMethod: MacMethod
}

/** The completed document as text: elements in schema order, unknown ones last. */
export function completeCpix({ xml }: CpixDocument, answers: CpixAnswers): string {
  const deliveries = answers.deliveries?.values()
  // a Map: a requester's element may be named like a member of Object.prototype
  const items = new Map<string, (place: Place) => XmlNode>([
    ['DeliveryData', (place) => completeDelivery(place, deliveries?.next().value)],
    ['ContentKey', (place) => completeKey(place, answers.keys.get(kidOf(place)))],
    ['DRMSystem', (place) => completeSystem(place, answers)],
    ['ContentKeyUsageRule', (place) => completeRule(place, answers)],
  ])
  const root = mapOurs(placeOf(xml.root), (list) => {
    const [, item = ''] = /^(.+)List$/.exec(localName(list.node.name)) ?? []
    const complete = items.get(item)
    if (!complete) return list.node
    return mapOurs(list, (place) => (localName(place.node.name) === item ? complete(place) : place.node))
  })
  // Signatures no longer match the changed content.
  const signed = new Set(placesOf(placeOf(root), 'Signature').map(({ node }) => node))
  const children = root.children.filter((child) => !isNode(child) || !signed.has(child))
  return writeXml({ ...xml, root: withChildren(root, inOrder(children, ORDER.CPIX)) })
}

function completeRule({ node }: Place, answers: CpixAnswers): XmlNode {
  return withChildren(withKid(node, answers), inOrder(node.children, ORDER.ContentKeyUsageRule))
}

function completeKey(place: Place, answer: KeyAnswer | undefined): XmlNode {
  if (!answer) return place.node
  const { secret, kid, explicitIV, hdcp } = answer
  let { node } = place
  if (kid !== undefined) node = withAttribute(node, 'kid', kid)
  if (explicitIV) node = withAttribute(node, 'explicitIV', base64Text(explicitIV))
  const added = [
    secretElement(secret),
    ...(hdcp ? [hdcpElement(hdcp.hlsHdcpLevel, hdcp.outputProtection)] : []),
  ]
  return withAdded(place, node, { added, order: ORDER.ContentKey })
}

function completeDelivery(place: Place, answer: DeliveryAnswer | undefined): XmlNode {
  if (!answer) return place.node
  const added = [...answer.documentKeys.map(documentKeyElement), macMethodElement(answer.macMethod)]
  return withAdded(place, place.node, { added, order: ORDER.DeliveryData })
}

function completeSystem(place: Place, answers: CpixAnswers): XmlNode {
  const answer = answers.systemFor(kidOf(place), attribute(place.node, 'systemId'))
  let node = withKid(place.node, answers)
  if (answer) {
    if (answer.hlsAllowedCpc !== undefined) node = withAttribute(node, 'HLSAllowedCPC', answer.hlsAllowedCpc)
    node = withChildren(
      node,
      node.children.flatMap((child) => {
        if (!isNode(child) || !isOurs(placeOf(child, place.scope))) return [child]
        return completeSignal(child, answer)
      }),
    )
  }
  return withChildren(node, inOrder(node.children, ORDER.DRMSystem))
}

/** Fills in an element that requests a value, or removes it. */
function completeSignal(node: XmlNode, answer: SystemAnswer): XmlNode[] {
  const member = SIGNALS.get(localName(node.name))
  if (member === undefined) return [node]
  const isMedia = (attribute(node, 'playlist') || 'media') === 'media'
  const text = answer[member === 'hls' ? (isMedia ? 'hlsMedia' : 'hlsMultiVariant') : member]
  if (text === undefined) return answer.keepsRest ? [node] : []
  const told = withText(node, text)
  const { robustness } = answer
  return [
    member === 'contentProtection' && robustness !== undefined
      ? withAttribute(told, 'robustness', robustness)
      : told,
  ]
}

interface Addition {
  readonly added: readonly XmlElement[]
  readonly order: readonly string[]
}

/** The element with others added, replacing those of the same name. */
function withAdded(place: Place, node: XmlNode, { added, order }: Addition): XmlNode {
  const fresh = added.map((element) => elementFor(place, element))
  const names = new Set(fresh.map(({ name }) => localName(name)))
  const kept = node.children.filter(
    (child) => !isNode(child) || !names.has(localName(child.name)) || !isOurs(placeOf(child, place.scope)),
  )
  return withChildren(node, inOrder([...kept, ...fresh], order))
}

function withKid(node: XmlNode, { keys }: CpixAnswers): XmlNode {
  const kid = keys.get(attribute(node, 'kid'))?.kid
  return kid === undefined ? node : withAttribute(node, 'kid', kid)
}

function mapOurs(place: Place, change: (child: Place) => XmlNode): XmlNode {
  return withChildren(
    place.node,
    place.node.children.map((child): XmlChild => {
      if (!isNode(child)) return child
      const at = placeOf(child, place.scope)
      return isOurs(at) ? change(at) : child
    }),
  )
}

function kidOf({ node }: Place): string {
  return attribute(node, 'kid')
}

/** Trimmed and in lower case, as the reader has it. */
function attribute(node: XmlNode, name: string): string {
  return (node.attributes.find((one) => one.name === name)?.value ?? '').trim().toLowerCase()
}

/** Members of an answer by the elements that request them. */
const SIGNALS: ReadonlyMap<string, keyof Omit<SystemAnswer, 'keepsRest'> | 'hls'> = new Map([
  ['PSSH', 'pssh'],
  ['ContentProtectionData', 'contentProtection'],
  ['HLSSignalingData', 'hls'],
  ['SmoothStreamingProtectionHeaderData', 'smooth'],
  ['HDSSignalingData', 'hds'],
  ['URIExtXKey', 'uriExtXKey'],
  ['KeyFormat', 'keyFormat'],
  ['KeyFormatVersions', 'keyFormatVersions'],
  ['ProtectionHeader', 'protectionHeader'],
])

/** The order of children in the schemas 2.3 to 2.4, which agree where they overlap. */
const ORDER = {
  CPIX: [
    'DeliveryDataList',
    'ContentKeyList',
    'DRMSystemList',
    'ContentKeyPeriodList',
    'ContentKeyUsageRuleList',
    'UpdateHistoryItemList',
    'Signature',
  ],
  ContentKey: ['HDCPData', 'Data'],
  DeliveryData: [
    'DeliveryKey',
    'DocumentKey',
    'MACMethod',
    'Description',
    'SendingEntity',
    'SenderPointOfContact',
    'ReceivingEntity',
  ],
  DRMSystem: [
    'PSSH',
    'ContentProtectionData',
    'URIExtXKey',
    'HLSSignalingData',
    'SmoothStreamingProtectionHeaderData',
    'HDSSignalingData',
  ],
  ContentKeyUsageRule: ['KeyPeriodFilter', 'LabelFilter', 'VideoFilter', 'AudioFilter', 'BitrateFilter'],
} as const
