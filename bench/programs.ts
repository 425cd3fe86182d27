/** Our programs of this folder as single files, as functions are deployed: a process then starts without a compiler. */
import { join } from 'node:path'
import { build } from 'esbuild'
import { scratch } from './films.ts'

/** Builds a program; gives what to run with `node`. */
export async function programOf(name: string): Promise<string> {
  const outfile = join(scratch, 'programs', `${name}.mjs`)
  await build({
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minifySyntax: true,
    minifyWhitespace: true,
    // The SDK asks for Node's modules as CommonJS does.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'warning',
  })
  return outfile
}
