import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bundle, buildPages, bundleFunctions } from '../../scripts/build.ts'

interface Budget {
  readonly bytes: number
  /** What it may leave to the runtime; no list, no limit. */
  readonly imports?: readonly string[]
}

const { functions, pages } = JSON.parse(readFileSync('bench/budget.json', 'utf8')) as {
  functions: Readonly<Record<string, Budget>>
  pages: Budget
}

describe('bundles', () => {
  let bundles: Readonly<Record<string, Bundle>>
  const scratch = mkdtempSync(join(tmpdir(), 'headend-bundles-'))
  beforeAll(async () => {
    bundles = await bundleFunctions(scratch)
  })
  afterAll(() => rmSync(scratch, { recursive: true, force: true }))

  it('have a budget each', () => {
    expect(Object.keys(bundles).toSorted()).toEqual(Object.keys(functions).toSorted())
  })

  it.each(Object.entries(functions))('%s is within its budget', (name, { bytes, imports }) => {
    const bundle = bundles[name]
    expect(bundle?.bytes, 'raise it in bench/budget.json, and say why').toBeLessThanOrEqual(bytes)
    if (imports) expect(imports).toEqual(expect.arrayContaining([...(bundle?.imports ?? [])]))
  })

  it('of the console are within theirs', async () => {
    expect(await buildPages(scratch), 'raise it in bench/budget.json, and say why').toBeLessThanOrEqual(
      pages.bytes,
    )
  })

  it.each([
    'delivery/manifest-edge',
    'delivery/live-manifest-edge',
    'delivery/manifest',
    'packaging/segment',
    'rights/licence',
    'rights/speke',
  ])('%s, which viewers wait for when it is new, carries no AWS SDK', (name) => {
    const modules = bundles[name]?.modules ?? []
    expect(modules).not.toEqual([])
    expect(modules.filter((path) => /node_modules\/@(aws-sdk|smithy)\//.test(path))).toEqual([])
  })

  it('import no node:http, whose members load half of Node', () => {
    const importers = Object.entries(bundles).filter(([, { imports }]) =>
      imports.some((path) => /^(node:)?http$/.test(path)),
    )
    expect(importers).toEqual([])
  })

  it('leave nothing to the runtime but Node itself', () => {
    const foreign = Object.entries(bundles)
      .filter(([name]) => name !== 'delivery/viewer-request')
      .flatMap(([name, { imports }]) => imports.map((path) => `${name} -> ${path}`))
      .filter((line) => !/ -> (node:|\w+$)/.test(line))
    expect(foreign).toEqual([])
  })
})
