/** `npm run bench`: every bench, printed as a table and written to bench/results.json. */
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { manifests } from './manifests.ts'
import type { Result } from './measure.ts'
import { packaging } from './packaging.ts'

const results: Result[] = []
for (const bench of [manifests, packaging]) {
  const some = await bench()
  for (const one of some) console.log(line(one))
  results.push(...some)
}
const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length }
writeFileSync(new URL('results.json', import.meta.url), `${JSON.stringify({ machine, results }, null, 2)}\n`)

function line({ bench, case: what, unit, p50, p99, note = '' }: Result): string {
  const figures = `${figure(p50)}${p99 === undefined ? '' : ` /${figure(p99)}`} ${unit}`
  return `${bench.padEnd(10)} ${what.padEnd(46)} ${figures.padEnd(22)} ${note}`
}

function figure(value: number): string {
  return (value >= 100 ? value.toFixed(0) : value.toFixed(2)).padStart(8)
}
