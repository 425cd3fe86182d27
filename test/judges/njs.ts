/** njs, the engine whose dialect CloudFront Functions speak: runs a function over events, all in one process. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Why tests over it are skipped; undefined where it is installed. */
export const njsMissing =
  spawnSync('njs', ['-v']).error === undefined ? undefined : 'skipped: no njs (Debian: apt-get install njs)'

/** An event and what stands in the store while it is answered. */
export interface FunctionCase {
  readonly event: unknown
  readonly store: Readonly<Record<string, string>>
  /** Names whose reads fail, by how they begin. */
  readonly failing?: readonly string[]
}

/** What the handler did. */
export interface FunctionOutcome {
  readonly answer?: unknown
  /** What it threw. */
  readonly threw?: string
  /** How often it asked the store. */
  readonly reads: number
}

/** One process frees nothing before its end. */
const casesAProcess = 1000
/** What never ends is a finding, not a test that hangs. */
const endsMs = 60_000

/** Runs every case, each as a run of its own that knows nothing of the others. */
export function runInNjs(code: string, cases: readonly FunctionCase[]): readonly FunctionOutcome[] {
  const folder = mkdtempSync(join(tmpdir(), 'headend-njs-'))
  const [script, input, output] = ['run.js', 'cases.json', 'outcomes.json'].map((name) => join(folder, name))
  if (!script || !input || !output) return []
  try {
    writeFileSync(script, harness(code, { input, output }))
    const outcomes: FunctionOutcome[] = []
    for (let from = 0; from < cases.length; from += casesAProcess) {
      writeFileSync(input, JSON.stringify(cases.slice(from, from + casesAProcess)))
      execFileSync('njs', ['-t', 'module', script], {
        stdio: ['ignore', 'ignore', 'inherit'],
        timeout: endsMs,
      })
      outcomes.push(...(JSON.parse(readFileSync(output, 'utf8')) as FunctionOutcome[]))
    }
    return outcomes
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The shell has no module `cloudfront`; a store of its own takes the place of that one line. */
function harness(
  code: string,
  { input, output }: { readonly input: string; readonly output: string },
): string {
  const line = /\bimport (\w+) from\s*["']cloudfront["'];?/
  // Without one the function asks no store.
  const [found = '', name = 'cf'] = line.exec(code) ?? []
  return `import __fs from 'fs'
let __now
let __reads = 0
function __read(name) {
  __reads++
  const fails = (__now.failing || []).some((start) => name.startsWith(start))
  if (fails) throw new Error('InternalError')
  return __now.store.hasOwnProperty(name) ? __now.store[name] : undefined
}
async function __get(name) {
  const value = __read(name)
  if (value === undefined) throw new Error('KeyNotFound')
  return value
}
async function __exists(name) { return __read(name) !== undefined }
const ${name} = { kvs: function () { return { get: __get, exists: __exists } } }
${code.replace(found, '')}
async function __all() {
  const cases = JSON.parse(__fs.readFileSync(${JSON.stringify(input)}, 'utf8'))
  const outcomes = []
  for (let i = 0; i < cases.length; i++) {
    __now = cases[i]
    __reads = 0
    try {
      const answer = await handler(__now.event)
      outcomes.push({ answer: JSON.parse(JSON.stringify(answer)), reads: __reads })
    } catch (error) {
      outcomes.push({ threw: String(error && error.message), reads: __reads })
    }
  }
  __fs.writeFileSync(${JSON.stringify(output)}, JSON.stringify(outcomes))
}
__all().catch((error) => { throw error })
`
}
