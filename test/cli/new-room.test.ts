/** `headend new room` in a copy of the repository: what it writes holds as written, and goes without a trace. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CommandError } from '../../bin/errors.ts'
import { roomNames } from '../../bin/scaffold/names.ts'
import { removals } from '../../bin/scaffold/plan.ts'
import { roomScaffold } from '../../bin/scaffold/room.ts'
import { refuseTaken } from '../../bin/scaffold/taken.ts'
import { repositoryCopy } from '../house/copy.ts'

/** The judges of another checkout take as long as its machine is slow. */
const aWhileMs = 600_000

const copy = repositoryCopy()
const at = (path: string) => join(copy, path)
const read = (path: string) => readFileSync(at(path), 'utf8')

afterAll(() => rmSync(copy, { recursive: true, force: true }))

/** Every file of the copy, by a digest of its bytes; folders, too, so that none is left empty. */
function contents(): Readonly<Record<string, string>> {
  // One by one: read as a whole it would follow the link to node_modules.
  const entries = readdirSync(copy, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules')
    .flatMap((entry) => [
      entry,
      ...(entry.isDirectory() ? readdirSync(at(entry.name), { recursive: true, withFileTypes: true }) : []),
    ])
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return [path, entry.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'other']
    }),
  )
}

function run(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: copy,
    encoding: 'utf8',
    // The run within notes nothing: times of files would be a trace.
    env: {
      ...process.env,
      PATH: `${at('node_modules/.bin')}:${process.env['PATH']}`,
      HEADEND_SECONDS: undefined,
    },
  })
  return { status, said: stdout + stderr }
}
const headend = (...words: readonly string[]) => run('bin/cli.ts', ...words)

/** The copy is after `work` what it was before. */
function withoutTrace<Answer>(work: () => Answer): Answer {
  const before = contents()
  const answer = work()
  expect(contents()).toEqual(before)
  return answer
}

describe('headend new room', () => {
  it(
    'writes a room that compiles, keeps the rules of the house and stands in the stacks; remove room leaves no trace',
    () => {
      const before = contents()
      expect(headend('new', 'room', 'demo')).toEqual({
        status: 0,
        said: expect.stringMatching(/wrote {3}lib\/demo\/store\.ts/),
      })
      const written = contents()
      for (const folder of ['lib/demo', 'lambdas/demo', 'test/demo'])
        expect(existsSync(at(folder))).toBe(true)
      const judges = [
        ['node_modules/@biomejs/biome/bin/biome', 'ci', '--vcs-enabled=false', '.'],
        ['node_modules/typescript/bin/tsc', '-p', '.'],
        [
          'node_modules/vitest/vitest.mjs',
          'run',
          'test/demo',
          'test/house-rules/doors.test.ts',
          'test/house-rules/errors.test.ts',
          'test/api/document.test.ts',
          ...['grants', 'headend', 'operations', 'tables'].map((name) => `test/stack/${name}.test.ts`),
        ],
      ]
      for (const judge of judges) expect(run(...judge)).toMatchObject({ status: 0 })
      expect(contents()).toEqual(written)
      expect(headend('remove', 'room', 'demo')).toMatchObject({ status: 0 })
      expect(contents()).toEqual(before)
    },
    aWhileMs,
  )

  it('takes two beside each other, wherever they stand in the alphabet and however long they make a line', () => {
    const names = ['aaa', 'words-as-many-as-can-be'] as const
    const before = contents()
    for (const name of names) expect(headend('new', 'room', name)).toMatchObject({ status: 0 })
    for (const name of names) expect(headend('remove', 'room', name)).toMatchObject({ status: 0 })
    expect(contents()).toEqual(before)
  })

  it.each([
    ['', 'lower-case words with hyphens between'],
    ['Demo', 'lower-case words with hyphens between'],
    ['two_words', 'lower-case words with hyphens between'],
    ['../lib', 'lower-case words with hyphens between'],
    ['9lives', 'lower-case words with hyphens between'],
    ['a-', 'lower-case words with hyphens between'],
    ['a'.repeat(25), 'up to 24 letters'],
    ['class', 'name what the room keeps or does'],
    ['map', 'name what the room keeps or does'],
    ['film-data', 'name what the room keeps or does'],
    ['rights', 'lib/rights has this name already'],
    ['soak', 'test/soak has this name already'],
    ['keys', 'lib/errors/keys.ts has this name already'],
    ['assets', 'has this name already'],
    ['presentation', 'has this name already'],
    ['session', 'has this name already'],
    ['stack', 'has this name already'],
    ['store', 'has this name already'],
  ])('refuses %j and says why', (name, why) => {
    const call = () => {
      const names = roomNames(name)
      refuseTaken('.', names, roomScaffold('.', names))
    }
    expect(call).toThrow(
      expect.objectContaining({ code: 'SCAFFOLD_NAME', message: expect.stringContaining(why) }),
    )
  })

  it('writes nothing where a file has no place for it, and says which and what to add', () => {
    const tables = read('lib/errors/table.ts')
    writeFileSync(at('lib/errors/table.ts'), tables.replace('  ...rights,\n', ''))
    const { status, said } = withoutTrace(() => headend('new', 'room', 'demo'))
    writeFileSync(at('lib/errors/table.ts'), tables)
    expect([status, said]).toEqual([
      1,
      expect.stringMatching(/^SCAFFOLD_PLACE: [^]*\nlib\/errors\/table\.ts: \.\.\.demo,\n$/),
    ])
  })

  it('takes back what it has written where the page of errors can not be made', () => {
    const script = read('scripts/error-docs.ts')
    writeFileSync(at('scripts/error-docs.ts'), 'throw new Error("broken")\n')
    const { status, said } = withoutTrace(() => headend('new', 'room', 'demo'))
    writeFileSync(at('scripts/error-docs.ts'), script)
    expect([status, said]).toEqual([1, expect.stringMatching(/^SCAFFOLD_DOCS: /)])
  })
})

