/** The keys named by elements of a PlayReady message, at any place and with any prefix. */
import { HeadendError } from '../../errors.ts'
import { base64Bytes } from '../base64.ts'
import { guidKid, WRM_DATA_ELEMENTS } from '../pssh/wrm-header.ts'
import { readXml } from '../xml/read.ts'
import { contentOf, isNode, localName, type XmlNode } from '../xml/tree.ts'

/** Reads a document that is a WRMHEADER (PlayReady Header Object 3); key ids are 32 hex digits each. */
export function readHeaderKeys(text: string): string[] {
  const root = readPlainXml(text)
  if (localName(root.name) !== 'WRMHEADER') throw refused(`expected WRMHEADER, got ${root.name}`)
  return namedKeys(root)
}

/** Parses XML without a document type: an external one could change the meaning of elements and text. */
export function readPlainXml(text: string): XmlNode {
  const { head, root, tail } = readXml(text)
  if (head.includes('<!DOCTYPE') || tail.includes('<!DOCTYPE')) throw refused('expected no document type')
  return root
}

/** The keys of an element and its descendants; throws if a part that names keys can't be parsed. */
export function namedKeys(node: XmlNode): string[] {
  const name = localName(node.name)
  if (/^key_?-?ids?$|^kids$/i.test(name)) refuseText(node)
  if (name === 'WRMHEADER') checkHeader(node)
  const own = /^kid$/i.test(name) ? keyOf(node) : []
  return [...own, ...elementsOf(node).flatMap(namedKeys)]
}

/** The child elements. */
export function elementsOf(node: XmlNode): XmlNode[] {
  return node.children.filter(isNode)
}

/** 4.0 has a key as text, later versions as VALUE; if both are present, both count. */
function keyOf(node: XmlNode): string[] {
  if (elementsOf(node).length > 0) throw refused(`<${node.name}>: expected a key id, got elements`)
  checkAttributes(node, /^(?:VALUE|ALGID|CHECKSUM)$/i)
  const values = node.attributes.filter(({ name }) => /^value$/i.test(localName(name)))
  const said = [contentOf(node), ...values.map(({ value }) => value.trim())].filter((text) => text !== '')
  if (said.length === 0) throw refused(`<${node.name}>: expected a key id, got none`)
  return said.map((text) => guidKid(base64Bytes(text, 'PlayReady KID')).replaceAll('-', ''))
}

/** Checks that the version is known and keys are named in DATA, in known elements only. */
function checkHeader(header: XmlNode): void {
  const version = header.attributes.find(({ name }) => name === 'version')?.value ?? ''
  if (!/^4\.[0-3]\.0\.0$/.test(version))
    throw refused(`WRMHEADER: expected 4.0.0.0 to 4.3.0.0, got ${version}`)
  const parts = elementsOf(header)
  if (parts.length === 0) throw refused('WRMHEADER: expected DATA')
  checkParts(header, ['DATA'])
  for (const data of parts) {
    checkParts(data, WRM_DATA_ELEMENTS)
    for (const part of elementsOf(data)) {
      if (localName(part.name) === 'PROTECTINFO') checkParts(part, ['KEYLEN', 'ALGID', 'KID', 'KIDS'])
      for (const kids of elementsOf(part)) if (localName(kids.name) === 'KIDS') checkParts(kids, ['KID'])
    }
  }
  if (!hasKey(header)) throw refused('WRMHEADER: expected a KID')
}

function checkParts(node: XmlNode, known: readonly string[]): void {
  checkAttributes(node, /^(?:version|LICENSEREQUESTED)$/)
  if (contentOf(node) !== '')
    throw refused(`<${node.name}>: expected elements, got text, which may name keys`)
  const strange = elementsOf(node).find(({ name }) => !known.includes(localName(name)))
  if (strange) throw refused(`<${node.name}>: <${strange.name}> is unknown and may name keys`)
}

function checkAttributes(node: XmlNode, known: RegExp): void {
  const strange = node.attributes.find(
    ({ name }) => !/^xml(?:ns)?(?::|$)/.test(name) && !known.test(localName(name)),
  )
  if (strange) throw refused(`<${node.name}>: ${strange.name} is unknown and may name keys`)
}

function hasKey(node: XmlNode): boolean {
  return elementsOf(node).some((part) => localName(part.name) === 'KID' || hasKey(part))
}

function refuseText(node: XmlNode): void {
  const hasValue = node.attributes.some(({ name }) => !/^xmlns(:|$)/.test(name))
  if (hasValue || contentOf(node) !== '')
    throw refused(`<${node.name}>: expected key ids in elements KID, got others`)
}

function refused(text: string): HeadendError {
  return new HeadendError('PLAYREADY_CHALLENGE', text)
}
