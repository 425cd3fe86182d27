/** Parses a PlayReady client's licence request: SOAP, with the media's header in it. */
import { HeadendError } from '../../errors.ts'
import { base64Bytes } from '../base64.ts'
import { decodeXml, type XmlEncoding } from '../xml/decode.ts'
import { contentOf, localName, type XmlNode } from '../xml/tree.ts'
import { elementsOf, namedKeys, readHeaderKeys, readPlainXml } from './header-keys.ts'
import { readHeaderObject } from './header-object.ts'

/** A parsed message. */
export interface PlayReadyChallenge {
  readonly encoding: XmlEncoding
  /** `AcquireLicense`; the same as in SOAPAction. */
  readonly operation: string
  /** All kids in it, 32 hex digits each; at least one if it acquires a licence. */
  readonly kids: readonly string[]
}

/** Parses all parts that can name a key; throws if one of those can't be parsed, because it may name a key. */
export function readPlayReadyChallenge(bytes: Uint8Array): PlayReadyChallenge {
  const { encoding, text } = decodeXml(bytes)
  const envelope = readPlainXml(text)
  const operation = operationOf(envelope)
  const kids = [...new Set([...namedKeys(envelope), ...headersIn(envelope)])]
  const name = localName(operation.name)
  if (!OPERATIONS.has(name)) throw refused(`expected an operation of PlayReady, got <${operation.name}>`)
  if (name === ACQUIRE && kids.length === 0) throw refused('names no key id')
  return { encoding, operation: name, kids }
}

/** SOAP 1.1 4, SOAP 1.2 5: a single element in a single body. */
function operationOf(envelope: XmlNode): XmlNode {
  const bodies = elementsOf(envelope).filter(({ name }) => localName(name) === 'Body')
  const [operation, ...more] = bodies.flatMap(elementsOf)
  if (localName(envelope.name) !== 'Envelope' || bodies.length !== 1 || !operation || more.length > 0)
    throw refused(`expected an Envelope with one operation in one Body, got <${envelope.name}>`)
  return operation
}

/** The keys of headers that are contained as text: escaped, in CDATA, or as an object in base64. */
function headersIn(node: XmlNode): string[] {
  const said = contentOf(node)
  const elements = elementsOf(node)
  if (localName(node.name) === 'ContentHeader') {
    if (said !== '' && elements.length > 0)
      throw refused('ContentHeader: expected elements or text, got both')
    if (said !== '') return headerText(said)
    if (elements.length === 0 || elements.some(({ name }) => localName(name) !== 'WRMHEADER'))
      throw refused('ContentHeader: expected WRMHEADER')
  } else if (hidesHeader(said) || node.attributes.some(({ value }) => hidesHeader(value))) {
    throw refused(`<${node.name}>: expected a header in ContentHeader alone`)
  }
  return elements.flatMap(headersIn)
}

function headerText(text: string): string[] {
  return text.startsWith('<') ? readHeaderKeys(text) : readHeaderObject(base64Bytes(text, 'ContentHeader'))
}

/** True if a server could find a header in the text: as markup, or as base64 of markup in UTF-8 or UTF-16. */
function hidesHeader(text: string): boolean {
  if (HEADER.test(text)) return true
  if (text.length < 16 || !BASE64.test(text)) return false
  const bytes = base64Bytes(
    text
      .replaceAll('-', '+')
      .replaceAll('_', '/')
      .replace(/=+\s*$/, ''),
    'text',
  )
  return HEADER.test(new TextDecoder('latin1').decode(bytes).replaceAll('\0', ''))
}

/** A length with a remainder of one character is not base64. */
const BASE64 = /^\s*(?:(?:[\w+/-]\s*){4})*(?:(?:[\w+/-]\s*){2,3})?(?:=\s*){0,2}$/
const HEADER = /wrmheader/i

const ACQUIRE = 'AcquireLicense'
/** The other operations request no content key. */
const OPERATIONS = new Set([
  ACQUIRE,
  'AcknowledgeLicense',
  'JoinDomain',
  'LeaveDomain',
  'GetMeteringCertificate',
  'ProcessMeteringData',
])

function refused(text: string): HeadendError {
  return new HeadendError('PLAYREADY_CHALLENGE', text)
}