describe('headend remove room', () => {
  beforeAll(() => {
    const { status, said } = headend('new', 'room', 'demo')
    if (status !== 0) throw new Error(said)
  })

  const edits: readonly (readonly [what: string, path: string, edit: (text: string) => string])[] = [
    ['a file of it was edited', 'lib/demo/store.ts', (text) => `${text}// mine\n`],
    ['a file of it is gone', 'test/demo/entry.test.ts', () => ''],
    [
      'a line of it elsewhere was edited',
      'lib/headend.ts',
      (text) => text.replace("'DemoQueue'", "'DemoInbox'"),
    ],
    [
      'its budget was raised',
      'bench/budget.json',
      (text) => text.replace('"demo/seen": { "bytes": 780000', '"demo/seen": { "bytes": 780001'),
    ],
  ]
  it.each(edits)('removes nothing where %s, and says so', (_, path, edit) => {
    const text = read(path)
    const edited = edit(text)
    expect(edited).not.toBe(text)
    if (edited === '') rmSync(at(path))
    else writeFileSync(at(path), edited)
    const refusal = removalOf('demo')
    writeFileSync(at(path), text)
    expect(refusal).toEqual(expect.stringMatching(/^SCAFFOLD_EDITED: room demo: nothing was removed/))
    expect(refusal).toContain(`\n${path}: `)
  })

  it.each([
    ['lib/demo/more.ts', 'was added by somebody else'],
    ['lib/rights/demo-rights.ts', 'uses it'],
  ])('removes nothing where %s %s', (path, why) => {
    mkdirSync(join(at(path), '..'), { recursive: true })
    appendFileSync(at(path), "import { recordSeen } from '../demo/index.ts'\nvoid recordSeen\n")
    const refusal = removalOf('demo')
    rmSync(at(path))
    expect(refusal).toContain(`\n${path}: ${why}`)
  })

  it('touches nothing when it refuses, and refuses what it has not written', () => {
    writeFileSync(at('lib/demo/more.ts'), '')
    const refused = withoutTrace(() => headend('remove', 'room', 'demo'))
    rmSync(at('lib/demo/more.ts'))
    expect(refused).toEqual({ status: 1, said: expect.stringMatching(/^SCAFFOLD_EDITED: /) })
    for (const name of ['rights', 'nothing', '..']) expect(removalOf(name)).toMatch(/^SCAFFOLD_NAME: /)
  })
})

/** How the removal is refused; undefined where it is not. */
function removalOf(name: string): string | undefined {
  try {
    removals(copy, roomScaffold(copy, roomNames(name)))
    return undefined
  } catch (error) {
    if (error instanceof CommandError) return `${error.code}: ${error.message}`
    throw error
  }
}
