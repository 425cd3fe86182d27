/** Rules of room name: what becomes of an entry. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterReady, afterSeen, parseSeen, withNote } from '../../lib/room-name/entry.ts'

const stored = withNote(undefined, { id: 'one', note: 'first', nowMs: 1000 })

describe('an entry', () => {
  it('begins with revision 1 and keeps with another note what is known of it', () => {
    expect(stored).toEqual({ id: 'one', note: 'first', revision: 1, updatedAtMs: 1000 })
    const seen = { ...stored, revision: 2, seenAtMs: 1500 }
    expect(withNote(seen, { id: 'one', note: 'second', nowMs: 2000 })).toEqual({
      id: 'one',
      note: 'second',
      revision: 3,
      updatedAtMs: 2000,
      seenAtMs: 1500,
    })
  })

  it('was last seen at the latest time told, however often and in whatever order it is told', () => {
    const times = fc.array(fc.nat(), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(times, (told) => {
        const last = told
          .flatMap((seenAtMs) => [seenAtMs, seenAtMs])
          .reduce((entry, seenAtMs) => afterSeen(entry, { id: 'one', seenAtMs }) ?? entry, stored)
        expect(last.seenAtMs).toBe(Math.max(...told))
        expect(last.revision).toBeLessThanOrEqual(1 + told.length)
      }),
    )
  })
})

describe('a timeline that plays', () => {
  it('is the one told of with the greatest sequence, however often and in whatever order it is told', () => {
    const told = fc.array(fc.string({ unit: 'grapheme-ascii', minLength: 1 }), {
      minLength: 1,
      maxLength: 20,
    })
    fc.assert(
      fc.property(told, (sequences) => {
        const last = sequences
          .flatMap((sequence) => [sequence, sequence])
          .reduce(
            (entry, sequence) => afterReady(entry, { timeline: `t${sequence}`, sequence }) ?? entry,
            stored,
          )
        const greatest = sequences.toSorted((a, b) => (a < b ? -1 : 1)).at(-1)
        expect(last).toMatchObject({ timeline: `t${greatest}`, heard: greatest })
        expect(last.revision).toBeLessThanOrEqual(1 + new Set(sequences).size)
      }),
    )
  })
})

describe('a message', () => {
  it('says which entry was seen, and when', () => {
    expect(parseSeen('{"id":"one","seenAtMs":5,"more":true}')).toEqual({ id: 'one', seenAtMs: 5 })
  })

  it.each([
    '',
    'no JSON',
    'null',
    '[]',
    '{}',
    '{"id":"one"}',
    '{"id":"..","seenAtMs":5}',
    '{"id":"a/b","seenAtMs":5}',
    '{"id":"one","seenAtMs":-1}',
    '{"id":"one","seenAtMs":"5"}',
    '{"id":"one","seenAtMs":1.5}',
    '{"id":"one","seenAtMs":8640000000000001}',
  ])('that is none is refused: %j', (body) => {
    expect(() => parseSeen(body)).toThrow(expect.objectContaining({ code: 'ROOM_NAME_MESSAGE' }))
  })
})
