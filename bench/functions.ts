/** What each function weighs, and how long a new environment takes to load it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { App, type Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { addHeadend } from '../lib/headend.ts'
import { build } from '../scripts/build.ts'
import { median, type Result } from './measure.ts'
import { run } from './process-run.ts'

/** What viewers wait for where no environment is warm. */
const maxLoadMs = 50
const awaited: ReadonlySet<string> = new Set(['packaging/segment', 'rights/licence'])
const edge: ReadonlySet<string> = new Set([
  'delivery/manifest-edge',
  'delivery/live-manifest-edge',
  'delivery/media-length',
])

interface Budgets {
  readonly functions: Readonly<Record<string, { readonly bytes: number }>>
}

/** @param rounds loads of each function */
export async function functions(rounds = 15): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), 'headend-bench-'))
  try {
    const bundles = await build(folder)
    const budgets = JSON.parse(readFileSync(new URL('budget.json', import.meta.url), 'utf8')) as Budgets
    const environment = deployedEnvironment(folder)
    const load = async (name: string) => {
      const folderOf = join(folder, 'lambdas', name)
      const times: number[] = []
      for (let round = 0; round < rounds; round++) times.push(await loadMs(name, folderOf, environment))
      return loading(name, median(times))
    }
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
      // CloudFront's own runtime loads these.
      if (!name.endsWith('-request')) results.push(await load(name))
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

/** Every name that the stacks set for a function: one that is missing ends the function as it loads. */
function deployedEnvironment(dist: string): Readonly<Record<string, string>> {
  const { context } = JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8')) as {
    readonly context: Readonly<Record<string, unknown>>
  }
  const app = new App({ context, outdir: join(dist, 'cdk.out') })
  const { shared, region, front } = addHeadend(app, { dist })
  return Object.fromEntries(
    [shared, region, front].flatMap(namesOf).map((name) => [name, `value-of-${name}`] as const),
  )
}

function namesOf(stack: Stack): string[] {
  const found = Template.fromStack(stack).findResources('AWS::Lambda::Function') as Record<
    string,
    {
      readonly Properties: {
        readonly Environment?: { readonly Variables: Readonly<Record<string, unknown>> }
      }
    }
  >
  return Object.values(found).flatMap(({ Properties }) =>
    Object.keys(Properties.Environment?.Variables ?? {}),
  )
}

/** Lambda's own start of Node is not in it: the same for all, and nothing of ours. */
async function loadMs(
  name: string,
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const file = pathToFileURL(join(folder, edge.has(name) ? 'index.js' : 'index.mjs')).href
  const script = `globalThis.awslambda = { streamifyResponse: (f) => f };
    const start = performance.now(); await import(${JSON.stringify(file)});
    console.log(performance.now() - start)`
  const { output } = await run(process.execPath, ['--input-type=module', '-e', script], {
    AWS_REGION: 'us-east-1',
    ...environment,
  })
  return Number(output)
}

const loading = (name: string, p50: number): Result => ({
  bench: 'functions',
  case: `${name}: loads in`,
  unit: 'ms',
  p50,
  ...(awaited.has(name) && { goal: { atMost: maxLoadMs } }),
})
