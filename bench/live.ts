/** Channels: transport streams to CMAF beside others, memory, what the index takes, start-over of many hours. */
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { liveCrowd } from '../test/house/live-crowd.ts'
import { feedFolder, has, scratch } from './films.ts'
import { median, type Result } from './measure.ts'
import { type ProcessRun, run } from './process-run.ts'
import { programOf } from './programs.ts'
import { ffmpegOf, type Packager, shaka } from './rivals.ts'

const rounds = 5

export async function live(): Promise<Result[]> {
  return [...(await windows()), ...(has('ffmpeg') ? [...(await streams()), ...(await crowds())] : [])]
}

/** What a thousand viewers at once cost behind the caches, in the local cloud. */
async function crowds(): Promise<Result[]> {
  const { objects, objectRequests, odd } = await liveCrowd()
  if (odd.length > 0) throw new Error(odd.join('\n'))
  return [
    result('origin requests per segment or init segment under 1,000 viewers', {
      unit: 'x',
      p50: objectRequests / objects,
      goal: { atMost: 1 },
    }),
  ]
}

/** Our program takes a folder of segments, the others the same as one stream. */
async function streams(): Promise<Result[]> {
  const { folder, whole } = feedFolder()
  const program = await programOf('take-feed')
  const rival = shaka()
  if (typeof rival === 'string') console.log(`live  shaka-packager skipped: ${rival}`)
  const programs: Readonly<Record<string, Packager & { readonly from: string }>> = {
    ours: { command: process.execPath, args: (from, to) => [program, from, to], from: folder },
    'ffmpeg -c copy': { ...ffmpegOf(['-tag:v', 'avc1', '-tag:a', 'mp4a']), from: whole },
    ...(typeof rival !== 'string' && { 'shaka-packager 3.4.2': { ...rival, from: whole } }),
  }
  const runs: Record<string, ProcessRun[]> = {}
  for (let round = 0; round <= rounds; round++)
    for (const [name, { command, args, from }] of Object.entries(programs)) {
      const out = join(scratch, 'out')
      rmSync(out, { recursive: true, force: true })
      mkdirSync(out, { recursive: true })
      const one = await run(command, args(from, out))
      // The first round warms caches and counts for nobody.
      if (round > 0) (runs[name] ??= []).push(one)
    }
  rmSync(join(scratch, 'out'), { recursive: true, force: true })
  const megabytes =
    readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) / 1e6
  const speed = (name: string) => megabytes / (median((runs[name] ?? []).map(({ wallMs }) => wallMs)) / 1000)
  const told = (runs['ours'] ?? []).map(({ output }) => JSON.parse(output) as Told)
  const peak = Math.max(...(runs['ours'] ?? []).map(({ peakBytes = Number.NaN }) => peakBytes)) / 1e6
  const [largest = Number.NaN] = told.map((one) => one.largest / 1e6)
  return [
    ...Object.keys(programs).map((name) =>
      result(`${name}, ${megabytes.toFixed(0)} MB of TS to CMAF on disk`, { unit: 'MB/s', p50: speed(name) }),
    ),
    ...Object.entries({ 'ffmpeg -c copy': 0.8, 'shaka-packager 3.4.2': 1.5 })
      .filter(([name]) => name in programs)
      .map(([name, atLeast]) =>
        result(`ours against ${name}, TS to CMAF`, {
          unit: 'x',
          p50: speed('ours') / speed(name),
          goal: { atLeast },
        }),
      ),
    result('a segment of TS of 6 s at 6 Mbit/s, read and written', {
      unit: 'ms',
      p50: median(told.map(({ p50 }) => p50)),
      p99: median(told.map(({ p99 }) => p99)),
    }),
    result('TS to CMAF, peak memory of the process', {
      unit: 'MB',
      p50: peak,
      note: `its largest segment has ${largest.toFixed(1)} MB; a process of Node that does nothing holds some 50 MB`,
    }),
  ]
}

interface Told {
  readonly p50: number
  readonly p99: number
  readonly largest: number
}

interface Window {
  readonly warm: { readonly p50: number; readonly p99: number }
  readonly cold: { readonly p50: number; readonly p99: number }
  readonly printedBytes: number
  readonly rowBytes: number
  readonly sealedBytesAMinute: number
}

async function windows(): Promise<Result[]> {
  const program = await programOf('make-windows')
  const results: Result[] = []
  for (const [seconds, hours] of [
    [2, 2],
    [2, 48],
    [6, 2],
    [6, 48],
  ] as const) {
    const { output } = await run(process.execPath, [program, `${seconds}`, `${hours}`, '20'])
    const window = JSON.parse(output) as Window
    const what = `${hours} h of ${seconds} s`
    const note = `${(window.printedBytes / 1000).toFixed(0)} KB`
    results.push(
      result(`start-over, ${what}, warm`, { unit: 'ms', ...window.warm, note, goal: { atMost: 60 } }),
      result(`start-over, ${what}, cold`, { unit: 'ms', ...window.cold, note }),
    )
    if (hours === 2)
      results.push(
        result(`index of a minute of ${seconds} s, a track, before sealing`, {
          unit: 'bytes',
          p50: window.rowBytes,
          note: `${Math.ceil((window.rowBytes + 200) / 1024)} write units an update, keys counted as 200 bytes`,
          goal: { atMost: 3 * 1024 - 200 },
        }),
        result(`index of a minute of ${seconds} s, both tracks, sealed`, {
          unit: 'bytes',
          p50: window.sealedBytesAMinute,
          goal: { atMost: 1024 },
        }),
      )
  }
  return results
}

const result = (what: string, facts: Omit<Result, 'bench' | 'case'>): Result => ({
  bench: 'live',
  case: what,
  ...facts,
})
