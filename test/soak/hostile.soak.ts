/** Mutants by the hundred thousand: `HEADEND_SOAK_FROM` and `HEADEND_SOAK_COUNT` say which and how many of each film. */
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { corpusFilm, filmsMissing } from '../packaging/films/films.ts'
import { faultsOfMutants } from '../packaging/mutants/expect-mutants.ts'
import { mutatedFilms } from '../packaging/mutants/mutated-films.ts'

const from = Number(process.env['HEADEND_SOAK_FROM'] ?? 100_000)
const count = Number(process.env['HEADEND_SOAK_COUNT'] ?? 20_000)
/** A million of the films made for this. */
const each = Number(process.env['HEADEND_SOAK_COUNT'] ?? 91_000)
const maxBytes = 400 * 1024

const films = filmsMissing
  ? []
  : ['mp4', 'mov', 'fragmented', 'captions', 'encrypted', 'broken']
      .flatMap((folder) => readdirSync(corpusFilm(folder)).map((name) => join(folder, name)))
      .filter((name) => /\.(mp4|mov)$/.test(name) && statSync(corpusFilm(name)).size < maxBytes)

describe.skipIf(filmsMissing)(`mutants ${from} to ${from + count}`, () => {
  it.each(films)('of %s', async (name) => {
    const whole = readFileSync(corpusFilm(name))
    expect(await faultsOfMutants({ name, film: whole, from, count })).toEqual([])
  })
})

describe.skipIf(ffmpegMissing)(`films made to lie ${from} to ${from + each}`, () => {
  it.each(Object.keys(mutatedFilms))('%s', async (name) => {
    const film = mutatedFilms[name]?.() ?? new Uint8Array(0)
    expect(await faultsOfMutants({ name, film, from, count: each })).toEqual([])
  })
})

describe('a film of a day', () => {
  it('of 5 million pictures is indexed', async () => {
    const args = ['--max-old-space-size=256', 'test/packaging/mutants/hostile-child.ts', 'long', '5000000']
    const { stdout } = await promisify(execFile)(process.execPath, args)
    const { samples, peakBytes } = JSON.parse(stdout) as { samples: number; peakBytes: number }
    expect(samples).toBe(5_000_000)
    expect(peakBytes).toBeLessThan(768 * 2 ** 20)
  })
})
