/** The cloud assembly that runs: built and synthesized when a source changed since, otherwise as it is. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { CommandError } from '../errors.ts'

export interface AssemblyOptions {
  /** Where the assembly is kept. */
  readonly directory: string
  /** Told what takes its time. */
  readonly say: (text: string) => void
}

/** Answers with the directory of an assembly of the sources as they are now. */
export async function freshAssembly({ directory, say }: AssemblyOptions): Promise<string> {
  const stamp = join(directory, '.sources')
  const wanted = await digestOf(sources)
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return directory
  await rm(directory, { recursive: true, force: true })
  say('building functions and pages')
  await run('scripts/build.ts', {})
  say('synthesizing the template')
  await run('bin/headend.ts', {
    CDK_OUTDIR: resolve(directory),
    CDK_CONTEXT_JSON: await appContext(),
    // CI judges the template; here that would only take its eight seconds once more.
    CDK_VALIDATION: 'false',
  })
  await writeFile(stamp, wanted)
  return directory
}

/** Everything an assembly is made of. */
const sources = [
  'bin/headend.ts',
  'cdk.json',
  'lambdas',
  'lib',
  'package-lock.json',
  'scripts/build.ts',
  'web',
]

/** A digest over paths and contents, so that a file's date says nothing. */
async function digestOf(roots: readonly string[]): Promise<string> {
  const files = (await Promise.all(roots.map(filesUnder))).flat().toSorted()
  const hash = createHash('sha256')
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(await readFile(file))
      .update('\0')
  return hash.digest('hex')
}

async function filesUnder(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return undefined
    throw error
  })
  if (entries === undefined) return [path]
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
}

/** What the CDK's own command would hand the app from cdk.json. */
async function appContext(): Promise<string> {
  const settings: unknown = JSON.parse(await readFile('cdk.json', 'utf8'))
  const context =
    typeof settings === 'object' && settings !== null && 'context' in settings ? settings.context : {}
  return JSON.stringify(context)
}

/** In a process of its own: what it takes of memory goes with it, and what it prints is shown if it fails. */
function run(script: string, environment: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [script], {
      env: { ...process.env, ...environment },
      stdio: 'pipe',
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.on('error', failed)
    child.on('close', (code) => {
      if (code === 0) done()
      else
        failed(new CommandError('LOCAL_BUILD_FAILED', `${script} ended with ${code}:\n${output.trimEnd()}`))
    })
  })
}
