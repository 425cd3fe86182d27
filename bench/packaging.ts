/**
 * A film packaged whole to disk: pictures and sound as segments, init segments, HLS and DASH manifests. Each
 * program is a process of its own, measured from its start to its end, ours as the others, in interleaved runs.
 */
import { mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { openFilm } from './film-file.ts'
import { halfAnHour, has, repeatedFilm, scratch } from './films.ts'
import { median, type Result } from './measure.ts'
import { type ProcessRun, run } from './process-run.ts'
import { programOf } from './programs.ts'
import { ffmpegOf, type Packager, shaka } from './rivals.ts'

const rounds = 6
/** Of the long film, with which a program's start counts for little. */
const longRounds = 3

export async function packaging(): Promise<Result[]> {
  if (!has('ffmpeg')) {
    console.log('packaging  skipped: no ffmpeg to make the film with and to compare with')
    return []
  }
  const rival = shaka()
  if (typeof rival === 'string') console.log(`packaging  shaka-packager skipped: ${rival}`)
  const [film, longFilm] = [repeatedFilm(), halfAnHour()]
  const files = await picturesOf(film)
  const [mine, limit] = [await programOf('package-film'), await programOf('copy-film')]
  const ours = (...scheme: string[]): Packager => ({
    command: process.execPath,
    args: (from, to) => [mine, from, to, ...scheme],
  })
  const sealed = (['cenc', 'cbcs'] as const).flatMap((scheme): [string, Packager][] => {
    const other = shaka(scheme)
    if (typeof other === 'string') return [[`ours, ${scheme}`, ours(scheme)]]
    return [
      [`ours, ${scheme}`, ours(scheme)],
      [`shaka-packager 3.4.2, ${scheme}`, other],
    ]
  })
  const packagers: Readonly<Record<string, Packager>> = {
    ours: ours(),
    ...(typeof rival !== 'string' && { 'shaka-packager 3.4.2': rival }),
    ...Object.fromEntries(sealed),
  }
  const programs: Readonly<Record<string, Packager>> = {
    ...packagers,
    'ffmpeg -c copy': ffmpegOf(),
    'read and write only': { command: process.execPath, args: (from, to) => [limit, from, to, `${files}`] },
  }
  return [
    ...resultsOf(film, await runsOf(programs, film, rounds)),
    ...resultsOf(longFilm, await runsOf(packagers, longFilm, longRounds)),
  ]
}

type Runs = Readonly<Record<string, readonly ProcessRun[]>>

async function runsOf(
  programs: Readonly<Record<string, Packager>>,
  film: string,
  times: number,
): Promise<Runs> {
  const runs: Record<string, ProcessRun[]> = {}
  const inOrder = Object.entries(programs)
  for (let round = 0; round <= times; round++)
    // There and back: whoever comes next finds memory as the one before it left it.
    for (const [name, { command, args }] of round % 2 === 0 ? inOrder : inOrder.toReversed()) {
      const out = join(scratch, 'out')
      rmSync(out, { recursive: true, force: true })
      mkdirSync(out, { recursive: true })
      const one = await run(command, args(film, out))
      // The first round warms caches and counts for nobody.
      if (round > 0) (runs[name] ??= []).push(one)
    }
  rmSync(join(scratch, 'out'), { recursive: true, force: true })
  return runs
}

const goals: Readonly<Record<string, { readonly ours: string; readonly atLeast: number }>> = {
  'shaka-packager 3.4.2': { ours: 'ours', atLeast: 3 },
  'ffmpeg -c copy': { ours: 'ours', atLeast: 2.2 },
  'read and write only': { ours: 'ours', atLeast: 0.6 },
  'shaka-packager 3.4.2, cenc': { ours: 'ours, cenc', atLeast: 2 },
  'shaka-packager 3.4.2, cbcs': { ours: 'ours, cbcs', atLeast: 2 },
}

function resultsOf(film: string, runs: Runs): Result[] {
  const megabytes = statSync(film).size / 1e6
  const speed = (name: string) => megabytes / (median((runs[name] ?? []).map(({ wallMs }) => wallMs)) / 1000)
  const peak = (name: string) =>
    Math.max(...(runs[name] ?? []).map(({ peakBytes = Number.NaN }) => peakBytes)) / 1e6
  const whole = (name: string) =>
    result(`${name}, ${megabytes.toFixed(0)} MB film to disk`, {
      unit: 'MB/s',
      p50: speed(name),
      note: `peak memory ${peak(name).toFixed(0)} MB`,
    })
  return [
    whole('ours'),
    result(`ours, ${megabytes.toFixed(0)} MB film, peak memory`, {
      unit: 'MB',
      p50: peak('ours'),
      goal: { atMost: 150 },
    }),
    ...Object.entries(goals)
      .filter(([name]) => name in runs)
      .flatMap(([name, { ours, atLeast }]) => [
        ...(ours === 'ours' ? [] : [whole(ours)]),
        whole(name),
        result(`ours against ${name}, ${megabytes.toFixed(0)} MB film`, {
          unit: 'x',
          p50: speed(ours) / speed(name),
          goal: { atLeast },
        }),
      ]),
  ]
}

const result = (what: string, facts: Pick<Result, 'unit' | 'p50' | 'goal' | 'note'>): Result => ({
  bench: 'packaging',
  case: what,
  ...facts,
})

/** How many segments of pictures ours makes, so that the limit writes as many files. */
async function picturesOf(film: string): Promise<number> {
  const { films, close } = await openFilm(film)
  close()
  return films.timeline.tracks[0]?.segments.length ?? 1
}
