import { appendFile, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { openJournal } from '../../../local/s3/storing/journal.ts'
import { freshDir, removeDirs } from './harness.ts'

interface Set {
  readonly key: string
  readonly value: number
}

afterAll(removeDirs)

async function open(path: string, options: { compactAfter?: number; failing?: () => boolean } = {}) {
  const state = new Map<string, number>()
  let commits = 0
  const journal = await openJournal<Set>({
    path,
    compactAfter: options.compactAfter,
    apply: ({ key, value }) => state.set(key, value),
    snapshot: () => [...state].map(([key, value]) => ({ key, value })),
    beforeCommit: () => {
      commits++
      return options.failing?.() ? Promise.reject(new Error('disk')) : Promise.resolve()
    },
  })
  return { journal, state, commits: () => commits }
}

const newPath = async () => join(await freshDir(), 'journal')

describe('a journal', () => {
  it('gives back what was appended, whatever the keys hold', async () => {
    const path = await newPath()
    const { journal } = await open(path)
    const keys = ['a', 'line\nbreak', 'separator\u2028', '"quoted"', '\u{1f600}']
    for (const [value, key] of keys.entries()) await journal.append([{ key, value }])
    await journal.close()
    const again = await open(path)
    expect([...again.state]).toEqual(keys.map((key, value) => [key, value]))
    await again.journal.close()
  })

  it('commits writers that come together with one sync', async () => {
    const { journal, state, commits } = await open(await newPath())
    await Promise.all(
      Array.from({ length: 500 }, (_, value) => journal.append([{ key: `k${value}`, value }])),
    )
    expect(state.size).toBe(500)
    expect(commits()).toBeLessThan(10)
    await journal.close()
  })

  it('shows a change only once it is acknowledged', async () => {
    const { journal, state } = await open(await newPath())
    const appended = journal.append([{ key: 'a', value: 1 }])
    expect(state.size).toBe(0)
    await appended
    expect(state.get('a')).toBe(1)
    await journal.close()
  })

  it('fails a write it cannot make, and goes on after it', async () => {
    const path = await newPath()
    let broken = false
    const { journal, state } = await open(path, { failing: () => broken })
    await journal.append([{ key: 'a', value: 1 }])
    broken = true
    await expect(journal.append([{ key: 'b', value: 2 }])).rejects.toThrow('disk')
    broken = false
    await journal.append([{ key: 'c', value: 3 }])
    expect([...state.keys()]).toEqual(['a', 'c'])
    await journal.close()
    await expect(journal.append([{ key: 'd', value: 4 }])).rejects.toThrow('closed')
    const again = await open(path)
    expect([...again.state.keys()]).toEqual(['a', 'c'])
    await again.journal.close()
  })

  it('is rewritten when it has grown past its state, losing nothing', async () => {
    const path = await newPath()
    const { journal, state } = await open(path, { compactAfter: 100 })
    for (let round = 0; round < 30; round++)
      await Promise.all(
        Array.from({ length: 40 }, (_, i) => journal.append([{ key: `k${i % 7}`, value: round * 40 + i }])),
      )
    const expected = [...state]
    expect(expected).toHaveLength(7)
    await journal.close()
    expect((await stat(path)).size).toBeLessThan(20_000)
    const again = await open(path)
    expect(new Map(again.state)).toEqual(new Map(expected))
    await again.journal.close()
  })

  it('cut anywhere keeps a prefix of its batches, each whole', async () => {
    const path = await newPath()
    const { journal } = await open(path)
    for (let value = 0; value < 6; value++)
      await journal.append([
        { key: `a${value}`, value },
        { key: `b${value}`, value },
      ])
    await journal.close()
    const bytes = await readFile(path)
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length), async (length) => {
        await writeFile(path, bytes)
        await truncate(path, length)
        const cut = await open(path)
        const whole = cut.state.size / 2
        expect([...cut.state.values()]).toEqual(Array.from({ length: whole }, (_, i) => [i, i]).flat())
        await cut.journal.append([{ key: 'next', value: 99 }])
        await cut.journal.close()
        const again = await open(path)
        expect(again.state.size).toBe(whole * 2 + 1)
        await again.journal.close()
      }),
      { numRuns: 30 },
    )
  })

  it('with a broken line in its middle is refused, not shortened', async () => {
    const path = await newPath()
    const { journal } = await open(path)
    for (let value = 0; value < 3; value++) await journal.append([{ key: 'k', value }])
    await journal.close()
    const text = await readFile(path, 'utf8')
    await writeFile(path, text.replace('"value":1', '"value":7'))
    await expect(open(path)).rejects.toMatchObject({ code: 'JOURNAL_CORRUPT' })
    await writeFile(path, text)
    await appendFile(path, 'deadbeef ["torn')
    const torn = await open(path)
    expect(torn.state.get('k')).toBe(2)
    await torn.journal.close()
  })
})
