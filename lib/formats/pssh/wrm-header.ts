/** WRMHEADER 4.0 to 4.3: the XML in a PlayReady Object (PlayReady Header Object 3). */
import { HeadendError } from '../../errors.ts'
import { base64Bytes, base64Text } from '../base64.ts'
import { optional } from '../optional.ts'
import { uuidBytes, uuidText } from '../uuid.ts'
import { escapeText } from '../xml/print.ts'
import { readXml } from '../xml/read.ts'
import {
  attributeOf,
  childOf,
  childrenOf,
  contentOf,
  isNode,
  localName,
  writeNode,
  type XmlNode,
} from '../xml/tree.ts'

/** The content of a header; kids as UUIDs, independent of their byte order in the header. */
export interface WrmHeader {
  /** `4.0.0.0` to `4.3.0.0`. */
  readonly version: string
  readonly kids: readonly WrmKid[]
  readonly laUrl?: string
  readonly luiUrl?: string
  /** Id of a domain service, unparsed. */
  readonly dsId?: string
  /** Markup in CUSTOMATTRIBUTES, unmodified. */
  readonly customAttributes?: string
  /** `ONDEMAND`: the licence comes with the media, from 4.1. */
  readonly decryptorSetup?: string
  /** True if the client shall request a licence in advance, from 4.2. */
  readonly licenseRequested?: boolean
  /** Markup of other elements in DATA, unmodified. */
  readonly unknown?: string
}

/** A key in the header. */
export interface WrmKid {
  readonly kid: string
  /** AESCTR, AESCBC, COCKTAIL; absent if the header leaves it to the client. */
  readonly algId?: string
  /** Base64, unparsed. */
  readonly checksum?: string
}

/** Reads the text of a record of type 1. */
export function readWrmHeader(text: string): WrmHeader {
  const { root } = readXml(text)
  const data = childOf(root, 'DATA')
  const version = attributeOf(root, 'version')
  if (localName(root.name) !== 'WRMHEADER' || !data || version === undefined)
    throw new HeadendError('PLAYREADY_HEADER', `expected WRMHEADER with a version and DATA, got ${root.name}`)
  const protectInfo = childOf(data, 'PROTECTINFO')
  const requested = attributeOf(protectInfo, 'LICENSEREQUESTED')
  const custom = childOf(data, 'CUSTOMATTRIBUTES')
  const strange = data.children.filter(
    (child) => isNode(child) && !WRM_DATA_ELEMENTS.includes(localName(child.name)),
  )
  return {
    version,
    kids: version.startsWith('4.0') ? kid40(data) : laterKids(protectInfo),
    ...optional('laUrl', textOf(data, 'LA_URL')),
    ...optional('luiUrl', textOf(data, 'LUI_URL')),
    ...optional('dsId', textOf(data, 'DS_ID')),
    ...optional('customAttributes', custom && inner(custom)),
    ...optional('decryptorSetup', textOf(data, 'DECRYPTORSETUP')),
    ...optional('licenseRequested', requested === undefined ? undefined : requested === 'true'),
    ...optional('unknown', strange.length > 0 ? markup(strange) : undefined),
  }
}

/**
 * The header as Microsoft's own tools write it: no white space, closing tags, attributes in alphabetical order. Refuses
 * what a version can't express.
 */
export function printWrmHeader(header: WrmHeader): string {
  const { version, kids, licenseRequested } = header
  const minor = minorOf(header)
  const [first] = kids
  const requested = licenseRequested === undefined ? '' : ` LICENSEREQUESTED="${licenseRequested}"`
  const keys =
    minor === 0
      ? `<KEYLEN>16</KEYLEN><ALGID>${first?.algId ?? 'AESCTR'}</ALGID>`
      : minor === 1
        ? kids.map(printKid).join('')
        : element('KIDS', kids.map(printKid).join(''))
  return (
    `<WRMHEADER xmlns="${NAMESPACE}" version="${version}"><DATA>` +
    `<PROTECTINFO${requested}>${keys}</PROTECTINFO>` +
    (minor === 0 && first ? element('KID', guidText(first.kid)) : '') +
    (minor === 0 && first?.checksum !== undefined ? element('CHECKSUM', first.checksum) : '') +
    printText('LA_URL', header.laUrl) +
    printText('LUI_URL', header.luiUrl) +
    printText('DS_ID', header.dsId) +
    (header.customAttributes === undefined ? '' : element('CUSTOMATTRIBUTES', header.customAttributes)) +
    printText('DECRYPTORSETUP', header.decryptorSetup) +
    `${header.unknown ?? ''}</DATA></WRMHEADER>`
  )
}

/** A kid in base64 in PlayReady's byte order: the first three fields of the GUID little-endian. */
export function guidText(kid: string): string {
  return base64Text(guidBytes(kid))
}

