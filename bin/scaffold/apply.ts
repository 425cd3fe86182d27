/** A plan carried out: all of it or nothing. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CommandError } from '../errors.ts'
import type { Change } from './plan.ts'

/** Carries it out, and has what is made from the tables of errors made anew; what broke off is taken back. */
export function apply(root: string, changes: readonly Change[]): void {
  const done: Change[] = []
  try {
    for (const change of changes) {
      done.push(change)
      put(root, change.path, change.after)
    }
    makeErrorDocs(root)
  } catch (error) {
    for (const { path, before } of done.toReversed()) put(root, path, before)
    throw error
  }
}

function put(root: string, path: string, text: string | undefined): void {
  const file = join(root, path)
  if (text !== undefined) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    return
  }
  rmSync(file, { force: true })
  // A folder that held nothing else goes with its last file.
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    if (readdirSync(join(root, folder)).length > 0) return
    rmdirSync(join(root, folder))
  }
}

function makeErrorDocs(root: string): void {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/error-docs.ts'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0)
    throw new CommandError('SCAFFOLD_DOCS', `nothing was changed; scripts/error-docs.ts says: ${stderr}`)
}
