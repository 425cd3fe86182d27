/** Decodes XML documents (XML 1.0 4.3.3): UTF-8 and UTF-16, with or without byte order mark. */
import { HeadendError } from '../../errors.ts'

/** The encodings a document may be in. */
export type XmlEncoding = 'utf-8' | 'utf-16le' | 'utf-16be'

/** A document's characters without its byte order mark. */
export interface XmlText {
  readonly encoding: XmlEncoding
  readonly text: string
}

/**
 * Decodes a document; refuses what another parser could read differently: bytes invalid in the encoding, a declaration
 * of another encoding or XML version, characters not allowed in XML.
 */
export function decodeXml(bytes: Uint8Array): XmlText {
  const encoding = encodingOf(bytes)
  let text: string
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new HeadendError('XML_ENCODING', `expected ${encoding}, got bytes that are not`, { cause })
  }
  if (STRANGE.test(text)) throw new HeadendError('XML_CHARACTER', 'expected no character that XML has not')
  checkDeclaration(text, encoding)
  return { encoding, text }
}

function encodingOf([first, second]: Uint8Array): XmlEncoding {
  if ((first === 0xff && second === 0xfe) || (first === LESS && second === 0)) return 'utf-16le'
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === LESS)) return 'utf-16be'
  return 'utf-8'
}

function checkDeclaration(text: string, encoding: XmlEncoding): void {
  if (!/^<\?xml[\t\n\r ]/.test(text)) return
  const said = DECLARATION.exec(text)?.groups
  if (!said) throw new HeadendError('XML_DECLARATION', 'expected an XML declaration that ends')
  if (said['version'] !== '1.0')
    throw new HeadendError('XML_DECLARATION', `expected XML 1.0, got ${said['version']}`)
  const declared = said['encoding']?.toLowerCase()
  if (declared !== undefined && !NAMES[encoding].includes(declared))
    throw new HeadendError('XML_ENCODING', `expected ${encoding} as the bytes are, got ${declared} declared`)
}

const NAMES: Readonly<Record<XmlEncoding, readonly string[]>> = {
  'utf-8': ['utf-8', 'utf8'],
  'utf-16le': ['utf-16', 'utf-16le'],
  'utf-16be': ['utf-16', 'utf-16be'],
}

/** XML 1.0 2.8; quotes of either kind. */
const DECLARATION =
  /^<\?xml\s+version\s*=\s*(["'])(?<version>[\w.]{1,8})\1(?:\s+encoding\s*=\s*(["'])(?<encoding>[\w.-]{1,20})\3)?(?:\s+standalone\s*=\s*(["'])(?:yes|no)\5)?\s*\?>/

/** XML 1.0 2.2; a strict decoder yields no unpaired surrogates. */
const STRANGE = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u

const LESS = 0x3c
