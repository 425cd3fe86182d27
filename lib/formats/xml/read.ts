/**
 * Parses XML without loss, and safely for untrusted input: no document type with declarations, so no entity is defined,
 * fetched or expanded; depth and size are bounded.
 */
import { type ErrorCodeOf, HeadendError } from '../../errors.ts'
import { replaceReferences } from './references.ts'
import type { XmlAttribute, XmlDocument, XmlNode, XmlRaw } from './tree.ts'

/** The maximum depth of elements, and the maximum number of characters in a document. */
const MAX_DEPTH = 100
const MAX_CHARACTERS = 64 * 1024 * 1024

/** Reads a document; refuses one that is not well-formed. */
export function readXml(text: string): XmlDocument {
  if (text.length > MAX_CHARACTERS) {
    throw new HeadendError('XML_SIZE', `expected at most ${MAX_CHARACTERS} characters, got ${text.length}`)
  }
  const cursor = new Cursor(text)
  const head = besides(cursor)
  if (cursor.at >= text.length) throw cursor.refuse('XML_ROOT', 'expected an element, got the end')
  const root = element(cursor)
  const tail = besides(cursor)
  if (cursor.at < text.length) throw cursor.refuse('XML_ROOT', 'expected the end behind the root element')
  return { head, root, tail }
}

/** A position in the text. */
class Cursor {
  readonly text: string
  at = 0
  #line = 1
  /** The next uncounted line feed; cached, or a document of one line would take quadratic time. */
  #feed: number

  constructor(text: string) {
    this.text = text
    this.#feed = text.indexOf('\n')
  }

  /** Line of the position, counted from 1. */
  line(): number {
    while (this.#feed >= 0 && this.#feed < this.at) {
      this.#line++
      this.#feed = this.text.indexOf('\n', this.#feed + 1)
    }
    return this.#line
  }

  startsWith(word: string): boolean {
    return this.text.startsWith(word, this.at)
  }

  /** The characters up to and including `word`, which is required. */
  through(word: string, what: string): string {
    const end = this.text.indexOf(word, this.at)
    if (end < 0) throw this.refuse('XML_TRUNCATED', `expected ${word} behind ${what}, got the end`)
    const from = this.at
    this.at = end + word.length
    return this.text.slice(from, this.at)
  }

  refuse(code: ErrorCodeOf<400>, message: string): HeadendError {
    return new HeadendError(code, `line ${this.line()}: ${message}`)
  }
}

/** Skips what is allowed outside the root: declaration, comments, instructions, white space, a bare document type. */
function besides(cursor: Cursor): string {
  const from = cursor.at
  if (from === 0 && cursor.text.startsWith('\ufeff')) cursor.at = 1
  for (;;) {
    const { text } = cursor
    while (isSpace(text.charCodeAt(cursor.at))) cursor.at++
    if (cursor.startsWith('<?')) cursor.through('?>', 'an instruction')
    else if (cursor.startsWith('<!--')) comment(cursor)
    else if (cursor.startsWith('<!DOCTYPE')) {
      if (cursor.through('>', '<!DOCTYPE').includes('[')) {
        throw cursor.refuse(
          'XML_DOCTYPE',
          'expected no declarations, got a document type with an internal subset',
        )
      }
    } else if (cursor.at >= text.length || cursor.startsWith('<')) break
    else throw cursor.refuse('XML_ROOT', 'expected an element, got text outside the root')
  }
  return cursor.text.slice(from, cursor.at)
}

function comment(cursor: Cursor): string {
  const raw = cursor.through('-->', 'a comment')
  if (raw.length < 7 || raw.slice(4, -3).includes('--'))
    throw cursor.refuse('XML_COMMENT', 'expected no -- in a comment')
  return raw
}

/** An element being parsed: children are added until its end tag. */
interface Growing extends XmlNode {
  readonly children: (XmlNode | XmlRaw)[]
  close: string
}

function element(cursor: Cursor): XmlNode {
  const root = startTag(cursor)
  const open: Growing[] = isClosed(root) ? [] : [root]
  for (let parent = open.at(-1); parent; parent = open.at(-1)) {
    if (cursor.at >= cursor.text.length) {
      throw cursor.refuse('XML_TRUNCATED', `expected </${parent.name}> of line ${parent.line}, got the end`)
    }
    const { text, at } = cursor
    const next = text.charCodeAt(at) === LESS ? text.charCodeAt(at + 1) : TEXT
    if (next === SLASH) {
      parent.close = endTag(cursor, parent)
      open.pop()
    } else if (next !== TEXT && next !== EXCLAMATION && next !== QUESTION) {
      const child = startTag(cursor)
      parent.children.push(child)
      if (!isClosed(child)) open.push(child)
      if (open.length > MAX_DEPTH)
        throw cursor.refuse('XML_DEPTH', `expected at most ${MAX_DEPTH} levels of elements`)
    } else {
      parent.children.push(between(cursor))
    }
  }
  return root
}

function isClosed({ open }: XmlNode): boolean {
  return open.endsWith('/>')
}

