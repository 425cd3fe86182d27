/** What ffprobe says of uploads, kept by their bytes: many tests ask of the same films. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { programPath } from '../programs.ts'
import { type ProbedStream, probeStreams } from './streams.ts'

const folder = join(import.meta.dirname, '../../.tmp/probes')

/** As `probeStreams`, which is asked once of each film by each ffprobe. */
export async function probeUpload(path: string): Promise<readonly ProbedStream[]> {
  const program = programPath('ffprobe')
  const { mtimeMs = 0, size = 0 } = program === undefined ? {} : statSync(program)
  const digest = createHash('sha256').update(`${mtimeMs} ${size} `).update(readFileSync(path)).digest('hex')
  const file = join(folder, `${digest}.json`)
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as ProbedStream[]
  const streams = await probeStreams(path)
  mkdirSync(folder, { recursive: true })
  const unfinished = `${file}-${process.pid}`
  writeFileSync(unfinished, JSON.stringify(streams))
  renameSync(unfinished, file)
  return streams
}
