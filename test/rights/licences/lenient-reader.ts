/**
 * Whether a key may be named in a challenge, as the most lenient server there could be would read it: not a line of this
 * is shared with who passes challenges on. It finds bytes and texts, and takes no notice of what is well-formed.
 */
import type { Sent } from './licence-desk.ts'

/** Whether the key id, 32 hex digits, stands in a part where keys are named. */
export function mayName({ system, body, query = '' }: Sent, kid: string): boolean {
  const bytes = Buffer.from(body)
  if (system === 'widevine') return widevineParts(bytes).some((part) => hasKid(part, kid))
  if (system === 'playready') return playReadyParts(bytes).some((text) => hasText(text, kid))
  return [query, ...fairPlayParts(bytes)].some((text) => hasText(unescaped(text), kid))
}

const guidOrder = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
const guidOf = (kid: string): Buffer => {
  const bytes = Buffer.from(kid, 'hex')
  return Buffer.from(guidOrder.map((i) => bytes[i] ?? 0))
}

/** Tags of 16 bytes that are no key by any reading: ids of requests, and the texts of a pssh. */
const harmless = new Set([0x1a, 0x2a, 0x32, 0x7a])

function hasKid(bytes: Buffer, kid: string): boolean {
  const wanted = Buffer.from(kid, 'hex')
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1))
    if (bytes[at - 1] !== 16 || !harmless.has(bytes[at - 2] ?? 0)) return true
  // PlayReady's boxes have it in base64 of the other order, in UTF-16.
  return hasText(bytes.toString('latin1').replaceAll('\0', ''), kid)
}

/** In hex, dashed or not, and in base64 of either order and alphabet. */
function hasText(text: string, kid: string): boolean {
  const bare = text.replaceAll(/\s/g, '')
  if (bare.toLowerCase().replaceAll('-', '').includes(kid)) return true
  const plain = bare.replaceAll('-', '+').replaceAll('_', '/')
  return [guidOf(kid), Buffer.from(kid, 'hex')].some((bytes) =>
    // The last digit of 22 has bits that say nothing.
    plain.includes(bytes.toString('base64').slice(0, 21)),
  )
}

/** Everything of LicenseRequest.content_id but what names no key; where a message breaks off, all that is left. */
function widevineParts(bytes: Buffer): Buffer[] {
  return fieldsOf(bytes).flatMap((signed) =>
    signed.number === 2 || signed.number === 0
      ? fieldsOf(signed.value).flatMap((request) =>
          request.number === 2 || request.number === 0 ? contentParts(request.value) : [],
        )
      : [],
  )
}

/** A licence that exists (3) is named by ids of the server's. */
const contentParts = (bytes: Buffer): Buffer[] =>
  fieldsOf(bytes).flatMap(({ number, value }) => (number === 3 ? [] : [value]))

/** Fields as readers of 32 bits see them; field 0 is what could not be read. */
function fieldsOf(bytes: Buffer): { readonly number: number; readonly value: Buffer }[] {
  const fields: { number: number; value: Buffer }[] = []
  let at = 0
  const varint = (): number => {
    let value = 0n
    for (let shift = 0n; at < bytes.length; shift += 7n) {
      const byte = bytes[at++] ?? 0
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    return Number(BigInt.asUintN(32, value))
  }
  while (at < bytes.length) {
    const from = at
    const tag = varint()
    const wire = tag & 7
    if (wire === 0) varint()
    else if (wire === 1) at += 8
    else if (wire === 5) at += 4
    else if (wire === 2) {
      const size = varint()
      fields.push({ number: tag >>> 3, value: bytes.subarray(at, at + size) })
      at += size
    } else if (wire !== 3 && wire !== 4) {
      fields.push({ number: 0, value: bytes.subarray(from) })
      return fields
    }
  }
  return fields
}

/** Headers, and elements KID with their attributes: in markup, escaped, in CDATA, in base64; never in comments. */
function playReadyParts(bytes: Buffer): string[] {
  const isBig = bytes[0] === 0xfe || bytes[0] === 0
  const isWide = isBig || bytes[0] === 0xff || bytes[1] === 0
  const even = bytes.subarray(0, bytes.length & ~1)
  const wide = isBig ? Buffer.from(even).swap16() : even
  return partsOfMarkup(isWide ? wide.toString('utf16le') : bytes.toString('utf8'))
}

function partsOfMarkup(text: string): string[] {
  const markup = text
    .replaceAll(/<!\[CDATA\[([^]*?)\]\]>/g, (_, inner: string) => inner)
    .replaceAll(/<!--[^]*?-->|<\?[^]*?\?>/g, '')
  const open = entities(markup)
  const found = [markup, open, entities(open)].flatMap((one) => [
    ...one.matchAll(/<(?:[\w.-]+:)?KID\b([^>]*)>([^<]*)/gi),
    ...[...one.matchAll(/<(?:[\w.-]+:)?WRMHEADER\b[^]*?<\/(?:[\w.-]+:)?WRMHEADER/g)].map(([all]) => [
      '',
      '',
      all.replaceAll(idle, ''),
    ]),
  ])
  const objects = [...open.matchAll(/[A-Za-z0-9+/=\s]{80,}/g)].flatMap(([base64]) => {
    const inner = Buffer.from(base64.replaceAll(/\s/g, ''), 'base64').toString('latin1').replaceAll('\0', '')
    return inner.includes('KID') ? partsOfMarkup(inner) : []
  })
  return [
    ...found.map(([, attributes = '', value = '']) => attributes.replaceAll(idle, '') + value),
    ...objects,
  ]
}

/** Names of schemes, checksums and addresses: no key by any reading. */
const idle =
  /\b(?:ALGID|CHECKSUM|LICENSEREQUESTED|version|xmlns(?::\w+)?)\s*=\s*(?:"[^"]*"|'[^']*')|<(?:\w+:)?(KEYLEN|ALGID|CHECKSUM|LA_URL|LUI_URL|DS_ID|CUSTOMATTRIBUTES|DECRYPTORSETUP)\b[^]*?<\/(?:\w+:)?\1/g

const entities = (text: string): string =>
  text
    .replaceAll(/&#x([\da-f]+);?/gi, (_, hex: string) => character(Number.parseInt(hex, 16)))
    .replaceAll(/&#(\d+);?/g, (_, digits: string) => character(Number(digits)))
    .replaceAll(/&lt;?/g, '<')
    .replaceAll(/&gt;?/g, '>')
    .replaceAll(/&quot;?/g, '"')
    .replaceAll(/&apos;?/g, "'")
    .replaceAll(/&amp;?/g, '&')

const character = (code: number): string => (code < 0x11_0000 ? String.fromCodePoint(code) : '')

/** All fields but the SPC, which is sealed; an SPC alone names nothing. */
function fairPlayParts(bytes: Buffer): string[] {
  if (bytes[0] === 0) return []
  return bytes
    .toString('utf8')
    .split(/[&,]/)
    .filter((part) => !/^[{\s"]*spc["\s]*[:=][\s"]*[\w+/=%\s-]*["}\s]*$/.test(part))
}

/** Escapes of URLs and JSON, also of escapes. */
function unescaped(text: string): string {
  let plain = text
  for (let turn = 0; turn < 3; turn++)
    plain = plain
      .replaceAll(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replaceAll(/\\u([\da-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replaceAll(/\\(.)/g, '$1')
  return plain
}