/** A kid's bytes in that order. */
function guidBytes(kid: string): Uint8Array<ArrayBuffer> {
  return swapped(uuidBytes(kid, 'PlayReady KID'))
}

/**
 * CHECKSUM of a key for AESCTR: the first eight bytes of the kid encrypted with the key by AES-128 in ECB mode.
 * `encipher` encrypts one block of 16 bytes.
 */
export function playReadyChecksum(kid: string, encipher: (block: Uint8Array) => Uint8Array): string {
  return base64Text(encipher(guidBytes(kid)).subarray(0, 8))
}

function kid40(data: XmlNode): WrmKid[] {
  const kid = textOf(data, 'KID')
  if (kid === undefined) return []
  const algId = textOf(childOf(data, 'PROTECTINFO'), 'ALGID')
  const checksum = textOf(data, 'CHECKSUM')
  return [{ kid: kidOf(kid), ...optional('algId', algId), ...optional('checksum', checksum) }]
}

/** 4.1 has one KID in PROTECTINFO, 4.2 and 4.3 have them in KIDS. */
function laterKids(protectInfo: XmlNode | undefined): WrmKid[] {
  const nodes = [...childrenOf(protectInfo, 'KID'), ...childrenOf(childOf(protectInfo, 'KIDS'), 'KID')]
  return nodes.map((node) => {
    const algId = attributeOf(node, 'ALGID')
    const checksum = attributeOf(node, 'CHECKSUM')
    return {
      kid: kidOf(attributeOf(node, 'VALUE') ?? ''),
      ...optional('algId', algId),
      ...optional('checksum', checksum),
    }
  })
}

function kidOf(value: string): string {
  return guidKid(base64Bytes(value, 'PlayReady KID'))
}

/** The UUID of a GUID's bytes. */
export function guidKid(bytes: Uint8Array<ArrayBuffer>): string {
  if (bytes.length !== 16)
    throw new HeadendError('PLAYREADY_KID', `KID: expected 16 bytes, got ${bytes.length}`)
  return uuidText(swapped(bytes))
}

function swapped(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  bytes.subarray(0, 4).reverse()
  bytes.subarray(4, 6).reverse()
  bytes.subarray(6, 8).reverse()
  return bytes
}

function minorOf({ version, kids, licenseRequested, decryptorSetup }: WrmHeader): number {
  const minor = VERSIONS.indexOf(version)
  if (minor < 0) throw refused(`expected one of ${VERSIONS.join(', ')}, got ${JSON.stringify(version)}`)
  if (minor < 2 && kids.length > 1) throw refused(`${version}: expected one key, got ${kids.length}`)
  if (minor < 1 && decryptorSetup !== undefined) throw refused(`${version}: DECRYPTORSETUP comes with 4.1`)
  if (minor < 2 && licenseRequested !== undefined)
    throw refused(`${version}: LICENSEREQUESTED comes with 4.2`)
  for (const { algId, checksum } of kids) {
    if (algId !== undefined && !ALGORITHMS.includes(algId))
      throw refused(`ALGID: expected one of ${ALGORITHMS.join(', ')}, got ${JSON.stringify(algId)}`)
    if (algId === 'AESCBC' && minor < 3) throw refused(`${version}: AESCBC comes with 4.3`)
    if (algId === 'AESCBC' && checksum !== undefined) throw refused('a key of AESCBC has no CHECKSUM')
  }
  return minor
}

function printKid({ kid, algId, checksum }: WrmKid): string {
  const algorithm = algId === undefined ? '' : ` ALGID="${algId}"`
  const sum = checksum === undefined ? '' : ` CHECKSUM="${checksum}"`
  return `<KID${algorithm}${sum} VALUE="${guidText(kid)}"></KID>`
}

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`
}

function printText(name: string, value: string | undefined): string {
  return value === undefined ? '' : element(name, escapeText(value))
}

function textOf(node: XmlNode | undefined, name: string): string | undefined {
  const child = childOf(node, name)
  return child && contentOf(child)
}

function inner(node: XmlNode): string {
  return markup(node.children)
}

function markup(children: XmlNode['children']): string {
  return children.map((child) => (isNode(child) ? writeNode(child) : child.raw)).join('')
}

const NAMESPACE = 'http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader'
const VERSIONS = ['4.0.0.0', '4.1.0.0', '4.2.0.0', '4.3.0.0']
const ALGORITHMS = ['AESCTR', 'AESCBC', 'COCKTAIL']
/** The elements allowed in a header's DATA (PlayReady Header Object 3). */
export const WRM_DATA_ELEMENTS: readonly string[] = [
  'PROTECTINFO',
  'KID',
  'CHECKSUM',
  'LA_URL',
  'LUI_URL',
  'DS_ID',
  'CUSTOMATTRIBUTES',
  'DECRYPTORSETUP',
]

function refused(what: string): HeadendError {
  return new HeadendError('PLAYREADY_HEADER', `WRMHEADER ${what}`)
}
