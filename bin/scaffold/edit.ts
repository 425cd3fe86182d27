/** Changes to files that are there already, each of which can be taken back to the letter. */

/** A change that knows its own way back. */
export interface Edit {
  readonly path: string
  /** What it adds, for a person who has to do it. */
  readonly byHand: string
  /** The text with it; undefined where the text has no place for it. */
  readonly add: (text: string) => string | undefined
  /** The text without it; undefined where it is not there as it was added. */
  readonly remove: (text: string) => string | undefined
}

/** Where in a text something goes; undefined where there is no such place, or more than one. */
export type Place = (text: string) => number | undefined

/** Puts `added` into a file. What a formatter does to it afterwards (breaks, a last comma) keeps nobody from finding it. */
export function insertion(path: string, added: string, place: Place): Edit {
  return {
    path,
    byHand: added.trim(),
    add(text) {
      const at = place(text)
      return at === undefined ? undefined : text.slice(0, at) + added + text.slice(at)
    },
    remove(text) {
      const found = only(text, looseForm(added))
      return found && text.slice(0, found.index) + text.slice(found.index + found[0].length)
    },
  }
}

/** Adds to the one number that `pattern` captures. */
export function raised(path: string, pattern: RegExp, by: number): Edit {
  const moved = (text: string, step: number): string | undefined => {
    const [whole, number] = only(text, pattern) ?? []
    if (whole === undefined || number === undefined) return undefined
    return text.replace(whole, () => whole.replace(number, () => String(Number(number) + step)))
  }
  return {
    path,
    byHand: `raise ${pattern.source} by ${by}`,
    add: (text) => moved(text, by),
    remove: (text) => moved(text, -by),
  }
}

/** Right before, or right after, the one text that fits. */
export const before =
  (pattern: RegExp): Place =>
  (text) =>
    only(text, pattern)?.index
export const after =
  (pattern: RegExp): Place =>
  (text) => {
    const found = only(text, pattern)
    return found && found.index + found[0].length
  }

/** After the last import: what sorts them does the rest. */
export const amongImports: Place = (text) => {
  const last = [...text.matchAll(/^import\b[^;]*?from '[^']+'\n/gm)].at(-1)
  return last && last.index + last[0].length
}

/** Where `key` stands in the order of a list: `list` fits all of it and nothing more, `item` a member and captures its key. */
export const inOrder =
  (key: string, list: RegExp, item: RegExp): Place =>
  (text) => {
    const found = only(text, list)
    if (!found) return undefined
    const members = [...found[0].matchAll(new RegExp(item, 'gm'))]
    const next = members.find(([, other = '']) => other > key)
    return members.length === 0 ? undefined : found.index + (next?.index ?? found[0].length)
  }

function only(text: string, pattern: RegExp): RegExpExecArray | undefined {
  const [found, ...others] = text.matchAll(new RegExp(pattern, 'gm'))
  return others.length === 0 ? found : undefined
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

/** What was added as a formatter may have left it. */
function looseForm(added: string): RegExp {
  const parts = added.match(/'[^'\n]*'|\w+|[^\s\w]/g) ?? []
  const body = parts
    .map((part, i) => (i === 0 ? '' : /^[)\]}]$/.test(part) ? ',?\\s*' : '\\s*') + escaped(part))
    .join('')
  const start = /^[\w'"]/.test(parts[0] ?? '') ? `(?<![\\w'"-])` : ''
  const end = /\w$/.test(parts.at(-1) ?? '') ? '(?![\\w-])' : ''
  if (added.endsWith('\n')) return new RegExp(`^[ \\t]*${start}${body}${end}[ \\t]*\\n`)
  return new RegExp(`${start}${body}${end}${added.endsWith(' ') ? '\\s*' : ''}`)
}
