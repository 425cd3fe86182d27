/** What a scaffold would write into a repository, or take out of it: all of it is known before anything is touched. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CommandError } from '../errors.ts'
import type { Edit } from './edit.ts'
import { formatted, type Texts } from './format.ts'

/** Something that is written at once. */
export interface Scaffold {
  /** `room demo` */
  readonly what: string
  /** Folders that are its own: nothing else is in them. */
  readonly folders: readonly string[]
  /** New files, by path. */
  readonly files: Texts
  readonly edits: readonly Edit[]
}

/** A file as it is and as it will be; undefined: not there. */
export interface Change {
  readonly path: string
  readonly before: string | undefined
  readonly after: string | undefined
}

/** What adding it changes; throws SCAFFOLD_PLACE where a file has no place for what goes into it. */
export function additions(root: string, scaffold: Scaffold): readonly Change[] {
  const before = edited(root, scaffold)
  const { texts, failed } = withAll(before, scaffold.edits)
  if (failed.length > 0)
    throw new CommandError(
      'SCAFFOLD_PLACE',
      `${scaffold.what}: nothing was written, because these have no place for it any more; add it by hand:\n${failed
        .map(({ path, byHand }) => `${path}: ${byHand}`)
        .join('\n')}`,
    )
  return changed(before, formatted(root, new Map([...texts, ...scaffold.files])))
}

/** What removing it changes; throws SCAFFOLD_EDITED where not all of it is as it was added, or something uses it. */
export function removals(root: string, scaffold: Scaffold): readonly Change[] {
  const present = [...edited(root, scaffold)]
  const without = new Map(present)
  const problems: string[] = []
  let taken = 0
  for (const { path, remove } of scaffold.edits.toReversed()) {
    const text = remove(without.get(path) ?? '')
    if (text === undefined) problems.push(`${path}: what was added is not there as it was added`)
    else {
      taken += 1
      without.set(path, text)
    }
  }
  // A room that somebody made by hand has a line or two that look alike.
  if (taken < scaffold.edits.length / 2)
    throw new CommandError('SCAFFOLD_NAME', `${scaffold.what}: there is none that this command has written`)
  const wanted = formatted(root, new Map([...without, ...scaffold.files]))
  const asAdded = (): Texts => {
    const bare = new Map([...without.keys()].map((path) => [path, wanted.get(path) ?? '']))
    return formatted(root, withAll(bare, scaffold.edits).texts)
  }
  if (problems.length === 0) {
    const again = asAdded()
    for (const [path, text] of present)
      if (partsOf(again.get(path) ?? '') !== partsOf(text))
        problems.push(`${path}: what was added was edited`)
  }
  for (const path of scaffold.files.keys()) {
    const text = read(root, path)
    if (text !== wanted.get(path)) problems.push(`${path}: ${text === undefined ? 'is gone' : 'was edited'}`)
  }
  problems.push(...strangers(root, scaffold), ...users(root, scaffold))
  if (problems.length > 0)
    throw new CommandError(
      'SCAFFOLD_EDITED',
      `${scaffold.what}: nothing was removed; undo this first, or remove the rest by hand:\n${problems.join('\n')}`,
    )
  return [
    ...changed(new Map(present), new Map([...without.keys()].map((path) => [path, wanted.get(path) ?? '']))),
    ...[...scaffold.files.keys()].map((path) => ({
      path,
      before: wanted.get(path),
      after: undefined,
    })),
  ]
}

/** A text whatever its order: what was added later stands before or behind, and has not edited what it stands beside. */
const partsOf = (text: string): string => (text.match(/\w+|[^\s\w]/g) ?? []).toSorted().join(' ')

/** Files in its folders that are not its own. */
function strangers(root: string, { folders, files }: Scaffold): readonly string[] {
  return folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)),
    )
    .filter((path) => !files.has(path))
    .map((path) => `${path}: was added by somebody else`)
}

/** Files elsewhere that import what is in its folders. */
function users(root: string, { folders, files, edits }: Scaffold): readonly string[] {
  const own = new Set([...files.keys(), ...edits.map(({ path }) => path)])
  const uses = (path: string): boolean =>
    [...readFileSync(join(root, path), 'utf8').matchAll(/^(?:import|export)\b[^'"]*?from\s*'(\.[^']*)'/gm)]
      .map(([, to = '']) => join(dirname(path), to))
      .some((to) => files.has(to) || folders.some((folder) => to.startsWith(`${folder}/`)))
  return ['lib', 'lambdas', 'bin', 'local', 'web', 'test', 'scripts', 'bench', 'examples']
    .filter((top) => existsSync(join(root, top)))
    .flatMap((top) =>
      readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.tsx?$/.test(file) && !file.includes('node_modules'))
        .map((file) => `${top}/${file}`),
    )
    .filter((path) => !own.has(path) && uses(path))
    .map((path) => `${path}: uses it`)
}

/** The files edits go into; one that is not there is empty, and has no place for anything. */
const edited = (root: string, { edits }: Scaffold): Texts =>
  new Map(edits.map(({ path }) => [path, read(root, path) ?? '']))

function withAll(texts: Texts, edits: readonly Edit[]) {
  const done = new Map(texts)
  const failed = edits.filter(({ path, add }) => {
    const text = add(done.get(path) ?? '')
    if (text !== undefined) done.set(path, text)
    return text === undefined
  })
  return { texts: done, failed }
}

const changed = (before: Texts, after: Texts): readonly Change[] =>
  [...after].map(([path, text]) => ({ path, before: before.get(path), after: text }))

function read(root: string, path: string): string | undefined {
  const file = join(root, path)
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}
