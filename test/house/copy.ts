/** The repository once more, for tests that write into it. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, lstatSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

/** A folder with all its sources as they are, and its packages by a link. What git ignores, other tests are writing now. */
export function repositoryCopy(): string {
  const copy = mkdtempSync(join(tmpdir(), 'headend-copy-'))
  const listed = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  for (const path of listed.split('\0')) {
    if (path === '' || !existsSync(path) || !lstatSync(path).isFile()) continue
    mkdirSync(dirname(join(copy, path)), { recursive: true })
    copyFileSync(path, join(copy, path))
  }
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'))
  return copy
}
