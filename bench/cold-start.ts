/** What a viewer waits for where no environment is warm: from a process's start to the last byte of a first segment. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundleFunctions } from '../scripts/build.ts'
import { type Cloud, openCloud } from '../test/packaging/cloud.ts'
import { makeFilm } from '../test/packaging/films/make-film.ts'
import { median, type Result } from './measure.ts'
import { run } from './process-run.ts'

const rounds = 15

/** The packager's bundle, as it deploys, against the local cloud in this process. */
export async function coldStart(): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), 'headend-bench-'))
  const cloud = await openCloud()
  try {
    await bundleFunctions(folder)
    const bundle = join(folder, 'lambdas/packaging/segment/index.mjs')
    const { path, bytes } = await storedSegment(cloud)
    const whole: number[] = []
    const empty: number[] = []
    for (let round = 0; round < rounds; round++) {
      const answered = await timed(firstAnswer(bundle, path), cloud.environment)
      if (Number(answered.output) !== bytes)
        throw new Error(`${path}: expected ${bytes} bytes, got ${answered.output}`)
      whole.push(answered.wallMs)
      empty.push((await timed('process.exit()', cloud.environment)).wallMs)
    }
    return [
      {
        bench: 'cold start',
        case: 'packaging/segment: first segment',
        unit: 'ms',
        p50: median(whole),
        note: `${(bytes / 1e6).toFixed(1)} MB; ${median(empty).toFixed(0)} ms of it is an empty process`,
      },
    ]
  } finally {
    await cloud.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Twelve seconds in two segments of 4 MB; the second. */
async function storedSegment(cloud: Cloud): Promise<{ readonly path: string; readonly bytes: number }> {
  const samples = Array.from({ length: 12 }, () => ({ size: 700_000, duration: 1, sync: true }))
  const film = makeFilm([{ type: 'video', timescale: 1, samples }])
  const left = await cloud.ingest([await cloud.put('vod/film.mp4', Buffer.from(film))])
  if (left > 0) throw new Error(`the film was not indexed: ${cloud.lines.join('')}`)
  const { version, tracks } = await cloud.timeline('film')
  const [track] = tracks
  const segment = track?.segments.at(-1)
  if (!track || !segment) throw new Error('expected a track with segments')
  return {
    path: `/media/clear/vod/film/${version}/${track.id}/${segment.number}.${segment.cut}.m4s`,
    bytes: segment.bytes,
  }
}

const timed = (script: string, environment: Readonly<Record<string, string>>) =>
  run(process.execPath, ['--input-type=module', '-e', script], environment)

/** Calls a handler once as Lambda's runtime does, and says how many bytes it gave. */
const firstAnswer = (bundle: string, rawPath: string): string => `
  import { Writable } from 'node:stream'
  globalThis.awslambda = { streamifyResponse: (f) => f, HttpResponseStream: { from: (stream) => stream } }
  const { handler } = await import(${JSON.stringify(pathToFileURL(bundle).href)})
  let bytes = 0
  const stream = new Writable({ write(chunk, _, done) { bytes += chunk.length; done() } })
  const event = { rawPath: ${JSON.stringify(rawPath)}, headers: {}, requestContext: { http: { method: 'GET' } } }
  await handler(event, stream, { awsRequestId: 'first' })
  console.log(bytes)
  process.exit()`
