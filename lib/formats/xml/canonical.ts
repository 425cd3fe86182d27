/**
 * Canonical XML 1.0 and 1.1 without comments (W3C REC-xml-c14n), for documents without a document type: the form that
 * is signed.
 */
import { HeadendError } from '../../errors.ts'
import { replaceReferences } from './references.ts'
import { isNode, localName, type XmlDocument, type XmlNode, type XmlRaw } from './tree.ts'

/** A document, or one of its elements, without the element of its own signature. */
export interface CanonicalPart {
  /** @default the whole document */
  readonly apex?: XmlNode
  /** Omitted with its content: the enveloped-signature transform (XML Signature 6.6.4). */
  readonly without?: XmlNode
}

/** The canonical form; throws XML_CANONICAL if it depends on something unsupported. */
export function canonicalXml(document: XmlDocument, { apex, without }: CanonicalPart = {}): string {
  const out: string[] = []
  if (apex) printApex(out, { path: pathTo(document.root, apex), without })
  else {
    for (const one of instructionsIn(document.head)) out.push(one, '\n')
    printApex(out, { path: [document.root], without })
    for (const one of instructionsIn(document.tail)) out.push('\n', one)
  }
  return out.join('')
}

/** Namespaces by prefix, the empty prefix for the default one. */
type Scope = ReadonlyMap<string, string>

interface Context {
  readonly scope: Scope
  /** The namespaces declared by ancestors in the output. */
  readonly rendered: Scope
  /** `xml:lang` and `xml:space` of ancestors that are not part of the output (Canonical XML 1.1 2.4). */
  readonly inherited: ReadonlyMap<string, string>
  readonly without: XmlNode | undefined
}

const nothing: ReadonlyMap<string, string> = new Map()

function printApex(
  out: string[],
  { path, without }: { readonly path: readonly XmlNode[]; readonly without: XmlNode | undefined },
): void {
  let scope = nothing
  const inherited = new Map<string, string>()
  for (const ancestor of path.slice(0, -1)) {
    scope = scopeOf(ancestor, scope)
    for (const { name, value } of ancestor.attributes) {
      if (name === 'xml:base') throw refused('expected no xml:base around a part')
      if (name === 'xml:lang' || name === 'xml:space') inherited.set(name, value)
    }
  }
  const apex = path.at(-1)
  if (apex) print(out, apex, { scope, rendered: nothing, inherited, without })
}

function print(out: string[], node: XmlNode, { scope: around, rendered, inherited, without }: Context): void {
  const scope = scopeOf(node, around)
  const declared = [...scope].filter(
    ([prefix, namespace]) => prefix !== 'xml' && (rendered.get(prefix) ?? '') !== namespace,
  )
  const attributes = new Map(inherited)
  for (const { name, value } of node.attributes) if (!isDeclaration(name)) attributes.set(name, value)
  out.push('<', node.name)
  for (const [prefix, namespace] of declared.toSorted(([a], [b]) => compare(a, b)))
    out.push(prefix === '' ? ' xmlns' : ` xmlns:${prefix}`, '="', attributeText(namespace), '"')
  const sorted = [...attributes].map(([name, value]) => ({
    name,
    value,
    namespace: namespaceOf(name, scope),
  }))
  sorted.sort((a, b) => compare(a.namespace, b.namespace) || compare(localName(a.name), localName(b.name)))
  for (const { name, value } of sorted) out.push(' ', name, '="', attributeText(value), '"')
  out.push('>')
  const inside = { scope, rendered: new Map([...rendered, ...declared]), inherited: nothing, without }
  for (const child of node.children) {
    if (!isNode(child)) out.push(between(child))
    else if (child !== without) print(out, child, inside)
  }
  out.push('</', node.name, '>')
}

const MOST_NAMESPACES = 64

const isDeclaration = (name: string): boolean => name === 'xmlns' || name.startsWith('xmlns:')

function scopeOf({ attributes }: XmlNode, around: Scope): Scope {
  const declared = attributes.filter(({ name }) => isDeclaration(name))
  if (declared.length === 0) return around
  const scope = new Map(around)
  for (const { name, value } of declared) scope.set(name.slice('xmlns:'.length), value)
  // More would take quadratic time.
  if (scope.size > MOST_NAMESPACES)
    throw refused(`expected at most ${MOST_NAMESPACES} namespaces, got ${scope.size}`)
  return scope
}

/** The namespace of an attribute: without a prefix it has none. */
function namespaceOf(name: string, scope: Scope): string {
  const colon = name.indexOf(':')
  if (colon < 0) return ''
  const prefix = name.slice(0, colon)
  if (prefix === 'xml') return 'http://www.w3.org/XML/1998/namespace'
  const namespace = scope.get(prefix)
  if (namespace !== undefined) return namespace
  throw refused(`expected the prefix ${prefix.slice(0, 40)} to be declared`)
}

/** Text, CDATA as text, processing instructions; comments are omitted. */
function between({ raw }: XmlRaw): string {
  if (raw.startsWith('<!--')) return ''
  if (raw.startsWith('<?')) return instruction(raw)
  const lines = raw.replaceAll(/\r\n?/g, '\n')
  const isCdata = raw.startsWith('<![CDATA[')
  return (isCdata ? lines.slice(9, -3) : replaceReferences(lines, 0)).replaceAll(
    /[&<>\r]/g,
    (character) => REFERENCES.get(character) ?? '',
  )
}

function instruction(raw: string): string {
  const [, target = '', rest = ''] = /^<\?(\S+)\s*([^]*)\?>$/.exec(raw.replaceAll(/\r\n?/g, '\n')) ?? []
  // Without white space the target includes the end of the instruction.
  const name = rest === '' ? target.replace(/\?>$/, '') : target
  return rest === '' ? `<?${name}?>` : `<?${name} ${rest}?>`
}

/** Processing instructions outside the root, without the XML declaration, which is none. */
function instructionsIn(text: string): string[] {
  const found = text.match(/<!--[^]*?-->|<\?[^]*?\?>/g) ?? []
  return found.filter((one) => one.startsWith('<?') && !/^<\?xml\s/.test(one)).map(instruction)
}

const attributeText = (value: string): string =>
  value.replaceAll(/[&<"\t\n\r]/g, (character) => REFERENCES.get(character) ?? '')

const REFERENCES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ['\t', '&#x9;'],
  ['\n', '&#xA;'],
  ['\r', '&#xD;'],
])

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The elements from the root to a descendant. */
function pathTo(root: XmlNode, sought: XmlNode): readonly XmlNode[] {
  if (root === sought) return [root]
  for (const child of root.children.filter(isNode)) {
    const path = pathTo(child, sought)
    if (path.length > 0) return [root, ...path]
  }
  return []
}

const refused = (text: string): HeadendError => new HeadendError('XML_CANONICAL', `canonical XML: ${text}`)
