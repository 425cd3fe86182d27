/** Whether a room's name is free: folders, routes, codes, and what code would be called. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Names, refused } from './names.ts'
import type { Scaffold } from './plan.ts'
import { templatesOf } from './room.ts'

/** Throws SCAFFOLD_NAME, with what has the name already. */
export function refuseTaken(root: string, names: Names, scaffold: Scaffold): void {
  const holder =
    [...scaffold.folders, `lib/errors/${names.kebab}.ts`].find((path) => existsSync(join(root, path))) ??
    routesOf(root, names) ??
    codesOf(root, names) ??
    namesake(root, names, scaffold)
  if (holder !== undefined) throw refused(names.kebab, `${holder} has this name already: choose another one`)
}

/** A file with routes under the path the room's would have. */
function routesOf(root: string, { kebab }: Names): string | undefined {
  const path = new RegExp(`'/v1/${kebab}['/]`)
  return sourcesIn(root, 'lib').find((file) => path.test(readFileSync(join(root, file), 'utf8')))
}

/** A code of an error that would be taken for one of the room's. */
function codesOf(root: string, { constant }: Names): string | undefined {
  const code = new RegExp(`^ {2}${constant}_[A-Z_]+(?=:)`, 'm')
  return sourcesIn(root, 'lib/errors')
    .map((file) => code.exec(readFileSync(join(root, file), 'utf8'))?.[0].trim())
    .find((found) => found !== undefined)
}

/** A word that templates, or files the room is added to, have already: `Stack`, `sessionStore`, `INDEX_TABLE`. */
function namesake(root: string, names: Names, { edits }: Scaffold): string | undefined {
  const own = (word: string): boolean =>
    [names.camel, names.pascal, names.constant].some((form) => word.includes(form))
  const inside = new Set([...templatesOf(root).values()].flatMap((text) => wordsOf(text.replace(texts, ''))))
  const mine = [names.camel, names.pascal].find((word) => inside.has(word))
  if (mine !== undefined) return `what every room has inside (${mine})`
  for (const { path, byHand } of edits) {
    if (!path.endsWith('.ts')) continue
    const there = new Set(wordsOf(readFileSync(join(root, path), 'utf8')))
    const clash = wordsOf(byHand).find((word) => own(word) && there.has(word))
    if (clash !== undefined) return `${path} (${clash})`
  }
  return undefined
}

const texts = /'[^'\n]*'|`[^`]*`/g
const comments = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/g

const wordsOf = (text: string): readonly string[] =>
  text.replace(comments, '').match(/[A-Za-z_$][\w$]*/g) ?? []

const sourcesIn = (root: string, folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file))
