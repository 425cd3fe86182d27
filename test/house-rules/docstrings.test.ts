/** Every export of a format, and everything a room shows at its door, says what it promises. */
import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sourceFiles } from './sources.ts'

const declaration = /^export (?:abstract |async )?(?:function\*?|const|class|interface|type) ([A-Za-z0-9_]+)/

/** Exported names of a file with nothing said right above them. */
function undocumented(file: string): string[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.flatMap((line, i) => {
    const name = declaration.exec(line)?.[1]
    return name !== undefined && !lines[i - 1]?.trimEnd().endsWith('*/') ? [name] : []
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
