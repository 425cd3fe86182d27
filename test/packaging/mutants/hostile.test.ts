/** Hostile files: whatever they claim, they play or fail with a code, soon and in little memory. */
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { HeadendError } from '../../../lib/errors.ts'
import { readAssetJson } from '../../../lib/packaging/assets/asset-json.ts'
import { indexAsset } from '../../../lib/packaging/indexing/index-asset.ts'
import { bytesSource, corpusFilm, fileSource, filmsMissing } from '../films/films.ts'
import { makeFilm } from '../films/make-film.ts'
import { outcomeOf, outcomeOfSource } from '../films/outcome.ts'
import { hostileFilms } from './hostile-films.ts'
import { placesOf } from './mutants.ts'

/** Pictures out of order and sound with an edit list, 4 s. */
const film = (moovFirst: boolean): Uint8Array =>
  makeFilm(
    [
      {
        type: 'video',
        timescale: 12_800,
        samples: Array.from({ length: 100 }, (_, i) => ({
          size: 60 + (i % 50),
          duration: 512,
          sync: i % 12 === 0,
          offset: i % 3 === 1 ? 512 : 0,
        })),
      },
      {
        type: 'audio',
        timescale: 48_000,
        samples: Array.from({ length: 187 }, (_, i) => ({ size: 30 + (i % 9), duration: 1024 })),
        edits: [{ duration: 0, mediaTime: 1024, rate: 0x10000 }],
      },
    ],
    { moovFirst },
  )

describe('a film', () => {
  it('cut off at every box, and within', async () => {
    const whole = film(true)
    for (const { at, size, type } of placesOf(whole))
      for (const length of [at, at + 4, at + 8, at + Math.floor(size / 2)]) {
        const code = await outcomeOf(whole.subarray(0, length))
        expect(code, `${length} bytes, in ${type}`).toMatch(/^MP4_(TRUNCATED|MOOV_MISSING|NOT_MP4|EMPTY)$/)
      }
  })
})

describe('a file that is', () => {
  let child: ChildAnswer
  beforeAll(async () => {
    child = await inChild('hostile', 0)
  }, 300_000)

  it.for(hostileFilms.map(({ name, code }, i) => ({ name, code, i })))('$name', ({ code, i }) => {
    expect(child.outcomes?.[i]).toBe(code)
  })

  it('any of these is refused in little memory', () => {
    expect(child.outcomes).toHaveLength(hostileFilms.length)
    expect(child.peakBytes).toBeLessThan(1024 * 2 ** 20)
  })

  it('long and honest is indexed in memory that goes with its samples', async () => {
    const { samples, peakBytes } = await inChild('long', 1_000_000)
    expect(samples).toBe(1_000_000)
    expect(peakBytes).toBeLessThan(360 * 2 ** 20)
  })
})

interface ChildAnswer {
  readonly peakBytes: number
  readonly samples?: number
  readonly outcomes?: readonly string[]
}

/** In a process whose heap ends at 256 MB. */
async function inChild(what: string, count: number): Promise<ChildAnswer> {
  const args = ['--max-old-space-size=256', 'test/packaging/mutants/hostile-child.ts', what, String(count)]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout) as ChildAnswer
}

describe('broken files of the corpus', () => {
  const codes: Readonly<Record<string, string>> = {
    'init_truncated.mp4': 'MP4_TRUNCATED',
    'no_timescale.mp4': 'MP4_BOX_MISSING',
    'sample_malformed_free_box.mp4': 'MP4_BOX_SIZE',
    'sample_mdat_too_long.mp4': 'plays',
    'sample_missing_stsd.mp4': 'plays',
  }

  it.skipIf(filmsMissing)('each have an expected code', async () => {
    const found = readdirSync(corpusFilm('broken'))
    expect(found.toSorted()).toEqual(Object.keys(codes).toSorted())
    for (const name of found)
      expect(await outcomeOfSource(fileSource(corpusFilm(`broken/${name}`))), name).toBe(codes[name])
  })
})

