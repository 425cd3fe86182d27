/** ContentProtection of an AdaptationSet by DRM system. */
import { childrenOf, contentOf, isNode, localName, type XmlNode } from '../xml/tree.ts'

/** An unmodified descriptor. */
export interface ListedContentProtection {
  /** Names with their prefixes, as written. */
  readonly attributes: Readonly<Record<string, string>>
  /** Bytes of the pssh box. */
  readonly pssh?: readonly number[]
}

/** By system; undefined if nothing is protected. Unknown systems are listed by scheme. */
export function listedProtections(
  adaptationSet: XmlNode,
): Record<string, ListedContentProtection> | undefined {
  const list = childrenOf(adaptationSet, 'ContentProtection').map(
    (node): [string, ListedContentProtection] => {
      const attributes = Object.fromEntries(node.attributes.map(({ name, value }) => [name, value]))
      const scheme = (attributes['schemeIdUri'] ?? '').toLowerCase()
      const pssh = psshOf(node)
      return [SYSTEMS.get(scheme) ?? scheme, { attributes, ...(pssh && { pssh }) }]
    },
  )
  return list.length > 0 ? Object.fromEntries(list) : undefined
}

const SYSTEMS = new Map([
  ['urn:uuid:1077efec-c0b2-4d02-ace3-3c1e52e2fb4b', 'org.w3.clearkey'],
  ['urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed', 'com.widevine.alpha'],
  ['urn:uuid:9a04f079-9840-4286-ab92-e65be0885f95', 'com.microsoft.playready'],
  ['urn:uuid:f239e769-efa3-4850-9c16-a903c6932efb', 'com.adobe.primetime'],
  ['urn:mpeg:dash:mp4protection:2011', 'mp4protection'],
])

function psshOf({ children }: XmlNode): number[] | undefined {
  const node = children.find((child): child is XmlNode => isNode(child) && localName(child.name) === 'pssh')
  const text = node && contentOf(node).replaceAll(/\s/g, '')
  if (text === undefined || !/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 === 1) return undefined
  return Array.from(atob(text), (byte) => byte.charCodeAt(0))
}
