/** What each function weighs, and how long a new environment takes to load it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { bundleFunctions } from '../scripts/build.ts'
import { median, type Result } from './measure.ts'
import { run } from './process-run.ts'

const rounds = 15
/** What viewers wait for where no environment is warm. */
const maxLoadMs = 50
const awaited: ReadonlySet<string> = new Set(['packaging/segment', 'rights/licence'])
const edge: ReadonlySet<string> = new Set(['delivery/manifest-edge', 'delivery/media-length'])

interface Budgets {
  readonly functions: Readonly<Record<string, { readonly bytes: number }>>
}

export async function functions(): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), 'headend-bench-'))
  try {
    const bundles = await bundleFunctions(folder)
    const budgets = JSON.parse(readFileSync(new URL('budget.json', import.meta.url), 'utf8')) as Budgets
    const results: Result[] = []
    for (const [name, { bytes }] of Object.entries(bundles)) {
      results.push({
        bench: 'functions',
        case: `${name}: bundle`,
        unit: 'KB',
        p50: bytes / 1000,
        note: 'AWS SDK and all where it has one',
        goal: { atMost: (budgets.functions[name]?.bytes ?? 0) / 1000 },
      })
      if (edge.has(name)) results.push(packed(name, join(folder, 'lambdas', name)))
      if (!name.endsWith('viewer-request')) results.push(await loading(name, join(folder, 'lambdas', name)))
    }
    return results
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What is copied to every edge location. */
function packed(name: string, folder: string): Result {
  const { length } = gzipSync(readFileSync(join(folder, 'index.js')))
  return {
    bench: 'functions',
    case: `${name}: bundle, packed`,
    unit: 'KB',
    p50: length / 1000,
    goal: { atMost: 60 },
  }
}

/** Lambda's own start of Node is not in it: the same for all, and nothing of ours. */
async function loading(name: string, folder: string): Promise<Result> {
  const file = pathToFileURL(join(folder, edge.has(name) ? 'index.js' : 'index.mjs')).href
  const script = `globalThis.awslambda = { streamifyResponse: (f) => f };
    const start = performance.now(); await import(${JSON.stringify(file)});
    console.log(performance.now() - start)`
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const { output } = await run(process.execPath, ['--input-type=module', '-e', script])
    times.push(Number(output))
  }
  return {
    bench: 'functions',
    case: `${name}: loads in`,
    unit: 'ms',
    p50: median(times),
    ...(awaited.has(name) && { goal: { atMost: maxLoadMs } }),
  }
}
