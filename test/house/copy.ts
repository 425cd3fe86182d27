/** The repository once more, for tests that write into it. */
import { cpSync, mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** What is made, or is not the repository's. */
const left = new Set(['.git', '.headend', '.tmp', 'cdk.out', 'coverage', 'dist', 'node_modules'])

/** A folder with all its sources as they are, and its packages by a link. */
export function repositoryCopy(): string {
  const copy = mkdtempSync(join(tmpdir(), 'headend-copy-'))
  cpSync('.', copy, { recursive: true, filter: (path) => !path.split('/').some((part) => left.has(part)) })
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'))
  return copy
}
