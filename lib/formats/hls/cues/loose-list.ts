/** Attributes as encoders write them in tags of their own: bare values among them, names in any case, any quotes. */

/** A list taken apart. */
export interface LooseList {
  /** Values without a name, in order. */
  readonly bare: readonly string[]
  /** Without their quotes, by names in upper case. */
  readonly named: ReadonlyMap<string, string>
}

/** More than any encoder writes in one tag. */
const maxParts = 64

/** Takes apart as much as there is sense in. */
export function looseList(text: string): LooseList {
  const bare: string[] = []
  const named = new Map<string, string>()
  for (const part of partsOf(text)) {
    const [, name, value = ''] = /^([A-Za-z][\w.-]*)\s*=(.*)$/s.exec(part) ?? []
    if (name === undefined) bare.push(unquoted(part))
    else if (!named.has(name.toUpperCase())) named.set(name.toUpperCase(), unquoted(value.trim()))
  }
  return { bare, named }
}

/** Seconds of a decimal number; undefined for other text. */
export function secondsOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}(?:\.\d{0,12})?$/.test(text.trim()) ? Number(text) : undefined
}

/** Between commas that no quotes hold. */
function partsOf(text: string): string[] {
  const parts: string[] = []
  let from = 0
  let isQuoted = false
  for (let at = 0; at <= text.length && parts.length < maxParts; at++) {
    if (text[at] === '"') isQuoted = !isQuoted
    if (at < text.length && (isQuoted || text[at] !== ',')) continue
    const part = text.slice(from, at).trim()
    if (part !== '') parts.push(part)
    from = at + 1
  }
  return parts
}

const unquoted = (text: string): string => text.replace(/^["“”']/, '').replace(/["“”']$/, '')
