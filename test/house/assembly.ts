/** The synthesized templates for tests: made once a checkout, however many test files want it at the same time. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
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

/** A copy of it to edit the templates of; what functions and pages are made of is linked, and one for all. */
export async function copyAssembly(directory: string): Promise<string> {
  const from = await assembly()
  mkdirSync(directory, { recursive: true })
  for (const name of readdirSync(from)) {
    const to = join(directory, name)
    if (!name.startsWith('asset.')) cpSync(join(from, name), to, { recursive: true })
    else if (!existsSync(to)) symlinkSync(join(from, name), to)
  }
  return directory
}

/** A resource of a template, as far as a test edits it. */
export interface Resource {
  readonly Type: string
  readonly Properties: Record<string, unknown>
}

interface Template {
  readonly Resources: Record<string, Resource>
}

/**
 * A copy of the assembly with changed templates; `change` sees the resources of all, and may edit and delete in place.
 * What it adds is the region's.
 */
export async function changedAssembly(
  directory: string,
  change: (resources: Record<string, Resource>) => void,
): Promise<string> {
  await copyAssembly(directory)
  const templates = readdirSync(directory)
    .filter((name) => name.endsWith('.template.json'))
    .map((name) => {
      const file = join(directory, name)
      return { file, template: JSON.parse(readFileSync(file, 'utf8')) as Template }
    })
  const before = JSON.stringify(templates)
  const all = Object.assign(
    {},
    ...templates.map(({ template }) => template.Resources),
  ) as Template['Resources']
  const known = new Set(Object.keys(all))
  change(all)
  const region = templates.find(({ file }) => file.endsWith('-us-east-1.template.json'))
  for (const [id, resource] of Object.entries(all))
    if (!known.has(id) && region) region.template.Resources[id] = resource
  for (const { file, template } of templates) {
    for (const id of Object.keys(template.Resources)) if (!(id in all)) delete template.Resources[id]
    writeFileSync(file, JSON.stringify(template))
  }
  if (JSON.stringify(templates) === before)
    throw new Error('the change changed nothing: the templates have moved on')
  return directory
}
