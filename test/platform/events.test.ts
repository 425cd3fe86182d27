/** Events between rooms: one definition gives what publishes an event and what reads it. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { defineEvent, eventOf, readEvent } from '../../lib/platform/events/event-type.ts'
import { eventDocs, roomEvents } from '../../scripts/event-docs.ts'
import { onBus } from './room-event.ts'

const source = 'headend.kitchen'
const mealServed = defineEvent({
  source,
  name: 'MealServed',
  version: 2,
  meaning: 'A meal was served.',
  schema: z.object({ mealId: z.string().min(1), guests: z.number().int() }),
})
const mealBurnt = defineEvent({
  source,
  name: 'MealBurnt',
  version: 1,
  meaning: 'A meal was burnt.',
  schema: z.object({ mealId: z.string() }),
})

const happening = { change: 'c1', at: '2026-01-31T12:00:00.000Z', sequence: '0001' }
const served = eventOf(mealServed, happening, { mealId: 'soup', guests: 3 })
/** The same with other members in its detail. */
const bodyWith = (changes: Readonly<Record<string, unknown>>, name = 'MealServed'): string =>
  onBus({ ...served, name, detail: { ...served.detail, ...changes } })

describe('an event', () => {
  it('comes to its subscribers as its owner said it', () => {
    const read = readEvent([mealServed, mealBurnt], onBus(served))
    expect(read).toEqual({
      name: 'MealServed',
      version: 2,
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      at: happening.at,
      sequence: '0001',
      mealId: 'soup',
      guests: 3,
    })
    // Which one it is says what is in it.
    if (read.name === 'MealServed') expect(read.guests).toBe(3)
  })

  it('has one id for one change however often it is told, and another for each other change, name and source', () => {
    const words = fc.tuple(fc.string(), fc.string())
    fc.assert(
      fc.property(words, words, ([name, change], [otherName, otherChange]) => {
        const idOf = (named: string, of: string) =>
          eventOf({ ...mealBurnt, name: named }, { ...happening, change: of }, { mealId: 'a' }).detail.id
        expect(idOf(name, change)).toBe(idOf(name, change))
        const isSame = name === otherName && change === otherChange
        expect(idOf(name, change) === idOf(otherName, otherChange)).toBe(isSame)
      }),
    )
    const elsewhere = eventOf({ ...mealServed, source: 'headend.bar' }, happening, {
      mealId: 'soup',
      guests: 3,
    })
    expect(elsewhere.detail.id).not.toBe(served.detail.id)
  })

  it('may say more than its type knows, which is left out', () => {
    expect(readEvent([mealServed], bodyWith({ wine: 'red' }))).toEqual(readEvent([mealServed], onBus(served)))
  })

  it.each([
    ['no JSON', 'no JSON'],
    ['nothing', 'null'],
    ['a notification of S3', '{"Records":[]}'],
    ['another name', bodyWith({}, 'MealMade')],
    ['another source', onBus({ ...served, source: 'headend.bar' })],
    ['an older version', bodyWith({ version: 1 })],
    ['a later version', bodyWith({ version: 3 })],
    ['a version in words', bodyWith({ version: '2' })],
    ['no version', bodyWith({ version: undefined })],
  ])('is refused as unknown with %s', (_, body) => {
    expect(() => readEvent([mealServed], body)).toThrow(
      expect.objectContaining({ code: 'EVENT_UNKNOWN', status: 500 }),
    )
  })

  it.each([
    ['no id', { id: undefined }],
    ['an empty id', { id: '' }],
    ['an id that is no text', { id: 7 }],
    ['no time', { at: undefined }],
    ['a time that is none', { at: 'yesterday' }],
    ['no sequence', { sequence: undefined }],
    ['a fact that is missing', { guests: undefined }],
    ['a fact of another kind', { guests: '3' }],
    ['a fact that is empty', { mealId: '' }],
  ])('is refused with %s', (_, changes) => {
    expect(() => readEvent([mealServed], bodyWith(changes))).toThrow(
      expect.objectContaining({ code: 'EVENT_SHAPE', status: 500 }),
    )
  })
})

describe('the events of rooms', () => {
  it('have a name each, in the past, and say it is of their room', () => {
    const names = roomEvents.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const { source: from, name, version, meaning } of roomEvents) {
      expect(from).toMatch(/^headend\.[a-z]+$/)
      expect(name).toMatch(/^([A-Z][a-z]+){2,}$/)
      expect(version).toBeGreaterThan(0)
      expect(meaning).toMatch(/^\p{Lu}.{10,}\.$/u)
    }
  })

  it('are as docs/events.md says, every fact with what it is', () => {
    expect(readFileSync('docs/events.md', 'utf8'), 'run node scripts/event-docs.ts').toBe(eventDocs())
    const rows = eventDocs().matchAll(/^\| `(\w+)` \| (.*) \| (.*) \|$/gm)
    for (const [, member, type, what] of rows) expect([member, type, what]).not.toContain('')
    for (const { name } of roomEvents) expect(eventDocs()).toContain(`\n## ${name}\n`)
  })

  it('have no fact that is called as what every event says', () => {
    for (const { name, schema } of roomEvents) {
      const facts = schema instanceof z.ZodObject ? Object.keys(schema.shape) : ['?']
      expect([
        name,
        facts.filter((one) => ['version', 'id', 'at', 'sequence', 'name', '?'].includes(one)),
      ]).toEqual([name, []])
    }
  })
})
