/** `npm run bench`: every bench, printed as a table and written to bench/results.json. Names choose some of them. */
import { writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { archive } from './archive.ts'
import { coldStart } from './cold-start.ts'
import { firstFrame } from './first-frame.ts'
import { functions } from './functions.ts'
import { ingest } from './ingest.ts'
import { keyServer } from './key-server.ts'
import { live } from './live.ts'
import { manifests } from './manifests.ts'
import { isMet, type Result } from './measure.ts'
import { onRequest } from './on-request.ts'
import { packaging } from './packaging.ts'
import { protection } from './protection.ts'

const benches = {
  manifests,
  packaging,
  'on-request': onRequest,
  protection,
  ingest,
  live,
  archive,
  functions,
  'cold-start': coldStart,
  'key-server': keyServer,
  'first-frame': firstFrame,
}
const chosen = process.argv.slice(2)
// What else the machine was at: figures against the clock are worth less, those against others' hold.
const loadBefore = loadavg()[0]
const results: Result[] = []
for (const [name, bench] of Object.entries(benches)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue
  const some = await bench()
  for (const one of some) console.log(line(one))
  results.push(...some)
}
const missed = results.filter((one) => isMet(one) === false)
console.log(`${results.filter(isMet).length} goals met, ${missed.length} missed`)
const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, loadBefore }
if (chosen.length === 0)
  writeFileSync(
    new URL('results.json', import.meta.url),
    `${JSON.stringify({ machine, results }, null, 2)}\n`,
  )

function line(result: Result): string {
  const { bench, case: what, unit, p50, p99, note = '' } = result
  const figures = `${figure(p50)}${p99 === undefined ? '' : ` /${figure(p99)}`} ${unit}`
  return `${bench.padEnd(11)} ${what.padEnd(50)} ${figures.padEnd(24)} ${verdict(result).padEnd(20)} ${note}`.trimEnd()
}

function verdict(result: Result): string {
  const { goal } = result
  const met = isMet(result)
  if (!goal || met === undefined) return ''
  const bound = goal.atLeast === undefined ? `≤ ${round(goal.atMost ?? 0)}` : `≥ ${goal.atLeast}`
  return `${met ? 'met' : 'MISSED'} ${goal.of ?? ''} ${bound}`
}

function round(value: number): string {
  return Number.isInteger(value) || value < 1 ? `${value}` : value.toFixed(0)
}

function figure(value: number): string {
  return (value >= 100 ? value.toFixed(0) : value.toFixed(2)).padStart(8)
}
