/** The table of errors is closed, said in full, and what is made from it is as it says. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { commandErrors } from '../../bin/errors.ts'
import { errorAreas, errors } from '../../lib/errors/table.ts'
import { HeadendError } from '../../lib/errors.ts'
import { localErrors } from '../../local/errors.ts'
import { errorDocs } from '../../scripts/error-docs.ts'
import { sourceFiles } from './sources.ts'

const entries = Object.entries({ ...errors, ...commandErrors, ...localErrors })

describe('the table of errors', () => {
  it('has every code once', () => {
    const codes = [...errorAreas.map(({ codes: area }) => area), commandErrors, localErrors].flatMap((area) =>
      Object.keys(area),
    )
    expect(codes.filter((code, i) => codes.indexOf(code) < i)).toEqual([])
    expect(codes.toSorted()).toEqual(entries.map(([code]) => code).toSorted())
  })

  it.each(entries)('says of %s in sentences what it means and what to do', (_, { meaning, advice }) => {
    expect(meaning).toMatch(/^[\p{Lu}“]?\p{L}.{10,}[^ .]\.$/u)
    expect(advice).toMatch(/^[\p{Lu}“].{10,}[^ .]\.$/u)
  })

  it('is closed: what it has not does not compile', () => {
    const made = [
      new HeadendError('MP4_TRUNCATED', 'a status of 400 needs no word'),
      new HeadendError('TABLE_BUSY', 'any other does', { status: 503 }),
      // @ts-expect-error A code that is in no table.
      new HeadendError('MP4_TRUNCATE', ''),
      // @ts-expect-error A status the code does not have.
      new HeadendError('TABLE_BUSY', '', { status: 500 }),
      // @ts-expect-error No status where 400 is not the code's.
      new HeadendError('TABLE_BUSY', ''),
      // @ts-expect-error What stands in records alone is never thrown.
      new HeadendError('PACKAGING_INTERNAL', ''),
      // @ts-expect-error The codes of another table.
      new HeadendError('CLI_USAGE', ''),
    ]
    expect(made.map(({ status }) => status).slice(0, 2)).toEqual([400, 503])
    // @ts-expect-error A comparison with what no error can be.
    expect(made[0]?.code === 'MP4_TRUNCATE').toBe(false)
  })

  it('is what docs/errors.md says', () => {
    expect(readFileSync('docs/errors.md', 'utf8'), 'run node scripts/error-docs.ts').toBe(errorDocs())
  })
})

describe('the viewer function', () => {
  const source = readFileSync('lambdas/delivery/viewer-request.js', 'utf8')

  it('refuses by codes and statuses of the table', () => {
    const refusals = [...source.matchAll(/refusal\(\s*(\d{3}),\s*'([A-Z_]+)'/g)]
    expect(refusals.length).toBeGreaterThan(10)
    const table: Readonly<Record<string, { readonly status: number | readonly number[] }>> = errors
    for (const [, status, code = ''] of refusals) {
      if (code === 'FILTER_') continue
      expect([code, [table[code]?.status].flat()]).toEqual([code, expect.arrayContaining([Number(status)])])
    }
  })

  it('refuses filters by codes of the table', () => {
    const words = [...source.matchAll(/unfit\('([A-Z]+)'/g)].map(([, word]) => `FILTER_${word}`)
    expect(words.length).toBeGreaterThan(3)
    for (const word of words) expect(Object.keys(errors)).toContain(word)
  })
})

/** Every word that may be a code in these files. */
const wordsIn = (files: readonly string[]): ReadonlySet<string> =>
  new Set(
    files.flatMap((file) => readFileSync(file, 'utf8').match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g) ?? []),
  )

describe('every code', () => {
  const made = wordsIn([
    ...sourceFiles('lib', 'lambdas').filter((file) => !file.startsWith('lib/errors/')),
    'lambdas/delivery/viewer-request.js',
  ])
  const tested = wordsIn(
    sourceFiles('test').filter(
      (file) => file !== 'test/house-rules/errors.test.ts' && !file.startsWith('test/soak'),
    ),
  )

  it('is made somewhere: what nothing throws is in no table', () => {
    expect(Object.keys(errors).filter((code) => !made.has(code))).toEqual([])
  })

  it('is named in a test that provokes it', () => {
    expect(Object.keys(errors).filter((code) => !tested.has(code))).toEqual([])
  })
})