/** Text, CDATA, a comment or an instruction. */
function between(cursor: Cursor): XmlRaw {
  const line = cursor.line()
  if (cursor.startsWith('<![CDATA[')) {
    const raw = cursor.through(']]>', '<![CDATA[')
    return { raw, text: raw.slice(9, -3) }
  }
  if (cursor.startsWith('<!--')) return { raw: comment(cursor), text: '' }
  if (cursor.startsWith('<?')) return { raw: cursor.through('?>', 'an instruction'), text: '' }
  if (cursor.startsWith('<!')) throw cursor.refuse('XML_DOCTYPE', 'expected no declaration inside the root')
  const end = cursor.text.indexOf('<', cursor.at)
  const raw = cursor.text.slice(cursor.at, end < 0 ? cursor.text.length : end)
  cursor.at += raw.length
  return { raw, text: replaceReferences(raw, line) }
}

function startTag(cursor: Cursor): Growing {
  const { text } = cursor
  const line = cursor.line()
  const from = cursor.at
  cursor.at++
  const name = nameAt(cursor)
  const attributes: XmlAttribute[] = []
  for (;;) {
    const before = cursor.at
    while (isSpace(text.charCodeAt(cursor.at))) cursor.at++
    const code = text.charCodeAt(cursor.at)
    if (code === GREATER || (code === SLASH && text.charCodeAt(cursor.at + 1) === GREATER)) break
    if (cursor.at === before) throw cursor.refuse('XML_TAG', `<${name}>: expected white space, > or />`)
    attributes.push(attribute(cursor, name))
  }
  cursor.at += text.charCodeAt(cursor.at) === GREATER ? 1 : 2
  refuseTwins(cursor, name, attributes)
  return { name, attributes, children: [], open: text.slice(from, cursor.at), close: '', line }
}

function attribute(cursor: Cursor, owner: string): XmlAttribute {
  const { text } = cursor
  const name = nameAt(cursor)
  while (isSpace(text.charCodeAt(cursor.at))) cursor.at++
  if (!cursor.startsWith('=')) throw cursor.refuse('XML_ATTRIBUTE', `<${owner}>: expected = behind ${name}`)
  cursor.at++
  while (isSpace(text.charCodeAt(cursor.at))) cursor.at++
  const quote = text.charAt(cursor.at)
  if (quote !== '"' && quote !== "'") {
    throw cursor.refuse('XML_ATTRIBUTE', `<${owner}>: expected the value of ${name} in quotes`)
  }
  const line = cursor.line()
  cursor.at++
  const raw = cursor.through(quote, `the value of ${name}`).slice(0, -1)
  if (raw.includes('<'))
    throw cursor.refuse('XML_ATTRIBUTE', `<${owner}>: expected no < in the value of ${name}`)
  // literal white space becomes a blank each, a reference to it is kept (XML 1.0 3.3.3)
  return {
    name,
    value: replaceReferences(WHITE.test(raw) ? raw.replaceAll(/\r\n|[\t\n\r]/g, ' ') : raw, line),
  }
}

function refuseTwins(cursor: Cursor, owner: string, attributes: readonly XmlAttribute[]): void {
  const isTwice =
    attributes.length > MANY
      ? new Set(attributes.map(({ name }) => name)).size < attributes.length
      : attributes.some(({ name }, i) => attributes.findIndex((other) => other.name === name) < i)
  if (isTwice) throw cursor.refuse('XML_ATTRIBUTE', `<${owner}>: an attribute stands there twice`)
}

const WHITE = /[\t\n\r]/

/** Up to this many attributes are compared pairwise, which is quicker than a set. */
const MANY = 8

function endTag(cursor: Cursor, { name, line }: XmlNode): string {
  const from = cursor.at
  cursor.at += 2
  const found = nameAt(cursor)
  if (found !== name) throw cursor.refuse('XML_TAG', `expected </${name}> of line ${line}, got </${found}>`)
  while (isSpace(cursor.text.charCodeAt(cursor.at))) cursor.at++
  if (!cursor.startsWith('>')) throw cursor.refuse('XML_TAG', `expected > behind </${name}`)
  cursor.at++
  return cursor.text.slice(from, cursor.at)
}

function nameAt(cursor: Cursor): string {
  NAME.lastIndex = cursor.at
  const name = NAME.exec(cursor.text)?.[0] ?? ''
  if (name === '' || !NAME_START.test(name)) {
    throw cursor.refuse(
      'XML_NAME',
      `expected a name, got ${JSON.stringify(cursor.text.slice(cursor.at, cursor.at + 12))}`,
    )
  }
  cursor.at += name.length
  return name
}

/** XML 1.0 2.3, lenient outside ASCII. */
const NAME = /[\w:.\-\u00b7-\uffff]{1,256}/y
const NAME_START = /^[^\d.-]/

/** Means no markup; no character has this code, NUL has 0. */
const TEXT = -1
const LESS = 60
const SLASH = 47
const EXCLAMATION = 33
const QUESTION = 63
const GREATER = 62

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 9 || code === 13
}