describe('what lies beside a film', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  it.each([
    ['nothing', ''],
    ['a deep hole', deep],
    ['a deep hole in its place', `{"files":["a.mp4"],"title":${deep}}`],
    ['a deep hole for a scheme', `{"files":["a.mp4"],"protection":${deep}}`],
    ['a deep file', `{"files":[${deep}]}`],
    ['deep captions', `{"files":["a.mp4"],"captions":${deep}}`],
    ['no text', '\0\0\0\0'],
    ['half a text', '{"files":["a.mp4"'],
    ['too many files', JSON.stringify({ files: Array.from({ length: 100_000 }, (_, i) => `${i}.mp4`) })],
    ['the same file again', '{"files":["a.mp4","a.mp4"]}'],
    ['a way out', '{"files":["../other/a.mp4"]}'],
    ['a prototype', '{"__proto__":{"files":["a.mp4"]}}'],
    ['numbers', '{"files":[1,2,3]}'],
    ['a novel for a title', JSON.stringify({ files: ['a.mp4'], title: 'x'.repeat(1_000_000) })],
    ['lines in a title', '{"files":["a.mp4"],"title":"a\\u0000b\\nc"}'],
    ['no language', '{"files":[{"name":"a.mp4","language":"x\\"><script>"}]}'],
  ])('as asset.json holds %s is refused', (_name, text) => {
    let fault: unknown
    try {
      readAssetJson(text, 'film')
    } catch (error) {
      fault = error
    }
    expect(fault).toBeInstanceOf(HeadendError)
    expect(fault).toMatchObject({ code: expect.stringMatching(/^ASSET_/), status: 400 })
    expect(String(fault)).toContain('vod/film/asset.json')
    expect(String(fault).length).toBeLessThan(1000)
  })

  it.each([
    ['nothing', 'en.vtt', ''],
    ['bytes of no text', 'en.vtt', Buffer.alloc(5000, 0xff)],
    ['zeros', 'en.srt', Buffer.alloc(5000)],
    ['one endless line', 'en.vtt', `WEBVTT\n\n${'x'.repeat(1_000_000)}`],
    ['a million empty lines', 'en.vtt', `WEBVTT\n\n${'\n'.repeat(1_000_000)}`],
    ['cues that end before they begin', 'en.vtt', 'WEBVTT\n\n00:10.000 --> 00:05.000\nback\n'],
    [
      'times beyond all time',
      'en.vtt',
      'WEBVTT\n\n999999999999:00:00.000 --> 9999999999999:00:00.000\nlate\n',
    ],
    ['tags never closed', 'en.vtt', `WEBVTT\n\n00:00.000 --> 00:04.000\n${'<i><b><c.x>'.repeat(50_000)}\n`],
    ['numbers of no cues', 'en.srt', '1\n2\n3\n'.repeat(50_000)],
    [
      '50,000 cues at once',
      'en.srt',
      Array.from({ length: 50_000 }, (_, i) => `${i}\n00:00:00,000 --> 00:00:04,000\nall\n\n`).join(''),
    ],
    ['what is no subtitle', 'en.vtt', '<!DOCTYPE html><html></html>'],
  ])('as subtitles holds %s: the film plays, and what is left out is named', async (_name, name, text) => {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text
    const { timeline, skipped } = await indexAsset({
      timelineId: 'vod/film',
      version: '1',
      files: [{ object: { bucket: 'upload', key: 'film.mp4' }, source: bytesSource(film(true)) }],
      sidecars: [{ object: { bucket: 'upload', key: name }, source: bytesSource(bytes, name) }],
    })
    expect(timeline.tracks.map(({ id }) => id)).toEqual(expect.arrayContaining(['video-1', 'audio-1']))
    const texts = timeline.tracks.filter(({ type }) => type === 'text')
    expect(texts.length + skipped.filter(({ file }) => file === name).length).toBeGreaterThan(0)
  })
})
