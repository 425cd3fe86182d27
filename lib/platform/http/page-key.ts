/** Opaque page tokens: the start of a list's next page, as clients send it back. */
import { HeadendError } from '../../errors.ts'

/** The maximum length of a token; none of our keys is longer as text. */
export const maxNextLength = 2048

/** The token for a key. */
export const printNext = (key: object): string => Buffer.from(JSON.stringify(key)).toString('base64url')

/** The key in a token; REQUEST_INVALID if `read` does not accept it, as it was never issued. */
export function parseNext<Key>(next: string, read: (value: unknown) => Key | undefined): Key {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(next, 'base64url').toString())
  } catch {
    value = undefined
  }
  const key = value === undefined ? undefined : read(value)
  if (key === undefined)
    throw new HeadendError('REQUEST_INVALID', 'next: expected the value that a page of this list gave')
  return key
}
