/** Matching as IAM does it: `*` and `?`, ARNs part by part, and policy variables. */

/** What a statement's `*`, `?` and `${…}` are matched against; keys in lower case. */
export type Context = Readonly<Record<string, string | readonly string[]>>

/** Whether `text` fits a pattern with `*` (any run) and `?` (one character). Linear: never a regular expression. */
export function fits(pattern: string, text: string): boolean {
  let at = 0
  let star = -1
  let resume = 0
  let index = 0
  while (index < text.length) {
    const wanted = pattern[at]
    if (wanted === '*') {
      star = at++
      resume = index
    } else if (wanted !== undefined && (wanted === '?' || unescape(wanted) === text[index])) {
      at++
      index++
    } else if (star >= 0) {
      at = star + 1
      index = ++resume
    } else {
      return false
    }
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}

/** Actions (`s3:Get*`) know no case. */
export function fitsAction(pattern: string, action: string): boolean {
  return fits(pattern.toLowerCase(), action.toLowerCase())
}

/** The six parts of an ARN are matched one by one, so that a `*` never swallows a colon before the resource. */
export function fitsArn(pattern: string, arn: string): boolean {
  if (pattern === '*') return true
  const wanted = arnParts(pattern)
  const given = arnParts(arn)
  if (wanted.length !== given.length) return false
  return wanted.every((part, index) => fits(part, given[index] ?? ''))
}

/**
 * Puts the values of `${aws:PrincipalArn}`, `${key, 'default'}` and the literals `${*}`, `${?}`, `${$}` in place.
 * Undefined when a variable has no single value: such a pattern matches nothing.
 */
export function withVariables(pattern: string, context: Context): string | undefined {
  if (!pattern.includes('${')) return pattern
  let unknown = false
  const text = pattern.replaceAll(/\$\{([^}]*)\}/g, (_, inner: string) => {
    const literal = literals.get(inner)
    if (literal !== undefined) return literal
    const [, name = inner, fallback] = /^([^,]+?)\s*,\s*'([^']*)'$/.exec(inner) ?? []
    const value = context[name.trim().toLowerCase()]
    if (typeof value === 'string') return escape(value)
    if (fallback !== undefined) return escape(fallback)
    unknown = true
    return ''
  })
  return unknown ? undefined : text
}

function arnParts(arn: string): readonly string[] {
  const parts = arn.split(':')
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')]
}

// A `*` that came out of a variable is an ordinary character; private-use code points stand for it meanwhile.
const starLiteral = '\ue000'
const markLiteral = '\ue001'
const literals = new Map([
  ['*', starLiteral],
  ['?', markLiteral],
  ['$', '$'],
])

function escape(value: string): string {
  return value.replaceAll('*', starLiteral).replaceAll('?', markLiteral)
}

function unescape(character: string): string {
  if (character === starLiteral) return '*'
  return character === markLiteral ? '?' : character
}

/** A pattern as plain text, for operators that know no wildcards. */
export function asLiteral(pattern: string): string {
  return pattern.replaceAll(starLiteral, '*').replaceAll(markLiteral, '?')
}
