/** Builds what deploys: every function's bundle in one pass, the CloudFront Function, the pages. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { type BuildOptions, build as esbuild, type Metafile, type Plugin, transform } from 'esbuild'
import { minify, build as vite } from 'vite'
import { checkFunction } from '../local/cloudfront/viewer-function/function-grammar.ts'

/** Handlers as `<room>/<name>`, each `lambdas/<room>/<name>.ts`. */
const regional = [
  'packaging/ingest',
  'packaging/segment',
  'packaging/audio-sidecar',
  'assets/announce',
  'delivery/manifest',
  'api/api',
  'api/gate',
  'rights/licence',
  'rights/speke',
  'rights/sweep',
  'channels/archive',
  'channels/feed',
  'channels/ingest',
  'channels/minute',
]
const edge = ['delivery/manifest-edge', 'delivery/live-manifest-edge', 'delivery/media-length']
const viewer = ['delivery/viewer-request', 'channels/ingest-request', 'delivery/time-request']

/** What one function is made of. */
export interface Bundle {
  readonly bytes: number
  /** Every file in it, from the repository's root. */
  readonly modules: readonly string[]
  /** What it leaves to the runtime: `node:crypto`. */
  readonly imports: readonly string[]
}

/** Builds functions and pages into `dist`, from nothing, and answers with what each function is made of. */
export async function build(dist = 'dist'): Promise<Readonly<Record<string, Bundle>>> {
  const [bundles] = await Promise.all([bundleFunctions(dist), buildPages(dist)])
  return bundles
}

/** Builds the functions alone. */
export async function bundleFunctions(dist: string): Promise<Readonly<Record<string, Bundle>>> {
  const folder = join(dist, 'lambdas')
  await rm(folder, { recursive: true, force: true })
  const [atHome, atEdge, ...scripts] = await Promise.all([
    esbuild({
      ...node,
      format: 'esm',
      target: 'node24',
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      plugins: [quickHttp],
      entryPoints: entries(regional),
    }),
    esbuild({
      ...node,
      format: 'cjs',
      target: 'node22',
      // Loaded cold in every place on earth. The regional function answers the same paths with its names kept.
      minifyIdentifiers: true,
      outdir: folder,
      plugins: [quickHttp],
      entryPoints: entries(edge),
    }),
    ...viewer.map((name) => script(name, folder)),
  ])
  const smaller = await Promise.all(Object.entries(atEdge.metafile.outputs).map(minifyAgain))
  // An index.js is what the nearest package.json says it is, and the repository's says module.
  await Promise.all(edge.map((name) => writeFile(join(folder, name, 'package.json'), '{"type":"commonjs"}')))
  return Object.fromEntries([
    ...Object.entries(atHome.metafile.outputs).map((output) => bundleOf(folder, output)),
    ...smaller.map((output) => bundleOf(folder, output)),
    ...scripts,
  ])
}

const node = {
  bundle: true,
  platform: 'node',
  metafile: true,
  // The SDK has both forms; the module form loses what nobody calls.
  mainFields: ['module', 'main'],
  // Names stay, so that a stack in the log can be read without a map; short ones load no faster.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
} satisfies BuildOptions

/**
 * node:http has WebSocket among its members, made when it is first read; to import the module reads all of them, and so
 * loads Node's fetch, http2 and threads. Asked for in another way it loads none of them.
 */
const quickHttp: Plugin = {
  name: 'quick-http',
  setup(bundler) {
    bundler.onResolve({ filter: /^(node:)?http$/ }, () => ({ path: 'node:http', namespace: 'quick' }))
    bundler.onLoad({ filter: /./, namespace: 'quick' }, () => ({
      contents: "module.exports = process.getBuiltinModule('node:http')",
    }))
  },
}

const entries = (names: readonly string[]) =>
  names.map((name) => ({ in: `lambdas/${name}.ts`, out: `${name}/index` }))

type BundleOutput = [path: string, output: Metafile['outputs'][string]]

function bundleOf(folder: string, [path, output]: BundleOutput): [string, Bundle] {
  const name = dirname(relative(folder, path))
  const imports = [
    ...new Set(output.imports.filter(({ external }) => external).map((to) => to.path)),
  ].toSorted()
  return [name, { bytes: output.bytes, modules: Object.keys(output.inputs).toSorted(), imports }]
}

/** What esbuild leaves on the way out: a second minifier folds what it does not. */
async function minifyAgain([path, output]: BundleOutput): Promise<BundleOutput> {
  const { code, errors } = await minify(path, await readFile(path, 'utf8'), {
    compress: { target: 'es2024' },
    mangle: { toplevel: true },
  })
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`)
  await writeFile(path, code)
  return [path, { ...output, bytes: Buffer.byteLength(code) }]
}

/** A CloudFront Function is one script, found by its name `handler`: nothing is bundled into it, nothing renamed. */
async function script(name: string, folder: string): Promise<[string, Bundle]> {
  const path = `lambdas/${name}.js`
  const code = await functionCode(path)
  const out = join(folder, name, 'index.js')
  await mkdir(dirname(out), { recursive: true })
  await writeFile(out, code)
  const imports = [...code.matchAll(/\bfrom\s*["']([^"']+)["']/g)].map(([, from = '']) => from).toSorted()
  return [name, { bytes: Buffer.byteLength(code), modules: [path], imports }]
}

/** The text of a CloudFront Function as it deploys; throws FUNCTION_GRAMMAR for what CloudFront would not run. */
export async function functionCode(path: string): Promise<string> {
  const source = await readFile(path, 'utf8')
  const { code } = await transform(source, {
    // JavaScript runtime 2.0 is ECMAScript 5.1 and a list of later features; the grammar holds it to that list.
    target: 'es2018',
    // Else { a: a } is written as { a }, which is on no list.
    supported: { 'object-extensions': false },
    minifyWhitespace: true,
    sourcefile: path,
  })
  // First what a person wrote, whose lines can be named.
  for (const text of [source, code]) checkFunction(path, text)
  return code
}

/** Builds the pages alone; answers with the bytes a browser loads before it shows anything. */
export async function buildPages(dist: string): Promise<number> {
  const built = await vite({
    root: 'web',
    logLevel: 'warn',
    build: { outDir: resolve(dist, 'web'), emptyOutDir: true },
  })
  const files = [built].flat().flatMap((part) => ('output' in part ? part.output : []))
  const chunks = new Map(files.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file]] : [])))
  // Players are chunks of their own that only an asset's page asks for; what pages share is loaded with each.
  const atOnce = new Set<string>()
  const load = (name: string): void => {
    if (atOnce.has(name)) return
    atOnce.add(name)
    for (const other of chunks.get(name)?.imports ?? []) load(other)
  }
  for (const { fileName, isEntry } of chunks.values()) if (isEntry) load(fileName)
  return files
    .map((file) => {
      if (file.type === 'chunk') return atOnce.has(file.fileName) ? Buffer.byteLength(file.code) : 0
      return /\.(css|html)$/.test(file.fileName) ? Buffer.byteLength(file.source) : 0
    })
    .reduce((sum, bytes) => sum + bytes, 0)
}

if (import.meta.main) {
  const bundles = await build()
  for (const [name, { bytes }] of Object.entries(bundles)) {
    console.log(`${name.padEnd(28)}${(bytes / 1024).toFixed(1).padStart(8)} KB`)
  }
}
