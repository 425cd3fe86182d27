/** What an object of a feed is, told by its bytes. */
import { expect, it } from 'vitest'
import { objectForm } from '../../lib/channels/ingest/object-form.ts'

const formOf = (bytes: Uint8Array) => objectForm({ path: 'live4.ts', bytes })

it.each([
  ['a JPEG', Buffer.from('ffd8ffe000104a46494600010101', 'hex')],
  ['a PNG', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
  ['a page', Buffer.from('<!DOCTYPE html><title>no</title>')],
  ['nothing', new Uint8Array(0)],
])('%s under the name of a segment is of another form, not a box that breaks off', (_, bytes) => {
  expect(formOf(bytes)).toBe('other')
})

it('a segment that breaks off is said to', () => {
  const half = Buffer.from('000000406d6f6f6600000010', 'hex')
  expect(() => formOf(half)).toThrow(expect.objectContaining({ code: 'MP4_BOX_TRUNCATED' }))
})

it('boxes that nobody knows may come first, if they are whole', () => {
  expect(formOf(Buffer.from('0000000878787878000000086d6f6f66', 'hex'))).toBe('segment')
})
