/** Reads attributes of CPIX's elements by their schema types. */
import { type ErrorCodeOf, HeadendError } from '../../errors.ts'
import { isUuid } from '../uuid.ts'
import { contentOf, localName } from '../xml/tree.ts'
import { type Place, placeIn } from './names.ts'

/** The attribute with exactly this name; one with a prefix is foreign. */
export function textAttribute({ node }: Place, name: string): string | undefined {
  return node.attributes.find((attribute) => attribute.name === name)?.value
}

/** A required attribute. */
export function need(place: Place, name: string): string {
  const value = textAttribute(place, name)?.trim()
  if (value === undefined || value === '') throw refused('CPIX_ATTRIBUTE', `Missing ${named(place, name)}`)
  return value
}

/** A required UUID, in lower case. */
export function needUuid(place: Place, name: string): string {
  const value = need(place, name)
  if (!isUuid(value))
    throw refused(
      'CPIX_UUID',
      `${named(place, name)}: expected a UUID, got ${JSON.stringify(value.slice(0, 80))}`,
    )
  return value.toLowerCase()
}

/** A whole number. */
export function numberOf(place: Place, name: string): number | undefined {
  const text = textAttribute(place, name)?.trim()
  if (text === undefined) return undefined
  const number = Number(text)
  if (!/^[+-]?\d{1,16}$/.test(text) || !Number.isSafeInteger(number))
    throw refused(
      'CPIX_NUMBER',
      `${named(place, name)}: expected a whole number, got ${JSON.stringify(text.slice(0, 40))}`,
    )
  return number
}

/** An xs:boolean. */
export function booleanOf(place: Place, name: string): boolean | undefined {
  const text = textAttribute(place, name)?.trim()
  if (text === undefined) return undefined
  if (!/^(?:true|false|1|0)$/.test(text))
    throw refused(
      'CPIX_BOOLEAN',
      `${named(place, name)}: expected true or false, got ${JSON.stringify(text.slice(0, 40))}`,
    )
  return text === 'true' || text === '1'
}

/** The text of the first child with a name; empty if the child is empty. */
export function childText(place: Place, name: string): string | undefined {
  const child = placeIn(place, name)
  return child && contentOf(child.node)
}

function named({ node }: Place, name: string): string {
  return `${localName(node.name)}@${name}`
}

/** The error that SPEKE servers return for a document that breaks the rules. */
function refused(code: ErrorCodeOf<422>, message: string): HeadendError {
  return new HeadendError(code, message, { status: 422 })
}
