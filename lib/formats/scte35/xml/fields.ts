/** Attributes and children of SCTE 35's XML, by their local names: manifests of the field bind prefixes as they like. */
import { HeadendError } from '../../../errors.ts'
import { isNode, localName, type XmlNode } from '../../xml/tree.ts'

/** The child elements of a name. */
export function childrenNamed(node: XmlNode, name: string): XmlNode[] {
  return node.children.filter((child): child is XmlNode => isNode(child) && localName(child.name) === name)
}

/** The first child element of a name. */
export const childNamed = (node: XmlNode, name: string): XmlNode | undefined => childrenNamed(node, name)[0]

/** An attribute's value without white space around it. */
export function textOf(node: XmlNode, name: string): string | undefined {
  return node.attributes.find((one) => localName(one.name) === name)?.value.trim()
}

/** A whole number, undefined if it is not there. */
export function optionalNumberOf(node: XmlNode, name: string): number | undefined {
  const text = textOf(node, name)
  if (text === undefined) return undefined
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(value) ? value : refuseXml(node, name, 'a whole number from 0', text)
}

/** A whole number; `usual` if it is not there, refused if there is none. */
export function numberOf(node: XmlNode, name: string, usual?: number): number {
  return optionalNumberOf(node, name) ?? usual ?? refuseXml(node, name, 'a number', undefined)
}

/** A flag; `usual` if it is not there. */
export function flagOf(node: XmlNode, name: string, usual: boolean): boolean {
  const text = textOf(node, name)
  if (text === undefined) return usual
  return FLAGS[text] ?? refuseXml(node, name, 'true or false', text)
}

/** Throws SCTE35_XML for an attribute. */
export function refuseXml(node: XmlNode, name: string, expected: string, value: string | undefined): never {
  const got = value === undefined ? 'nothing' : JSON.stringify(value.slice(0, 60))
  throw new HeadendError(
    'SCTE35_XML',
    `line ${node.line}: ${localName(node.name)}@${name}: expected ${expected}, got ${got}`,
  )
}

const FLAGS: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false }
