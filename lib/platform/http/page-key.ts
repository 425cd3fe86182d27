/** Where the next page of a list starts, as clients hand it back: text that is ours alone to read. */
import { HeadendError } from '../../errors.ts'

/** No key of ours is longer as text. */
export const maxNextLength = 2048

/** The text that stands for a key. */
export const printNext = (key: object): string => Buffer.from(JSON.stringify(key)).toString('base64url')

/** The key in such a text; REQUEST_INVALID for one that `read` does not know, which no page gave. */
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
