/** Converts the text of a SubRip cue to WebVTT. */
import type { Cue } from '../webvtt/cue.ts'
import { escapeCueText } from '../webvtt/payload.ts'

/** Keeps bold, italics and underlines, converts `{\an8}` to a position, drops other styles and escapes the rest. */
export function subRipText(text: string): Pick<Cue, 'text' | 'settings'> {
  const settings = placeOf(text)
  let out = ''
  let at = 0
  for (const match of text.matchAll(markup)) {
    const [all, slash, tag, , entity] = match
    out += escapeCueText(text.slice(at, match.index))
    if (entity !== undefined) out += all
    else if (tag !== undefined && kept.has(tag.toLowerCase())) out += `<${slash}${tag.toLowerCase()}>`
    at = match.index + all.length
  }
  out += escapeCueText(text.slice(at))
  return { text: out, ...(settings && { settings }) }
}

/** Tags, SubStation Alpha override codes, and existing escapes; bounded, or a malicious text would take for ever. */
const markup =
  /<(\/?)(b|i|u|s|font)(\s[^<>]{0,200})?>|\{\\[^{}]{0,200}\}|(&(?:amp|lt|gt|nbsp|lrm|rlm|#\d{1,7}|#x[\da-f]{1,6});)/gi
const kept = new Set(['b', 'i', 'u'])

/** `{\an1}` to `{\an9}` are arranged as on a keypad; 2 is the default position of subtitles. */
function placeOf(text: string): string {
  const key = Number(/\{[^{}]{0,100}\\an([1-9])[^{}]{0,100}\}/.exec(text)?.[1] ?? 2)
  const line = key >= 7 ? 'line:0' : key >= 4 ? 'line:50%' : ''
  const align = key % 3 === 1 ? 'align:left' : key % 3 === 0 ? 'align:right' : ''
  return `${line} ${align}`.trim()
}
