/** `node take-feed FOLDER OUT`: each transport stream of a folder as CMAF segments, as a channel takes them. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { feedObject, readFeedStream } from '../lib/packaging/index.ts'
import { percentile } from './measure.ts'

const [from = '', to = ''] = process.argv.slice(2)
const times: number[] = []
let largest = 0
for (const name of readdirSync(from).filter((one) => one.endsWith('.ts'))) {
  const started = performance.now()
  const bytes = readFileSync(join(from, name))
  largest = Math.max(largest, bytes.length)
  const { tracks } = await readFeedStream(name, bytes)
  for (const { part, init, ...track } of tracks) {
    writeFileSync(join(to, `${part.slice(1)}.mp4`), init)
    const [piece] = track.cutAt([])
    if (piece) writeFileSync(join(to, `${name}${part}.m4s`), feedObject(piece, piece))
  }
  times.push(performance.now() - started)
}
console.log(JSON.stringify({ p50: percentile(times, 0.5), p99: percentile(times, 0.99), largest }))
