/** `node take-feed FOLDER OUT`: each transport stream of a folder as CMAF segments, as a channel takes them. */
import { closeSync, fstatSync, openSync, readdirSync, readSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { feedMemory, feedObject, readFeedStream } from '../lib/packaging/index.ts'
import { percentile } from './measure.ts'

const [from = '', to = ''] = process.argv.slice(2)
const memory = feedMemory()
const inits = new Map<string, Buffer>()
const times: number[] = []
let largest = 0
for (const name of readdirSync(from).filter((one) => one.endsWith('.ts'))) {
  const started = performance.now()
  const bytes = read(join(from, name))
  largest = Math.max(largest, bytes.length)
  const { tracks } = await readFeedStream(name, bytes, { memory })
  memory.giveBack(bytes)
  for (const { part, init, ...track } of tracks) {
    // Init segments are kept by their contents.
    if (inits.get(part)?.equals(init) !== true) writeFileSync(join(to, `${part.slice(1)}.mp4`), init)
    inits.set(part, Buffer.from(init))
    const [piece] = track.cutAt([])
    if (!piece) continue
    const media = feedObject(piece, piece, memory)
    writeFileSync(join(to, `${name}${part}.m4s`), media)
    memory.giveBack(media)
  }
  memory.reset()
  times.push(performance.now() - started)
}
console.log(JSON.stringify({ p50: percentile(times, 0.5), p99: percentile(times, 0.99), largest }))

/** Into lent memory, as an upload is read from its bucket. */
function read(path: string): Uint8Array {
  const file = openSync(path, 'r')
  const bytes = memory.take(fstatSync(file).size)
  let got = 0
  while (got < bytes.length) {
    const count = readSync(file, bytes, { offset: got })
    if (count === 0) throw new Error(`${path}: expected ${bytes.length} bytes, got ${got}`)
    got += count
  }
  closeSync(file)
  return bytes
}
