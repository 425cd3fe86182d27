/** Edits to an XML tree that leave everything else unchanged. */
import { escapeAttribute, escapeText, printXml, type XmlElement } from '../xml/print.ts'
import { readXml } from '../xml/read.ts'
import { isNode, localName, type XmlNode, type XmlRaw } from '../xml/tree.ts'
import { NAMESPACE, namespaceOf, type Place } from './names.ts'

/** A child of an element. */
export type XmlChild = XmlNode | XmlRaw

/** The element with other children; unchanged if they are the same. */
export function withChildren(node: XmlNode, children: readonly XmlChild[]): XmlNode {
  if (children.length === node.children.length && children.every((child, i) => child === node.children[i]))
    return node
  const isClosed = node.open.endsWith('/>')
  if (!isClosed || children.length === 0) return { ...node, children }
  return { ...node, children, open: `${node.open.slice(0, -2).trimEnd()}>`, close: `</${node.name}>` }
}

/** The element with text as its only content. */
export function withText(node: XmlNode, text: string): XmlNode {
  return withChildren(node, [{ raw: escapeText(text), text }])
}

/** The element with an attribute set; its tag is rewritten, the other attributes in their order. */
export function withAttribute(node: XmlNode, name: string, value: string): XmlNode {
  const known = node.attributes.find((attribute) => attribute.name === name)
  if (known?.value === value) return node
  const attributes = known
    ? node.attributes.map((attribute) => (attribute === known ? { name, value } : attribute))
    : [...node.attributes, { name, value }]
  const text = attributes
    .map((attribute) => ` ${attribute.name}="${escapeAttribute(attribute.value)}"`)
    .join('')
  return { ...node, attributes, open: `<${node.name}${text}${node.open.endsWith('/>') ? '/>' : '>'}` }
}

/**
 * Creates an element to insert at a place: with the prefix the place uses for CPIX, and declarations of the other
 * prefixes if they are not in scope.
 */
export function elementFor(place: Place, element: XmlElement): XmlNode {
  const { name } = place.node
  const own = name.slice(0, name.length - localName(name).length)
  const used = new Set<string>()
  const renamed = rename(element, own, used)
  const missing = [...used].filter((prefix) => namespaceOf(place, prefix) !== namespaceFor(prefix))
  const declarations = Object.fromEntries(missing.map((prefix) => [`xmlns:${prefix}`, namespaceFor(prefix)]))
  const attributes = { ...declarations, ...renamed.attributes }
  return readXml(printXml({ ...renamed, attributes })).root
}

/** Children in the order of names, others last. White space and comments stay in front of the element they preceded. */
export function inOrder(children: readonly XmlChild[], names: readonly string[]): readonly XmlChild[] {
  const groups: { rank: number; members: XmlChild[] }[] = []
  let before: XmlChild[] = []
  for (const child of children) {
    before.push(child)
    if (!isNode(child)) continue
    const rank = names.indexOf(localName(child.name))
    groups.push({ rank: rank < 0 ? names.length : rank, members: before })
    before = []
  }
  const sorted = groups.toSorted((a, b) => a.rank - b.rank)
  return [...sorted.flatMap(({ members }) => members), ...before]
}

function rename(element: XmlElement, own: string, used: Set<string>): XmlElement {
  const isCpix = element.name.startsWith('cpix:')
  if (!isCpix) used.add(element.name.slice(0, element.name.indexOf(':')))
  return {
    ...element,
    name: isCpix ? own + element.name.slice('cpix:'.length) : element.name,
    children: Array.from(element.children ?? [], (child) =>
      typeof child === 'string' ? child : rename(child, own, used),
    ),
  }
}

function namespaceFor(prefix: string): string | undefined {
  return Object.entries(NAMESPACE).find(([known]) => known === prefix)?.[1]
}
