/** Subtitles from the bucket to the asset, over the wire: before the film, with it, after it. */
import { afterAll, describe, expect, it } from 'vitest'
import { compositionOf } from '../../../lib/packaging/assets/composition.ts'
import { removeDirs } from '../../local/s3/harness.ts'
import { openCloud } from '../cloud.ts'
import { type MadeTrack, makeFilm } from '../films/make-film.ts'
import { joined } from '../films/shelf.ts'

const cloud = await openCloud()
afterAll(async () => {
  await cloud.close()
  await removeDirs()
})

const pictures: MadeTrack = {
  type: 'video',
  timescale: 12_800,
  samples: Array.from({ length: 300 }, (_, i) => ({ size: 500, duration: 512, sync: i % 50 === 0 })),
}
const film = makeFilm([pictures])
const cue = (text: string) => `WEBVTT\n\n00:01.000 --> 00:02.000\n${text}\n`
const put = async (key: string, body: Uint8Array | string) => cloud.ingest([await cloud.put(key, body)])
const played = async (assetId: string) =>
  (await cloud.timeline(assetId)).tracks
    .filter(({ trickOf }) => trickOf === undefined)
    .map(({ id, language }) => [id, language])

describe('subtitles', () => {
  it('that come after the film are a new version of it, and the old one keeps its bytes', async () => {
    await put('vod/later/film.mp4', film)
    const before = await cloud.timeline('later')
    await put('vod/later/en.vtt', cue('Hello'))
    expect(await played('later')).toEqual([
      ['video-1', undefined],
      ['text-1', 'en'],
    ])
    await put('vod/later/de.srt', '1\n00:00:01,000 --> 00:00:02,000\nHallo\n')
    const after = await cloud.timeline('later')
    expect(await played('later')).toEqual([
      ['video-1', undefined],
      ['text-1', 'de'],
      ['text-2', 'en'],
    ])
    for (const version of [before.version, after.version]) {
      const path = `/media/clear/vod/later/${version}/video-1/1.0.m4s`
      expect((await cloud.packager.answer({ method: 'GET', path, headers: {} })).status).toBe(200)
    }
    const path = `/media/clear/vod/later/${after.version}/text-1/1.0.vtt`
    const { status, body } = await cloud.packager.answer({ method: 'GET', path, headers: {} })
    expect([status, Buffer.from(joined(body)).toString()]).toEqual([
      200,
      expect.stringContaining('00:00:01.000 --> 00:00:02.000\nHallo\n'),
    ])
  })

  it('that come before the film say what they wait for', async () => {
    await put('vod/early/en.vtt', cue('Hello'))
    expect(await cloud.item('early')).toMatchObject({
      state: 'failed',
      error: { code: 'PACKAGING_NOTHING_PLAYABLE', message: expect.stringContaining('expected a film') },
    })
    await put('vod/early/film.mp4', film)
    expect(await cloud.item('early')).toMatchObject({ state: 'ready', skipped: [] })
    expect(await played('early')).toContainEqual(['text-1', 'en'])
  })

  it('in the folder of a film that is complete by itself are its own', async () => {
    await put('vod/whole.mp4', film)
    await put('vod/whole/fr.vtt', cue('Bonjour'))
    expect(await played('whole')).toEqual([
      ['video-1', undefined],
      ['text-1', 'fr'],
    ])
    await put('vod/whole.mp4', makeFilm([{ ...pictures, samples: pictures.samples.slice(0, 150) }]))
    expect(await played('whole')).toContainEqual(['text-1', 'fr'])
  })

  it('are what asset.json says, and others it does not name are no part of the film', async () => {
    await put('vod/told/film.mp4', film)
    await put('vod/told/a.vtt', cue('Hallo'))
    await put('vod/told/b.vtt', cue('Other'))
    await put('vod/told/c.scc', 'Scenarist_SCC V1.0')
    const files = [
      'film.mp4',
      { name: 'a.vtt', language: 'de', label: 'Deutsch', forced: true, default: true },
      'c.scc',
    ]
    await put('vod/told/asset.json', JSON.stringify({ files }))
    const { tracks } = await cloud.timeline('told')
    expect(tracks.filter(({ type }) => type === 'text')).toMatchObject([
      { language: 'de', name: 'Deutsch', roles: ['forced-subtitle', 'main'] },
    ])
    expect((await cloud.item('told'))?.['skipped']).toEqual([
      expect.objectContaining({
        file: 'vod/told/c.scc',
        code: 'PACKAGING_TEXT_UNSUPPORTED',
        reason: expect.stringMatching(/WebVTT/),
      }),
    ])
    await put('vod/told/asset.json', JSON.stringify({ files: [{ name: 'film.mp4', roles: ['hero'] }] }))
    expect(await cloud.item('told')).toMatchObject({ state: 'failed', error: { code: 'ASSET_JSON' } })
  })

  it('that are broken leave the film as it is', async () => {
    await put('vod/broken/film.mp4', film)
    await put('vod/broken/en.vtt', 'this is no WebVTT')
    expect(await cloud.item('broken')).toMatchObject({
      state: 'ready',
      skipped: [{ file: 'vod/broken/en.vtt', type: 'text', code: 'WEBVTT_SIGNATURE' }],
    })
  })
})

describe('what makes up a film', () => {
  const at = (second: number) => ({ eventTime: `2026-01-01T00:00:0${second}Z`, bytes: 1, etag: 'e' })
  it('is the whole with its subtitles, or the folder with its own', () => {
    const whole = { 'vod/a.mp4': at(1), 'vod/a/en.vtt': at(2) }
    expect(compositionOf('a', whole)).toEqual({ keys: ['vod/a.mp4', 'vod/a/en.vtt'] })
    expect(compositionOf('a', { ...whole, 'vod/a/hd.mp4': at(3) })).toEqual({
      keys: ['vod/a/en.vtt', 'vod/a/hd.mp4'],
    })
    expect(compositionOf('a', { 'vod/a/en.vtt': at(2) })).toEqual({ keys: ['vod/a/en.vtt'] })
  })
})
