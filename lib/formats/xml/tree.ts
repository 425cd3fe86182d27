/** Parsed XML: every character is kept, so that writing an unchanged tree gives the same bytes. */

/** A whole document. */
export interface XmlDocument {
  /** Declaration, comments and white space before the root, unmodified. */
  readonly head: string
  readonly root: XmlNode
  readonly tail: string
}

/** An element. */
export interface XmlNode {
  /** Prefix included: `cenc:pssh`. */
  readonly name: string
  readonly attributes: readonly XmlAttribute[]
  /** Elements, and everything between them unmodified: text, comments, CDATA, instructions. */
  readonly children: readonly (XmlNode | XmlRaw)[]
  /** Start and end tag, unmodified; `close` is empty for `<a/>`. */
  readonly open: string
  readonly close: string
  /** Line of its start tag, counted from 1. */
  readonly line: number
}

/** Characters between elements. */
export interface XmlRaw {
  readonly raw: string
  /** Text with its references replaced; empty for comments and instructions. */
  readonly text: string
}

/** An attribute; its position is in `open`. */
export interface XmlAttribute {
  /** Prefix included: `cenc:default_KID`. */
  readonly name: string
  /** References replaced. */
  readonly value: string
}

/** The document as text. */
export function writeXml({ head, root, tail }: XmlDocument): string {
  return head + writeNode(root) + tail
}

/** The value of an attribute by its name without prefix. */
export function attributeOf(node: XmlNode | undefined, name: string): string | undefined {
  return node?.attributes.find((attribute) => localName(attribute.name) === name)?.value
}

/** Child elements with this name and the parent's own prefix. */
export function childrenOf(node: XmlNode | undefined, name: string): XmlNode[] {
  if (!node) return []
  const prefix = node.name.slice(0, node.name.length - localName(node.name).length)
  return node.children.filter((child): child is XmlNode => isNode(child) && child.name === prefix + name)
}

/** The first of `childrenOf`. */
export function childOf(node: XmlNode | undefined, name: string): XmlNode | undefined {
  return childrenOf(node, name)[0]
}

/** The direct text of an element, trimmed. */
export function contentOf({ children }: XmlNode): string {
  let text = ''
  for (const child of children) if (!isNode(child)) text += child.text
  return text.trim()
}

/** True if a child is an element. */
export function isNode(child: XmlNode | XmlRaw): child is XmlNode {
  return 'open' in child
}

/** A name without its prefix. */
export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

/** An element as text. */
export function writeNode({ open, children, close }: XmlNode): string {
  let text = open
  for (const child of children) text += isNode(child) ? writeNode(child) : child.raw
  return text + close
}
