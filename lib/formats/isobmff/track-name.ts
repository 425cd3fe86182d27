/** The display name of a track: from its user data, or from its handler. */
import { type Box, boxes, versionAndFlags } from './box.ts'
import { readString } from './box-string.ts'

const maxName = 200

/**
 * The name in a track's `udta`: QuickTime's `name`, or `titl` (3GPP TS 26.244 8.2). Undefined if there is none that
 * fits in a line.
 */
export function readUserName(udta: Box): string | undefined {
  const titles: string[] = []
  for (const box of boxes(udta.body)) {
    const name = box.type === 'name' ? inLine(readString(box.body)) : undefined
    if (name) return name
    const title = box.type === 'titl' ? inLine(readTitle(box)) : undefined
    if (title) titles.push(title)
  }
  return titles[0]
}

function readTitle({ body }: Box): string {
  versionAndFlags(body)
  // Its language.
  body.skip(2)
  const isUtf16 =
    body.left >= 2 && body.bytes[body.position] === 0xfe && body.bytes[body.position + 1] === 0xff
  return isUtf16 ? new TextDecoder('utf-16be').decode(body.take(body.left)) : readString(body)
}

/**
 * The name in `hdlr`, which is length-prefixed in QuickTime and zero-terminated in ISO/IEC 14496-12 8.4.3.3; undefined
 * if it only names the writer or the media type.
 */
export function readHandlerName({ body }: Box): string | undefined {
  versionAndFlags(body)
  body.skip(4 + 4 + 12)
  const counted = body.bytes[body.position] ?? 0
  const isCounted = counted > 0 && counted < 32 && counted < body.left
  if (isCounted) body.skip(1)
  const name = inLine(isCounted ? readString(body).slice(0, counted) : readString(body))
  return name && !tellsNothing.test(name) ? name : undefined
}

/** Names of programs, of kinds of media, and of the files tracks were imported from. */
const tellsNothing =
  /handle|media|gpac|mainconcept|l-smash|bento|quicktime|produced|generated|imported|encoder|muxer|@|#|:\/\/|\.(aac|m4a|mp4|mov|wav|ac3|ec3|h26[45]|264|265|hevc|srt|vtt|ttml)\b|^(the )?(mono|stereo|main|sound|audio|video|text|subtitles?|captions?|soun|vide|sbtl|subt|clcp|track|data|und)?[ _-]*(track|stream|sound|audio)?[ _-]*\d*$/i

/** One line of text without control characters, as manifests require. */
function inLine(text: string): string | undefined {
  const line = text.replace(/\0[\s\S]*$/, '').trim()
  return line !== '' && line.length <= maxName && /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufffd]+$/u.test(line)
    ? line
    : undefined
}
