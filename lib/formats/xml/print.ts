/** Prints XML: elements with attributes in the order given, two spaces per level. */
import { HeadendError } from '../../errors.ts'
import { TextWriter } from '../text-writer.ts'

/** An attribute's value; `undefined` omits the attribute. */
export type XmlValue = string | number | boolean | undefined

/** An element to print. A string among its children is printed unescaped (escape text first). */
export interface XmlElement {
  readonly name: string
  readonly attributes?: Readonly<Record<string, XmlValue>>
  readonly children?: Iterable<XmlElement | string>
}

/** The document: declaration and root, each element on its own line. */
export function printXml(root: XmlElement): string {
  const out = new TextWriter()
  out.add('<?xml version="1.0" encoding="UTF-8"?>\n')
  printElement(out, root, '')
  return out.end()
}

/** An element by itself, to stand within a document. */
export function printFragment(element: XmlElement): string {
  const out = new TextWriter()
  printElement(out, element, '')
  return out.end()
}

/** Text between tags. */
export function escapeText(text: string): string {
  return SPECIAL.test(text) ? escaped(text, false) : text
}

/** The value of an attribute for double quotes; line ends and tabs survive as references. */
export function escapeAttribute(value: string): string {
  return SPECIAL.test(value) ? escaped(value, true) : value
}

function printElement(out: TextWriter, { name, attributes, children }: XmlElement, indent: string): void {
  let text = `${indent}<${name}`
  for (const key in attributes) {
    const value = attributes[key]
    if (value !== undefined) text += ` ${key}="${typeof value === 'string' ? escapeAttribute(value) : value}"`
  }
  out.add(text)
  let before: 'nothing' | 'text' | 'element' = 'nothing'
  const deeper = `${indent}  `
  for (const child of children ?? []) {
    // Text is unchanged; white space is only added between elements.
    const isText = typeof child === 'string'
    if (before === 'nothing') {
      out.add(isText ? '>' : '>\n')
      before = isText ? 'text' : 'element'
    }
    if (isText) out.add(child)
    else printElement(out, child, deeper)
  }
  out.add(before === 'nothing' ? '/>\n' : `${before === 'text' ? '' : indent}</${name}>\n`)
}

/** Characters that may need escaping: markup, white space except blanks, and what XML 1.0 2.2 forbids. */
const SPECIAL = /[&<>"\p{Cc}\p{Cs}\ufffe\uffff]/u

function escaped(text: string, isAttribute: boolean): string {
  let out = ''
  for (const character of text) out += reference(character, isAttribute)
  return out
}

function reference(character: string, isAttribute: boolean): string {
  const named = ENTITY[character]
  if (named !== undefined) return named
  const code = character.codePointAt(0) ?? 0
  if (character === '"' || character === '\t' || character === '\n') {
    return isAttribute ? `&#${code};` : character
  }
  if (character === '\r') return '&#13;'
  if (code < 0x20 || (code >= 0xd800 && code <= 0xdfff) || code === 0xfffe || code === 0xffff) {
    throw new HeadendError(
      'XML_CHARACTER',
      `text: expected characters of XML 1.0, got U+${code.toString(16)}`,
    )
  }
  return character
}

const ENTITY: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
