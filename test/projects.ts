/** Which project of vitest a test belongs to, told from what it imports, so that no list of files has to be kept. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** From the inner loop outwards. */
export const projects = ['unit', 'wire', 'house', 'browser'] as const

/** One of them. */
export type Project = (typeof projects)[number]

/** What a test can not do without, the dearest first; nothing of these is a unit. */
const signs: readonly (readonly [Project, RegExp])[] = [
  ['browser', /^test\/browser\/(?:chromium|firefox)\.ts$/],
  // A whole headend, a whole repository, or films made and judged by FFmpeg.
  ['house', /^test\/house\/(?:in-process|headend|copy|assembly|screening|ffmpeg)\.ts$/],
  ['wire', /^local\//],
]

const relativeImports = /(?:from|import)\s*\(?\s*['"](\.[^'"]+\.ts)['"]/g

/** Every test file by its project, as paths from the root. */
export function testsByProject(root: string): ReadonlyMap<Project, readonly string[]> {
  const importsOf = new Map<string, readonly string[]>()
  const read = (file: string): readonly string[] => {
    const known = importsOf.get(file)
    if (known) return known
    // A text may look like an import.
    const text = existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : ''
    const found = Array.from(text.matchAll(relativeImports), ([, path = '']) =>
      normalize(join(dirname(file), path)),
    )
    importsOf.set(file, found)
    return found
  }
  const reached = (file: string, seen = new Set<string>()): ReadonlySet<string> => {
    for (const path of read(file)) {
      if (seen.has(path)) continue
      seen.add(path)
      // What the local cloud and the product import is their own affair.
      if (path.startsWith('test/')) reached(path, seen)
    }
    return seen
  }
  const projectOf = (file: string): Project => {
    const paths = [file, ...reached(file)]
    return signs.find(([, sign]) => paths.some((path) => sign.test(path)))?.[0] ?? 'unit'
  }
  const tests = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join('test', file))
  return Map.groupBy(tests.toSorted(), projectOf)
}
