/** The synthesized template for tests: made once a checkout, however many test files want it at the same time. */
import { cpSync, existsSync, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freshAssembly } from '../../bin/local/assembly.ts'

const shared = join(import.meta.dirname, '../.tmp')
const lock = join(shared, 'assembling')
/** Longer than a build takes on the slowest machine: whoever held the lock then was killed. */
const staleMs = 300_000

/** A folder like cdk.out of the sources as they are. */
export async function assembly(): Promise<string> {
  mkdirSync(shared, { recursive: true })
  for (;;) {
    try {
      mkdirSync(lock)
      break
    } catch {
      if (existsSync(lock) && Date.now() - statSync(lock).mtimeMs > staleMs) rmdirSync(lock)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
  try {
    return await freshAssembly({ directory: join(shared, 'cdk.out'), say: () => {} })
  } finally {
    rmdirSync(lock)
  }
}

/** A resource of a template, as far as a test edits it. */
export interface Resource {
  readonly Type: string
  readonly Properties: Record<string, unknown>
}

/** A copy of the assembly with a changed template; `change` may edit and delete resources in place. */
export async function changedAssembly(
  directory: string,
  change: (resources: Record<string, Resource>) => void,
): Promise<string> {
  cpSync(await assembly(), directory, { recursive: true })
  const file = join(directory, 'Headend.template.json')
  const template = JSON.parse(readFileSync(file, 'utf8')) as { Resources: Record<string, Resource> }
  const before = JSON.stringify(template)
  change(template.Resources)
  if (JSON.stringify(template) === before)
    throw new Error('the change changed nothing: the template has moved on')
  writeFileSync(file, JSON.stringify(template))
  return directory
}
