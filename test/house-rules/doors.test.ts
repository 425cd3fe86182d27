/** Which room may open which door. Edit the table with ARCHITECTURE.md, not the tests. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { importsOf, sourceFiles } from './sources.ts'

const foundation = ['errors', 'formats', 'timeline', 'platform']
const roomDoors: Readonly<Record<string, readonly string[]>> = {
  assets: [...foundation, 'zod', '@hono/zod-openapi'],
  packaging: [...foundation, 'assets'],
  delivery: [...foundation, 'assets'],
  rights: [...foundation, 'assets', 'jose', 'zod', '@hono/zod-openapi'],
  presentations: [...foundation, 'assets', 'delivery', 'zod', '@hono/zod-openapi'],
  channels: [...foundation, 'assets', 'packaging', 'delivery', 'zod', '@hono/zod-openapi'],
  api: [...foundation, 'channels', 'assets', 'presentations', 'rights', 'hono', '@hono/zod-openapi'],
  operations: [...foundation],
}
const doors: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  formats: ['errors'],
  timeline: ['errors'],
  platform: ['errors', 'node', 'jose', '@aws-sdk', 'aws-lambda'],
  ...roomDoors,
  construct: ['construct', 'errors', 'platform', 'timeline', 'aws-cdk-lib', 'constructs', 'cdk-nag', 'node'],
  lambdas: ['*rooms', ...foundation, 'aws-lambda', '@aws-sdk', 'hono', 'node'],
}
const roomNames = Object.keys(roomDoors)
const rooms = new Set(roomNames)
const pureRooms = new Set(['formats', 'timeline', ...roomNames])
const files = sourceFiles('lib', 'lambdas')
const localFiles = sourceFiles('local')
const webFiles = sourceFiles('web')

/** The room a file of ours, or a package, belongs to. */
function roomOf(path: string): string {
  if (path.startsWith('node:')) return 'node'
  if (!/^(lib|lambdas)\//.test(path)) {
    if (path.startsWith('@aws-sdk/') || path.startsWith('@smithy/')) return '@aws-sdk'
    return path.startsWith('@') ? path.split('/', 2).join('/') : (path.split('/')[0] ?? path)
  }
  if (/(^|[./-])construct\.ts$/.test(path) || path === 'lib/headend.ts') return 'construct'
  if (path === 'lib/errors.ts') return 'errors'
  const [top = '', room = ''] = path.split('/')
  return top === 'lib' ? room : top
}

/** A path from the root, not the name of a package. */
const ownFile = /^(bench|bin|lambdas|lib|local|scripts|test|web)\//
const isStore = (file: string): boolean => file.endsWith('/store.ts')

describe('doors', () => {
  it.each(files)('%s opens only its own doors', (file) => {
    const from = roomOf(file)
    const allowed = new Set([
      from,
      ...(doors[from] ?? []).flatMap((door) => (door === '*rooms' ? roomNames : [door])),
    ])
    if (isStore(file)) allowed.add('@aws-sdk')
    for (const to of importsOf(file)) {
      expect.soft(allowed, `${file} -> ${to}`).toContain(roomOf(to))
      const crosses = rooms.has(roomOf(to)) && roomOf(to) !== from && from !== 'construct'
      if (crosses) expect.soft(to, `${file} enters ${roomOf(to)} by a window`).toMatch(/\/(index|store)\.ts$/)
    }
  })

  it.each([...files, ...localFiles].filter((file) => !file.startsWith('lib/formats/')))(
    '%s enters formats by their doors',
    (file) => {
      const windows = importsOf(file).filter((to) => /^lib\/formats\/[^/]+\/(?!index\.ts$)/.test(to))
      expect(windows).toEqual([])
    },
  )

  it.each([
    { where: 'lib and lambdas', among: files },
    { where: 'local', among: localFiles },
    { where: 'web', among: webFiles },
  ])('form no cycle in $where', ({ among }) => {
    expect(among.length).toBeGreaterThan(50)
    const state = new Map<string, 'open' | 'done'>()
    const visit = (file: string, trail: readonly string[]): void => {
      if (state.get(file) === 'open') expect.fail([...trail.slice(trail.indexOf(file)), file].join(' -> '))
      if (state.has(file) || !among.includes(file)) return
      state.set(file, 'open')
      for (const to of importsOf(file)) visit(to, [...trail, file])
      state.set(file, 'done')
    }
    for (const file of among) visit(file, [])
  })

  it('lead from the local cloud to nothing but itself and the foundation', () => {
    for (const file of localFiles)
      for (const to of importsOf(file))
        if (ownFile.test(to))
          expect.soft(to, `${file} -> ${to}`).toMatch(/^(local|lib\/platform)\/|^lib\/errors\.ts$/)
  })

  it('keep the names of secrets out of the local cloud', () => {
    for (const file of localFiles)
      expect
        .soft(readFileSync(file, 'utf8'), file)
        .not.toMatch(/\b(OPERATOR|SPEKE|LICENCE|ORIGIN|FRONT)_[A-Z]+/)
  })

  it('lead from the pages to nothing but themselves and lib', () => {
    for (const file of webFiles)
      for (const to of importsOf(file))
        if (ownFile.test(to)) expect.soft(to, `${file} -> ${to}`).toMatch(/^(web|lib)\//)
  })

  it('keep the cloud out of what ships, and what ships out of the local cloud', () => {
    for (const file of files)
      for (const to of importsOf(file))
        expect(to, `${file} -> ${to}`).not.toMatch(/^(local|web|test|scripts|bench)\//)
  })
})

describe('rules', () => {
  const pure = files.filter((file) => pureRooms.has(roomOf(file)))

  it.each(pure)('%s takes clock, chance, environment and console as arguments', (file) => {
    expect(readFileSync(file, 'utf8')).not.toMatch(
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.|\bconsole\.[a-z]+\(|\bcrypto\.(randomUUID|getRandomValues)\(/,
    )
  })

  it.each(sourceFiles('lambdas').filter((file) => !file.endsWith('.d.ts')))('%s is thin', (file) => {
    expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThanOrEqual(61)
  })
})
