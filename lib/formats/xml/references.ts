/** Character and entity references (XML 1.0 4.1): the five predefined ones, none that a document declares. */
import { HeadendError } from '../../errors.ts'

/** `text` with its references replaced; `line` is for the error. */
export function replaceReferences(text: string, line: number): string {
  let ampersand = text.indexOf('&')
  if (ampersand < 0) return text
  let out = ''
  let from = 0
  for (; ampersand >= 0; ampersand = text.indexOf('&', from)) {
    const end = text.indexOf(';', ampersand)
    const name = end < 0 ? text.slice(ampersand + 1, ampersand + 12) : text.slice(ampersand + 1, end)
    const character = end < 0 ? undefined : (NAMED.get(name) ?? numbered(name))
    if (character === undefined) {
      throw new HeadendError(
        'XML_REFERENCE',
        `line ${line}: expected one of ${[...NAMED.keys()].join(', ')} or a number, got &${name.slice(0, 40)};`,
      )
    }
    out += text.slice(from, ampersand) + character
    from = end + 1
  }
  return out + text.slice(from)
}

const NAMED = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

function numbered(name: string): string | undefined {
  const match = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name)
  if (!match) return undefined
  const code = match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16)
  const isAllowed = code === 9 || code === 10 || code === 13 || code >= 0x20
  const isSurrogate = code >= 0xd800 && code <= 0xdfff
  return isAllowed && !isSurrogate && code <= 0x10ffff ? String.fromCodePoint(code) : undefined
}
