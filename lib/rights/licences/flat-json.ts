/** A flat JSON object with every member: `JSON.parse` would keep only the last of duplicate names. */
import { HeadendError } from '../../errors.ts'

/** Names and values in source order; refuses nested objects and arrays. */
export function flatJson(text: string): readonly (readonly [string, unknown])[] {
  const inner = /^[\t\n\r ]*\{(?<inner>[^]*)\}[\t\n\r ]*$/.exec(text)?.groups?.['inner'] ?? ''
  const found: (readonly [string, unknown])[] = []
  member.lastIndex = 0
  while (member.lastIndex < inner.length) {
    const from = member.lastIndex
    const { name = '', value = '', end } = member.exec(inner)?.groups ?? {}
    if (name === '' || (end === '') !== (member.lastIndex === inner.length)) throw refused(from)
    found.push([String(parsed(name)), parsed(value)])
  }
  if (found.length === 0) throw refused(0)
  return found
}

const member =
  /[\t\n\r ]*(?<name>"(?:[^"\\]|\\.)*")[\t\n\r ]*:[\t\n\r ]*(?<value>"(?:[^"\\]|\\.)*"|[^"{}[\],\s]+)[\t\n\r ]*(?<end>,|$)/y

function parsed(word: string): unknown {
  try {
    return JSON.parse(word)
  } catch {
    throw refused(0)
  }
}

const refused = (at: number): HeadendError =>
  new HeadendError(
    'LICENCE_CHALLENGE',
    `expected one JSON object whose members are texts, got another at ${at}`,
  )
