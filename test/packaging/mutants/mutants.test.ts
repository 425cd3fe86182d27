/**
 * Ten films of different make, made to lie field by field: each plays as FFmpeg and mediabunny show it where they
 * agree, or fails with a code. `HEADEND_MUTANT=from-to` runs others than usual, `npm run soak` a million.
 */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { ffmpegMissing } from '../../house/ffmpeg.ts'
import { corpusFilm, filmsMissing } from '../films/films.ts'
import { faultsOfMutants } from './expect-mutants.ts'
import { mutatedFilms } from './mutated-films.ts'

const [from = 0, to = 300] = (process.env['HEADEND_MUTANT'] ?? '0-300').split('-').map(Number)

beforeAll(() => {
  // mediabunny says of each lie what it makes of it.
  vi.spyOn(console, 'warn').mockReturnValue()
})

describe.skipIf(ffmpegMissing)('a film made to lie', () => {
  it.each(Object.keys(mutatedFilms))(
    '%s',
    async (name) => {
      const film = mutatedFilms[name]?.() ?? new Uint8Array(0)
      expect(await faultsOfMutants({ name, film, from, count: to - from })).toEqual([])
    },
    300_000,
  )
})

/** Of sound and pictures no film above has. */
const others = ['mp4/testvid_1022ms.mp4', 'mp4/sample_ac3.mp4', 'captions/fragmented_captions.mp4']

describe.skipIf(filmsMissing)('a film of the corpus made to lie', () => {
  it.each(others)('%s', async (name) => {
    const film = readFileSync(corpusFilm(name))
    expect(await faultsOfMutants({ name, film, from, count: 50 })).toEqual([])
  })
})
