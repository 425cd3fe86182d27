/** The vocabularies of CPIX, and elements found by them: whatever their prefixes, in whatever order. */
import { isNode, localName, type XmlNode } from '../xml/tree.ts'

/** Namespaces by the prefixes we write. */
export const NAMESPACE = {
  cpix: 'urn:dashif:org:cpix',
  pskc: 'urn:ietf:params:xml:ns:keyprov:pskc',
  enc: 'http://www.w3.org/2001/04/xmlenc#',
  ds: 'http://www.w3.org/2000/09/xmldsig#',
  speke: 'urn:aws:amazon:com:speke',
} as const

/** An element and the namespaces in force there. */
export interface Place {
  readonly node: XmlNode
  readonly scope: Scope | undefined
}

/** Declarations of one element, and those around it: never copied, or many of them would cost the square. */
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

/** The namespace of a prefix at a place, the empty one for none; undefined where it is not bound. */
export function namespaceOf({ scope }: Place, prefix: string): string | undefined {
  for (let at = scope; at; at = at.around) {
    const namespace = at.declared.get(prefix)
    if (namespace !== undefined) return namespace
  }
  return undefined
}

/**
 * Whether an element is one of our vocabularies'. Documents without namespaces, with forgotten declarations and with
 * one vocabulary's element in another's namespace are about (the documentation of SPEKE has all three), so local names
 * decide, unless the namespace is a stranger's.
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

/** Children of one local name that are ours. */
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
