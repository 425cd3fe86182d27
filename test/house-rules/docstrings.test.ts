/** Every export of a format, and everything a room shows at its door, says what it promises. */
import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sourceFiles } from './sources.ts'

const declaration = /^export (?:abstract |async )?(?:function\*?|const|class|interface|type) ([A-Za-z0-9_]+)/

/** Exported names of lines with nothing said right above them. */
function undocumentedIn(lines: readonly string[]): string[] {
  return lines.flatMap((line, i) => {
    const name = declaration.exec(line)?.[1]
    return name !== undefined && !isDocumented(lines, i) ? [name] : []
  })
}

/** Whether a doc comment with words in it ends right above a line. */
function isDocumented(lines: readonly string[], at: number): boolean {
  if (!lines[at - 1]?.trimEnd().endsWith('*/')) return false
  const start = lines.slice(0, at).findLastIndex((line) => line.trimStart().startsWith('/*'))
  const comment = lines.slice(Math.max(0, start), at).join(' ').trim()
  return comment.startsWith('/**') && /[A-Za-z]{2}/.test(comment)
}

const undocumented = (file: string): string[] => undocumentedIn(readFileSync(file, 'utf8').split('\n'))

/** Lines at which doc comments begin that say nothing of what follows: nothing does, or a block ends. */
function orphansIn(lines: readonly string[]): number[] {
  return lines.flatMap((line, start) => {
    if (start === 0 || !line.trimStart().startsWith('/**')) return []
    const end = lines.findIndex((one, i) => i >= start && one.includes('*/'))
    const next = lines[end + 1]?.trim() ?? ''
    return lines[end]?.trimEnd().endsWith('*/') && /^(?:$|\}|\/\*\*)/.test(next) ? [start + 1] : []
  })
}

/** Names a door re-exports, by the file they come from. */
function doorExports(file: string): { readonly from: string; readonly names: readonly string[] }[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/export (?:type )?\{([^}]*)\} from '([^']+)'/g)].map(
    ([, names = '', from = '']) => ({
      from: normalize(join(dirname(file), from)),
      names: names
        .split(',')
        .map(
          (name) =>
            name
              .trim()
              .replace(/^type /, '')
              .split(' as ')[0] ?? '',
        )
        .filter((name) => name !== ''),
    }),
  )
}

describe('a doc comment', () => {
  it('is one that begins as one and says something, right above the name', () => {
    const named = 'export const name = 1'
    expect(undocumentedIn(['/** A name. */', named])).toEqual([])
    expect(undocumentedIn(['/**', ' * A name.', ' */', named])).toEqual([])
    for (const above of [
      [''],
      ['/* A name. */'],
      ['/** */'],
      ['/** A name. */', ''],
      ['a() /* b */'],
      ['// A name. */'],
    ])
      expect(undocumentedIn([...above, named]), above.join('|')).toEqual(['name'])
  })

  it('is of nothing at the end of a block, of a file, or in front of another one', () => {
    const head = '/** A file. */'
    for (const after of [[], [''], ['}'], ['  },'], ['/** Another. */', 'const a = 1']])
      expect(orphansIn([head, '', '  /** An orphan. */', ...after])).toEqual([3])
    expect(orphansIn([head, '', '/** A name. */', 'const name = 1'])).toEqual([])
  })

  const written = sourceFiles('lib', 'lambdas', 'local', 'web', 'bin', 'scripts', 'bench', 'test')
  it('is of something in every file', () => {
    const orphans = written.flatMap((file) =>
      orphansIn(readFileSync(file, 'utf8').split('\n')).map((line) => `${file}:${line}`),
    )
    expect(orphans).toEqual([])
  })
})

const doors = sourceFiles('lib').filter((file) => file.endsWith('/index.ts'))

describe('documented', () => {
  it.each(sourceFiles('lib/formats', 'lib/timeline'))('%s', (file) => {
    expect(undocumented(file)).toEqual([])
  })

  it.each(doors)('%s', (door) => {
    expect(undocumented(door)).toEqual([])
    for (const { from, names } of doorExports(door)) {
      const missing = undocumented(from).filter((name) => names.includes(name))
      expect(missing, `${door} shows names of ${from} that say nothing of themselves`).toEqual([])
    }
  })
})
