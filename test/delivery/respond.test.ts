import { describe, expect, it } from 'vitest'
import { respond, type TimelineReader } from '../../lib/delivery/index.ts'
import { encodeTimeline, timelinePrefix } from '../../lib/timeline/stored.ts'
import { checkMultivariant } from '../judges/hls/rules.ts'
import { timelineOf, trackOf } from './timelines.ts'

/** A reader over one stored film, counting what it is asked. */
function readerOf(timeline = timelineOf('vod/film')): TimelineReader & { readonly asked: string[] } {
  const prefix = timelinePrefix(timeline.id, timeline.version)
  const { head, parts } = encodeTimeline(timeline)
  const objects = new Map(parts.map(({ name, text }) => [prefix + name, text]))
  objects.set(`${prefix}timeline.json`, head)
  const asked: string[] = []
  return {
    asked,
    current: (id) => Promise.resolve(id === timeline.id ? { version: timeline.version } : undefined),
    object: (key) => {
      asked.push(key)
      return Promise.resolve(objects.get(key))
    },
  }
}

describe('a manifest request', () => {
  it.each([
    [
      'vod/film/index.m3u8',
      'application/vnd.apple.mpegurl',
      '0123456789abcdef/video-1.m3u8',
      'public, max-age=5',
    ],
    ['vod/film/index.mpd', 'application/dash+xml', '<MPD', 'public, max-age=5'],
    [
      'vod/film/0123456789abcdef/video-1.m3u8',
      'application/vnd.apple.mpegurl',
      '10.0.m4s',
      'public, max-age=31536000, immutable',
    ],
  ])('for %s is answered', async (path, type, fragment, caching) => {
    const response = await respond({ method: 'GET', path }, readerOf())
    expect(response).toMatchObject({
      status: 200,
      headers: { 'content-type': type, 'cache-control': caching },
    })
    expect(response.body).toContain(fragment)
  })

  it.each([
    ['GET', 'vod/none/index.m3u8', 404, 'ASSET_NOT_FOUND'],
    ['GET', 'vod/film/fedcba9876543210/video-1.m3u8', 404, 'ASSET_NOT_FOUND'],
    ['GET', 'vod/film/0123456789abcdef/video-9.m3u8', 404, 'RENDITION_NOT_FOUND'],
    ['GET', 'vod/film/index.m3u', 404, 'MANIFEST_NOT_FOUND'],
    ['GET', 'vod/film/../index.m3u8', 404, 'MANIFEST_NOT_FOUND'],
    ['GET', 'vod/fi%6Cm/index.m3u8', 404, 'MANIFEST_NOT_FOUND'],
    ['POST', 'vod/film/index.m3u8', 405, 'METHOD_NOT_ALLOWED'],
  ])('%s %s is refused with %i %s, and nobody keeps that for long', async (method, path, status, code) => {
    const response = await respond({ method, path }, readerOf())
    expect(response.status).toBe(status)
    expect(JSON.parse(response.body)).toMatchObject({ error: { code } })
    expect(response.headers['cache-control']).toBe('public, max-age=1')
  })

  it('plays a film whose label has a quote, which HLS can not write', async () => {
    const tracks = [trackOf('video-1', 'video'), trackOf('audio-1', 'audio', { name: 'The "loud" one' })]
    const response = await respond(
      { method: 'GET', path: 'vod/film/index.m3u8' },
      readerOf(timelineOf('vod/film', { tracks })),
    )
    expect(response.status).toBe(200)
    expect(response.body).toContain(`NAME="The 'loud' one"`)
    expect(checkMultivariant(response.body)).toEqual([])
  })

  it('reads the head once and each page once', async () => {
    const reader = readerOf()
    await respond({ method: 'GET', path: 'vod/film/index.mpd' }, reader)
    expect(reader.asked).toEqual([
      'timelines/vod/film/0123456789abcdef/timeline.json',
      'timelines/vod/film/0123456789abcdef/pages/0.json',
    ])
  })

  it('is said little back, however long it was', async () => {
    for (const path of [`vod/${'x'.repeat(8000)}`, `vod/film/0123456789abcdef/${'y'.repeat(8000)}.m3u8`]) {
      const { status, body } = await respond({ method: 'GET', path }, readerOf())
      expect([status, body.length < 600]).toEqual([404, true])
    }
  })

  it('fails aloud when the store fails', async () => {
    const broken: TimelineReader = {
      current: () => Promise.reject(new Error('the table is gone')),
      object: () => Promise.resolve(undefined),
    }
    await expect(respond({ method: 'GET', path: 'vod/film/index.mpd' }, broken)).rejects.toThrow(
      'the table is gone',
    )
  })
})
