/** The judge's own eyes: lines, tags and attribute lists of a playlist, read without any of our formats. */

/** What was broken, by the id of the rule, and where. */
export interface Broken {
  readonly rule: string
  readonly line?: number
  readonly why: string
}

/** One line. `value` is what stands behind the colon. */
export interface LexedLine {
  readonly number: number
  readonly kind: 'tag' | 'uri' | 'comment' | 'blank'
  readonly text: string
  readonly tag: string
  readonly value: string
}

/** An attribute list as a map of raw values, quotes included. */
export type Attributes = ReadonlyMap<string, string>

/** Lines of a playlist, numbered from 1. */
export function lexLines(text: string): LexedLine[] {
  const rows = text.split('\n')
  if (rows.at(-1) === '') rows.pop()
  return rows.map((row, i) => lexLine(row.endsWith('\r') ? row.slice(0, -1) : row, i + 1))
}

/** An attribute list, and what is wrong with its form (RFC 8216bis 4.2). */
export function lexAttributes(value: string): { readonly attributes: Attributes; readonly faults: string[] } {
  const attributes = new Map<string, string>()
  const faults: string[] = []
  let rest = value
  while (rest !== '') {
    const match = /^([A-Z0-9-]+)=("[^"]*"|[^",]*)(,|$)/.exec(rest)
    if (!match) {
      faults.push(`no attribute at ${JSON.stringify(rest.slice(0, 40))}`)
      break
    }
    const [whole, name = '', raw = '', comma] = match
    if (attributes.has(name)) faults.push(`${name} twice`)
    if (raw === '' || (/^\s|\s$/.test(raw) && !raw.startsWith('"'))) faults.push(`${name} has no clean value`)
    attributes.set(name, raw)
    rest = rest.slice(whole.length)
    if (comma === ',' && rest === '') faults.push('ends in a comma')
  }
  return { attributes, faults }
}

/** A value without its quotes; undefined for an absent one. */
export function unquote(raw: string | undefined): string | undefined {
  return raw?.startsWith('"') ? raw.slice(1, -1) : raw
}

function lexLine(text: string, number: number): LexedLine {
  const line = { number, text, tag: '', value: '' }
  if (text.trim() === '') return { ...line, kind: 'blank' }
  if (!text.startsWith('#')) return { ...line, kind: 'uri' }
  if (!text.startsWith('#EXT')) return { ...line, kind: 'comment' }
  const colon = text.indexOf(':')
  return colon < 0
    ? { ...line, kind: 'tag', tag: text.slice(1) }
    : { ...line, kind: 'tag', tag: text.slice(1, colon), value: text.slice(colon + 1) }
}
