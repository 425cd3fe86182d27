/** Signed uploads of a feed: for a channel there is, and for paths below it alone. */
import { describe, expect, it } from 'vitest'
import { memoryApi } from '../api/parts.ts'
import { absentChannels } from './absent.ts'

const news = { id: 'news', revision: 1, updatedAtMs: 0, segmentSeconds: 2, windowSeconds: 3600 }
const { call } = memoryApi({
  channels: {
    ...absentChannels,
    channel: async (id) => (id === 'news' ? news : id === 'off' ? { ...news, id, stopped: true } : undefined),
  },
})
const ask = (paths: unknown, id = 'news') => call('POST', `/v1/channels/${id}/uploads`, { paths })

describe('uploads of a feed', () => {
  it('have a URL each, in the order they were asked for, which ends soon', async () => {
    const { status, json } = await ask(['v1/init.mp4', 'v1/7.m4s'])
    expect([status, json]).toEqual([
      200,
      {
        uploads: [
          { path: 'v1/init.mp4', url: 'https://upload.example/live/news/v1/init.mp4?for=300' },
          { path: 'v1/7.m4s', url: 'https://upload.example/live/news/v1/7.m4s?for=300' },
        ],
        urlsExpireAt: '2026-01-31T12:05:00.000Z',
      },
    ])
  })

  it('are of a channel that there is', async () => {
    const { status, json } = await ask(['a1.m4s'], 'none')
    expect([status, json]).toMatchObject([404, { error: { code: 'CHANNEL_NOT_FOUND' } }])
  })

  it('are of one that takes them', async () => {
    const { status, json } = await ask(['a1.m4s'], 'off')
    expect([status, json]).toMatchObject([403, { error: { code: 'FEED_STOPPED' } }])
  })

  it.each([
    '',
    '/a.m4s',
    'a//b.m4s',
    '../vod/film.mp4',
    'a/../b.m4s',
    './a',
    'a/',
    'a b',
    '.hidden',
    'a%2f',
    'a?b',
  ])('stay below it: %j is refused', async (path) => {
    const { status, json } = await ask(['good.m4s', path])
    expect([status, json]).toMatchObject([400, { error: { code: 'REQUEST_INVALID' } }])
  })

  it('are bounded, and no less than one', async () => {
    expect((await ask([])).status).toBe(400)
    expect((await ask(Array.from({ length: 101 }, (_, i) => `${i}.m4s`))).status).toBe(400)
    expect((await ask(Array.from({ length: 100 }, (_, i) => `${i}.m4s`))).status).toBe(200)
  })
})
