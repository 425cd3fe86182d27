import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Journal, openJournal } from '../../local/journal.ts'
import { scratch } from './serve.ts'

interface Entry {
  readonly key: string
  readonly value: number
}

describe('the journal', () => {
  let directory: Awaited<ReturnType<typeof scratch>>
  let path: string
  beforeEach(async () => {
    directory = await scratch()
    path = join(directory.path, 'deep', 'state.jsonl')
  })
  afterEach(() => directory.remove())

  async function open(compactAfterBytes?: number) {
    const state = new Map<string, number>()
    const journal: Journal<Entry> = await openJournal<Entry>({
      path,
      ...(compactAfterBytes !== undefined && { compactAfterBytes }),
      accepts: (value): value is Entry => typeof value === 'object' && value !== null && 'key' in value,
      replay: ({ key, value }) => state.set(key, value),
      snapshot: () => Array.from(state, ([key, value]) => ({ key, value })),
    })
    const set = (key: string, value: number) => {
      state.set(key, value)
      return journal.append({ key, value })
    }
    return { state, journal, set }
  }

  it('reads back what was appended, in order', async () => {
    const { set, journal } = await open()
    await Promise.all([set('a', 1), set('b', 2), set('a', 3)])
    await journal.close()
    const again = await open()
    expect([...again.state]).toEqual([
      ['a', 3],
      ['b', 2],
    ])
    await again.journal.close()
  })

  it('is written anew when it has grown, with appends going on', async () => {
    const { set, journal } = await open(1000)
    for (let n = 0; n < 50; n++)
      await Promise.all(Array.from({ length: 10 }, (_, k) => set(`key-${k}`, n * 10 + k)))
    await journal.close()
    expect((await readFile(path)).length).toBeLessThan(5000)
    const again = await open()
    expect([...again.state.values()].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 10 }, (_, k) => 490 + k),
    )
    await again.journal.close()
  })

  it('drops a last line that was cut off, and refuses a broken one before it', async () => {
    const { set, journal } = await open()
    await set('a', 1)
    await journal.close()
    const whole = await readFile(path, 'utf8')
    await writeFile(path, `${whole}{"key":"b","val`)
    const again = await open()
    expect([...again.state]).toEqual([['a', 1]])
    await again.set('c', 2)
    await again.journal.close()
    await writeFile(path, `{"key":"b","val\n${whole}`)
    await expect(open()).rejects.toMatchObject({
      code: 'JOURNAL_ENTRY_BROKEN',
      message: expect.stringContaining('line 1 of 2'),
    })
  })

  it('takes nothing after it is closed', async () => {
    const { set, journal } = await open()
    await journal.close()
    await expect(set('a', 1)).rejects.toMatchObject({ code: 'JOURNAL_CLOSED' })
  })
})
