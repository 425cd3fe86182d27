/** The standards corpus, read in place: nothing of it is in this repository. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Where it lies; `HEADEND_CORPUS` moves it. */
export const corpus = process.env['HEADEND_CORPUS'] ?? join(import.meta.dirname, '../../../shared/corpus')

/** Why tests over it are skipped; undefined where it is there. */
export const corpusMissing = existsSync(join(corpus, 'standards'))
  ? undefined
  : `skipped: no corpus at ${corpus} (HEADEND_CORPUS says where it is)`

/** Text of one of its files. */
export function corpusText(...path: readonly string[]): string {
  return readFileSync(join(corpus, ...path), 'utf8')
}

/** Files below a folder whose names end so, as paths within it; none where the corpus is absent. */
export function corpusFiles(folder: string, ...endings: readonly string[]): string[] {
  if (corpusMissing !== undefined) return []
  const root = join(corpus, folder)
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .toSorted()
}
