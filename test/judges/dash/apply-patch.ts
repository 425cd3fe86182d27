/**
 * Applies Patch documents (ISO/IEC 23009-1 5.15) to MPDs by the letter of RFC 5261, on trees and with the XPath of libxml2,
 * which is not ours. An operation whose selector finds other than one node fails, as does a patch for another MPD.
 */
import { XmlAttribute, XmlDocument, XmlElement, type XmlNode, XmlText } from 'libxml2-wasm'
import { type Tree, treeOf } from '../xml-tree.ts'

const mpdNamespace = 'urn:mpeg:dash:schema:mpd:2011'
const patchNamespace = 'urn:mpeg:dash:schema:mpd-patch:2020'

/** The MPD that a patch makes of one; throws where it does not fit. */
export function applyPatch(mpd: string, patch: string): string {
  const document = XmlDocument.fromString(mpd)
  const operations = XmlDocument.fromString(patch)
  try {
    const { root } = operations
    if (root.name !== 'Patch' || root.namespaceUri !== patchNamespace) throw new Error('expected a Patch')
    const said = (node: XmlElement, name: string) => node.attr(name)?.value
    if (said(root, 'mpdId') !== said(document.root, 'id')) throw new Error('expected the id of the MPD')
    if (said(root, 'originalPublishTime') !== said(document.root, 'publishTime'))
      throw new Error('expected the publishTime of the MPD')
    const all = elementsOf(root)
    if (all.length === 0) throw new Error('expected an operation')
    for (const one of all) apply(document, one)
    if (said(root, 'publishTime') !== said(document.root, 'publishTime'))
      throw new Error('expected that the publishTime becomes that of the patch')
    return document.toString()
  } finally {
    document.dispose()
    operations.dispose()
  }
}

/** A document without what means nothing: white space between elements, the order of attributes, prefixes. */
export function meaningOf(text: string): unknown {
  const bare = ({ name, namespace, attributes, children, text: said }: Tree): unknown => [
    name,
    namespace,
    attributes,
    children.length > 0 ? children.map(bare) : said.trim(),
  ]
  const root = treeOf(text)
  if (!root) throw new Error('expected well-formed XML')
  return bare(root)
}

function apply(document: XmlDocument, operation: XmlElement): void {
  const sel = operation.attr('sel')?.value ?? ''
  const found = document.find(sel.replaceAll(/\/(?=\w)/g, '/m:'), { m: mpdNamespace })
  const [node] = found
  if (!node || found.length > 1) throw new Error(`${sel}: expected one node, got ${found.length}`)
  switch (operation.name) {
    case 'remove':
      return node.remove()
    case 'replace':
      return replace(node, operation)
    case 'add':
      return add(node, operation)
    default:
      throw new Error(`expected add, replace or remove, got ${operation.name}`)
  }
}

function replace(node: XmlNode, operation: XmlElement): void {
  if (node instanceof XmlAttribute) {
    node.value = operation.content
    return
  }
  const [element, ...others] = elementsOf(operation)
  if (!(node instanceof XmlElement) || !element || others.length > 0)
    throw new Error('replace: expected one element for one')
  copyInto(node.appendElement(element.name), element)
  node.remove()
}

function add(node: XmlNode, operation: XmlElement): void {
  if (!(node instanceof XmlElement)) throw new Error('add: expected an element')
  const type = operation.attr('type')?.value
  if (type !== undefined) {
    const name = type.slice(1)
    if (!type.startsWith('@') || node.attr(name)) throw new Error(`add ${type}: expected a new attribute`)
    node.setAttr(name, operation.content)
    return
  }
  const pos = operation.attr('pos')?.value
  if (pos !== undefined && pos !== 'after') throw new Error(`add: expected no pos or after, got ${pos}`)
  let behind = node
  for (const element of elementsOf(operation)) {
    behind = pos === 'after' ? behind.appendElement(element.name) : node.addElement(element.name)
    copyInto(behind, element)
  }
}

/** Copies attributes and children; what is not of the namespace of MPDs stands out by its own. */
function copyInto(to: XmlElement, from: XmlElement): void {
  if (from.namespaceUri !== mpdNamespace) throw new Error(`${from.name}: not of an MPD's namespace`)
  for (const { name, value, prefix } of from.attrs) to.setAttr(name, value, prefix || undefined)
  for (let child = from.firstChild; child; child = child.next) {
    if (child instanceof XmlElement) copyInto(to.addElement(child.name), child)
    else if (child instanceof XmlText && child.content.trim() !== '') to.addText(child.content)
  }
}

function elementsOf(node: XmlElement): readonly XmlElement[] {
  const found: XmlElement[] = []
  for (let child = node.firstChild; child; child = child.next)
    if (child instanceof XmlElement) found.push(child)
  return found
}
