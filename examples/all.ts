/** Runs every example and stops at the first that fails. */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const here = import.meta.dirname
for (const name of readdirSync(here).filter((file) => file.endsWith('.ts') && file !== 'all.ts')) {
  console.log(`\n-- ${name}`)
  const { status } = spawnSync(process.execPath, [join(here, name)], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
