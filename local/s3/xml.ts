/** The little XML that S3 speaks: element trees without attributes that matter, namespaces or DTDs. */
import { malformedXml } from './faults.ts'

export interface XmlElement {
  readonly name: string
  readonly text: string
  readonly children: readonly XmlElement[]
}

/** What an element holds when it is printed: text, a list of children, or nothing. */
export type XmlContent = string | number | boolean | readonly (XmlNode | undefined)[]
export type XmlNode = readonly [
  name: string,
  content: XmlContent,
  attributes?: Readonly<Record<string, string>>,
]

/** A whole document with the namespace S3 uses. */
export const xmlDocument = (name: string, content: readonly (XmlNode | undefined)[]) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${printAll(content)}</${name}>`

/** A document without a namespace: errors. */
export const plainXmlDocument = (name: string, content: readonly (XmlNode | undefined)[]) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${name}>${printAll(content)}</${name}>`

const printAll = (nodes: readonly (XmlNode | undefined)[]): string =>
  nodes.map((node) => (node ? print(node) : '')).join('')

function print([name, content, attributes = {}]: XmlNode): string {
  const start = [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${escapeText(value)}"`)]
  const open = `<${start.join(' ')}>`
  if (typeof content === 'object') return `${open}${printAll(content)}</${name}>`
  return `${open}${escapeText(String(content))}</${name}>`
}

const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
/** Text as the content of an element or the value of an attribute. */
export const escapeText = (text: string): string =>
  // Control characters are no XML 1.0, but keys may hold them, and S3 writes them so.
  text.replace(
    /[&<>"\p{Cc}\ufffe\uffff]/gu,
    (char) => named[char] ?? `&#x${char.charCodeAt(0).toString(16)};`,
  )

const maxDepth = 16

/** Parses a document and returns its root, which must have the given name. */
export function parseXml(text: string, rootName: string): XmlElement {
  const token =
    /<\?[^]*?\?>|<!--[^]*?-->|<!\[CDATA\[([^]*?)\]\]>|<(\/?)([^\s<>/!?]+)([^<>]*?)(\/?)>|([^<]+)|</g
  const open: { name: string; text: string; children: XmlElement[] }[] = [
    { name: '', text: '', children: [] },
  ]
  for (const [, cdata, close, tag, , empty, chars] of text.replace(/^\uFEFF/, '').matchAll(token)) {
    const top = open.at(-1)
    if (!top) throw malformedXml()
    if (cdata !== undefined) top.text += cdata
    else if (chars !== undefined) top.text += unescapeText(chars)
    else if (tag === undefined) continue
    else if (close === '/') {
      open.pop()
      const parent = open.at(-1)
      if (top.name !== localName(tag) || !parent) throw malformedXml()
      parent.children.push(top)
    } else {
      const element = { name: localName(tag), text: '', children: [] }
      if (empty === '/') top.children.push(element)
      else open.push(element)
      if (open.length > maxDepth) throw malformedXml()
    }
  }
  const root = open[0]?.children[0]
  if (open.length !== 1 || open[0]?.children.length !== 1 || root?.name !== rootName) throw malformedXml()
  return root
}

const localName = (name: string) => name.slice(name.indexOf(':') + 1)

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const unescapeText = (text: string) =>
  text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi,
    (_, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) {
        const char = entities[name]
        if (char === undefined) throw malformedXml()
        return char
      }
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      if (code > 0x10ffff) throw malformedXml()
      return String.fromCodePoint(code)
    },
  )

/** The children of a name. */
export const elements = (parent: XmlElement, name: string): readonly XmlElement[] =>
  parent.children.filter((child) => child.name === name)

/** The text of the first child of a name. */
export const textOf = (parent: XmlElement, name: string): string | undefined =>
  parent.children.find((child) => child.name === name)?.text

/** The text of a child that must be there. */
export function requiredText(parent: XmlElement, name: string): string {
  const text = textOf(parent, name)
  if (text === undefined) throw malformedXml()
  return text
}

/** The whole number in a child, if there is one. */
export function integerOf(parent: XmlElement, name: string): number | undefined {
  const text = textOf(parent, name)?.trim()
  if (text === undefined) return undefined
  if (!/^\d{1,10}$/.test(text)) throw malformedXml()
  return Number(text)
}
