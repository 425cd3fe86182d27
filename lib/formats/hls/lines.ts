/** Splits a playlist into lines that can be written back byte for byte. */

/** An unmodified line; `text + end` is every character of it. */
export interface PlaylistLine {
  readonly text: string
  /** The original line end; empty for a last line without one. */
  readonly end: '\n' | '\r\n' | ''
  readonly kind: 'tag' | 'uri' | 'comment' | 'blank'
  /** Name of a tag without `#`: `EXTINF`, `EXT-X-KEY`; empty for other lines. */
  readonly tag: string
  /** The text after a tag's colon, or the URI of a URI line; trimmed. */
  readonly value: string
}

/** The lines of a text. */
export function readLines(text: string): PlaylistLine[] {
  const lines: PlaylistLine[] = []
  for (let from = 0; from < text.length; ) {
    const feed = text.indexOf('\n', from)
    const stop = feed < 0 ? text.length : feed
    const hasReturn = feed > from && text.charCodeAt(feed - 1) === 13
    lines.push(line(text.slice(from, hasReturn ? stop - 1 : stop), feed < 0 ? '' : hasReturn ? '\r\n' : '\n'))
    from = stop + 1
  }
  return lines
}

/** Joins the lines again. */
export function writeLines(lines: readonly PlaylistLine[]): string {
  let text = ''
  for (const part of lines) text += part.text + part.end
  return text
}

function line(text: string, end: PlaylistLine['end']): PlaylistLine {
  // a byte order mark is ignored in the first line; trim() treats it as white space
  const content = text.trim()
  if (content === '') return { text, end, kind: 'blank', tag: '', value: '' }
  if (content.charCodeAt(0) !== HASH) return { text, end, kind: 'uri', tag: '', value: content }
  if (!content.startsWith('#EXT')) return { text, end, kind: 'comment', tag: '', value: content }
  const colon = content.indexOf(':')
  return colon < 0
    ? { text, end, kind: 'tag', tag: content.slice(1), value: '' }
    : { text, end, kind: 'tag', tag: content.slice(1, colon), value: content.slice(colon + 1).trimStart() }
}

const HASH = 35
