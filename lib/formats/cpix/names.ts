/** The namespaces of CPIX, and lookup of their elements: with any prefixes, in any order. */
import { isNode, localName, type XmlNode } from '../xml/tree.ts'

/** Namespaces by the prefixes that we write. */
export const NAMESPACE = {
  cpix: 'urn:dashif:org:cpix',
  pskc: 'urn:ietf:params:xml:ns:keyprov:pskc',
  enc: 'http://www.w3.org/2001/04/xmlenc#',
  ds: 'http://www.w3.org/2000/09/xmldsig#',
  speke: 'urn:aws:amazon:com:speke',
} as const

/** An element and the namespaces in scope there. */
export interface Place {
  readonly node: XmlNode
  readonly scope: Scope | undefined
}

/** Declarations of one element, linked to those of its ancestors: copying would take quadratic time and memory. */
interface Scope {
  readonly declared: ReadonlyMap<string, string>
  readonly around: Scope | undefined
}

/** The place of an element in the scope of its parent; the root has none. */
export function placeOf(node: XmlNode, around?: Scope): Place {
  const declared = node.attributes.filter(({ name }) => name === 'xmlns' || name.startsWith('xmlns:'))
  if (declared.length === 0) return { node, scope: around }
  const prefixes = declared.map(({ name, value }) => [name.slice('xmlns:'.length), value] as const)
  return { node, scope: { declared: new Map(prefixes), around } }
}

/** The namespace of a prefix at a place, empty for none; undefined if it is not bound. */
export function namespaceOf({ scope }: Place, prefix: string): string | undefined {
  for (let at = scope; at; at = at.around) {
    const namespace = at.declared.get(prefix)
    if (namespace !== undefined) return namespace
  }
  return undefined
}

/**
 * True if an element belongs to one of our vocabularies. Documents without namespaces, with missing declarations and
 * with an element in another vocabulary's namespace are in use (SPEKE's documentation has all three), so local names
 * decide, unless the namespace is foreign.
 */
export function isOurs(place: Place): boolean {
  const { name } = place.node
  const namespace = namespaceOf(place, name.slice(0, Math.max(0, name.indexOf(':'))))
  return namespace === undefined || namespace === '' || OURS.has(namespace)
}

/** Every child that is an element. */
export function placesIn({ node, scope }: Place): Place[] {
  return node.children.filter(isNode).map((child) => placeOf(child, scope))
}

/** The children with a local name in our vocabularies. */
export function placesOf(place: Place | undefined, name: string): Place[] {
  if (!place) return []
  const named = place.node.children.filter(
    (child): child is XmlNode => isNode(child) && localName(child.name) === name,
  )
  return named.map((child) => placeOf(child, place.scope)).filter(isOurs)
}

/** The first of them. */
export function placeIn(place: Place | undefined, name: string): Place | undefined {
  return placesOf(place, name)[0]
}

const OURS: ReadonlySet<string> = new Set(Object.values(NAMESPACE))
