/** What a viewer is answered beside films that play: HEAD, conditions, ranges, manifests too long for the edge, stores that fail. */
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Got, get } from '../../local/cloudfront/stage.ts'
import { makeFilm } from '../../packaging/films/make-film.ts'
import { settled } from '../assets.ts'
import { type InProcess, startInProcess } from '../in-process.ts'
import { smallFilm } from '../small-film.ts'

let house: InProcess
let version: string
let dayVersion: string

beforeAll(async () => {
  house = await startInProcess()
  const samples = Array.from({ length: 14_400 }, () => ({ size: 16, duration: 6, sync: true }))
  await house.upload('vod/day.mp4', makeFilm([{ type: 'video', timescale: 1, samples }]))
  await house.upload('vod/film.mp4', await smallFilm())
  version = String((await settled(house, 'film')).version)
  dayVersion = String((await settled(house, 'day')).version)
})
afterAll(() => house?.stop())

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Got> =>
  get(`${house.outputs['PlaybackUrl']}${path}`, headers, method)
const media = (file: string): string => `/media/clear/vod/film/${version}/${file}`

describe('a segment', () => {
  it('nobody asked for yet says its length to HEAD, as it does when caches have it', async () => {
    const path = media('video-1/1.0.m4s')
    const before = await ask(path, {}, 'HEAD')
    const whole = await ask(path)
    const after = await ask(path, {}, 'HEAD')
    expect([before, whole, after].map(({ status, xCache }) => [status, xCache])).toEqual([
      [200, 'Miss from cloudfront'],
      [200, 'Miss from cloudfront'],
      [200, 'Hit from cloudfront'],
    ])
    expect(before.headers['content-length']).toBe(`${whole.body.length}`)
    expect(after.headers['content-length']).toBe(`${whole.body.length}`)
    expect((await ask(media('video-1/99.0.m4s'), {}, 'HEAD')).status).toBe(404)
  })

  it('is refused to who wants another version of it, from the function and from caches', async () => {
    const path = media('video-1/2.0.m4s')
    const own = `"${version}-video-1-2.0.m4s"`
    for (const _ of ['missed', 'kept']) {
      const other = await ask(path, { 'if-match': '"other"' })
      expect([other.status, JSON.parse(other.body.toString())]).toEqual([
        412,
        { error: { code: 'MEDIA_PRECONDITION', message: expect.any(String) } },
      ])
      expect((await ask(path, { 'if-match': `W/${own}` })).status).toBe(412)
      for (const tag of [own, '*', `"other" , ${own}`]) {
        const { status, headers } = await ask(path, { 'if-match': tag })
        expect([status, headers['etag']]).toEqual([200, own])
      }
    }
  })

  it('beyond its end is 416, and is not sent again to who has it', async () => {
    const path = media('video-1/3.0.m4s')
    expect((await ask(path, { range: 'bytes=999999999-' })).status).toBe(416)
    const { headers } = await ask(path)
    expect((await ask(path, { 'if-none-match': String(headers['etag']) })).status).toBe(304)
  })
})

describe('a manifest too long for the edge', () => {
  it('comes compressed, whole, and once for all who ask', async () => {
    const path = `/vod/day/${dayVersion}/video-1.m3u8`
    const first = await ask(path, { 'accept-encoding': 'gzip' })
    expect([first.status, first.headers['content-encoding'], first.xCache]).toEqual([
      200,
      'gzip',
      'Miss from cloudfront',
    ])
    const text = gunzipSync(first.body).toString()
    expect([text.startsWith('#EXTM3U'), text.trimEnd().endsWith('#EXT-X-ENDLIST')]).toEqual([true, true])
    expect(text.length).toBeGreaterThan(1_000_000)
    expect(first.body.length).toBeLessThan(text.length / 5)
    const again = await ask(path, { 'accept-encoding': 'gzip' })
    expect([again.xCache, again.body.equals(first.body)]).toEqual(['Hit from cloudfront', true])
    expect((await ask(path)).body.toString()).toBe(text)
    expect((await ask(path, { 'accept-encoding': 'br, gzip' })).headers['content-encoding']).toBe('br')
  })
})
