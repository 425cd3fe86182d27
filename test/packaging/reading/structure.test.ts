/** Delivered tracks before judges from outside: FFmpeg reads and decodes them without a word of warning. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { programPath } from '../../judges/programs.ts'
import { corpusFilm, demoFilm, fileSource, filmsMissing } from '../films/films.ts'
import { allFaultsOf } from '../films/judged.ts'
import { shelve } from '../films/shelf.ts'

const folder = mkdtempSync(join(tmpdir(), 'headend-structure-'))
afterAll(() => rmSync(folder, { recursive: true }))

const ffmpegMissing =
  programPath('ffmpeg') === undefined ? 'skipped: no ffmpeg (Debian: apt-get install ffmpeg)' : undefined

/** What FFmpeg says of files, each of which it reads and decodes, beside its answer. */
function wordsOf(files: readonly string[]): string {
  const read = files.flatMap((file) => ['-i', file])
  const mapped = files.flatMap((_, i) => ['-map', `${i}`])
  const args = ['-v', 'warning', ...read, ...mapped, '-f', 'null', '-']
  return spawnSync('ffmpeg', args, { maxBuffer: 2 ** 26 }).stderr.toString('utf8')
}

const films = [
  'mp4/sample.mp4',
  'mp4/sample_no_bframes.mp4',
  'mp4/sample_av1.mp4',
  'mp4/sample_eac3.mp4',
  'mp4/sample_opus.mp4',
  'mp4/h265_bframes.mp4',
  'mp4/testvid_1022ms.mp4',
  'mov/bt601.mov',
  'fragmented/sample_fragmented.mp4',
  'broken/sample_mdat_too_long.mp4',
]

describe.skipIf(ffmpegMissing !== undefined)('FFmpeg has nothing to say of', () => {
  it.for([
    { name: 'the demo film', path: demoFilm, missing: undefined },
    ...films.map((name) => ({ name, path: corpusFilm(name), missing: filmsMissing })),
  ])('$name', async ({ path, missing }, { skip }) => {
    skip(missing !== undefined, missing)
    const shelf = await shelve(fileSource(path))
    const files: string[] = []
    for (const track of shelf.films.timeline.tracks) {
      const file = join(folder, `${track.id}.mp4`)
      writeFileSync(file, await shelf.track(track))
      files.push(file)
      expect(await allFaultsOf(shelf, track), track.id).toEqual([])
    }
    expect(wordsOf(files)).toBe('')
  })
})

describe('a film whose own pictures break a rule', () => {
  it.skipIf(filmsMissing)('is delivered as it is, and nothing else is wrong with it', async () => {
    const shelf = await shelve(fileSource(corpusFilm('mp4/prog_8s.mp4')))
    const [pictures] = shelf.films.timeline.tracks
    const faults = pictures ? await allFaultsOf(shelf, pictures) : []
    // Parameter sets stand in its samples, under a name that promises none there; no packet may be changed.
    expect([...new Set(faults.map(({ rule }) => rule))]).toEqual(['sample.parameter-sets'])
  })
})
