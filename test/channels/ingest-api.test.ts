/** The door for encoders that send by HTTP: who comes in, what is answered, and what is there when it is. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerIngest, notedRefusals } from '../../lib/channels/index.ts'
import { memoryApi } from '../api/parts.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { absentChannels, memoryCredentials } from './absent.ts'
import { playlistUris, startChannels, type Written, writtenBy } from './feeds.ts'

const news = { id: 'news', revision: 1, updatedAtMs: 0, segmentSeconds: 2, windowSeconds: 3600 }
const feedCredentials = memoryCredentials()
const { call } = memoryApi({
  feedCredentials,
  channels: { ...absentChannels, channel: async (id) => (id === 'news' ? news : undefined) },
})
const create = async () => {
  const { json } = await call('POST', '/v1/channels/news/credentials')
  return json as { readonly url: string; readonly username: string; readonly password: string }
}

describe('credentials of a feed', () => {
  it('say where, as whom, and with a password that is never shown again', async () => {
    const first = await call('POST', '/v1/channels/news/credentials')
    expect([first.status, first.headers.get('cache-control')]).toEqual([201, 'no-store'])
    expect(first.json).toEqual({
      url: 'https://play.example/ingest/news/',
      username: 'news',
      password: expect.stringMatching(/^[\w-]{32}$/),
    })
    const { password } = await create()
    expect(JSON.stringify(await feedCredentials.credentials('news'))).not.toContain(password)
  })

  it('are of a channel that there is', async () => {
    const { status, json } = await call('POST', '/v1/channels/none/credentials')
    expect([status, json]).toMatchObject([404, { error: { code: 'CHANNEL_NOT_FOUND' } }])
  })

  it('are not lost to another new password at the same time: that one is told so', async () => {
    const all = await Promise.all(
      Array.from({ length: 4 }, () => call('POST', '/v1/channels/news/credentials')),
    )
    const statuses = all.map(({ status }) => status)
    expect(statuses.filter((status) => status !== 201 && status !== 503)).toEqual([])
    expect(statuses).toContain(201)
  })
})

describe.skipIf(ffmpegMissing !== undefined)('ingest by HTTP', () => {
  let room: Awaited<ReturnType<typeof startChannels>>
  let feed: readonly Written[]
  beforeAll(async () => {
    room = await startChannels()
    feed = writtenBy('dash', 8)
  })
  afterAll(() => room.stop())

  const failures: unknown[] = []
  const postponed: string[] = []
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (_: string, error: unknown) => failures.push(error),
  }
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`
  const send = async (
    path: string,
    body: Uint8Array,
    { authorization, method = 'PUT' }: { authorization?: string | undefined; method?: string } = {},
  ) => {
    const ports = {
      ...room.ports,
      upload: async () => undefined,
      credentials: feedCredentials,
      postpone: async (key: string) => void postponed.push(key),
      noted: notedRefusals(),
      log,
    }
    const answer = await answerIngest(ports, { method, path: `/ingest/${path}`, authorization, body })
    return { ...answer, json: JSON.parse(answer.body) as Record<string, unknown> }
  }
  const nobody = new Uint8Array(0)
  const media = (): Written => {
    const one = feed.find(({ path }) => !path.includes('init'))
    if (!one) throw new Error('a feed has media')
    return one
  }

  it.each([
    [401, 'FEED_UNKNOWN', () => undefined],
    [401, 'FEED_UNKNOWN', () => 'Bearer abc'],
    [403, 'FEED_CREDENTIALS', () => basic('news:')],
    [403, 'FEED_CREDENTIALS', () => basic('news:guess')],
    [403, 'FEED_CREDENTIALS', (password: string) => basic(`other:${password}`)],
    [403, 'FEED_CREDENTIALS', (password: string) => basic(`new:s${password}`)],
  ])('is closed with %i %s to whoever does not show its password', async (status, code, shown) => {
    const { password } = await create()
    const answer = await send(`news/${media().path}`, media().bytes, { authorization: shown(password) })
    expect([answer.status, answer.json]).toMatchObject([status, { error: { code } }])
    expect(answer.headers['www-authenticate']).toBe(
      status === 401 ? 'Basic realm="headend", charset="UTF-8"' : undefined,
    )
  })

  it('is closed alike for channels of other names, for those that are not there, and without any password', async () => {
    const { password } = await create()
    for (const id of ['sport', 'none', '..', '%2e', ''])
      expect((await send(`${id}/a.m4s`, nobody, { authorization: basic(`news:${password}`) })).status).toBe(
        403,
      )
    await call('DELETE', '/v1/channels/news/credentials')
    expect((await send('news/a.m4s', nobody, { authorization: basic(`news:${password}`) })).status).toBe(403)
  })

  it('tells who shows its password that the channel is stopped', async () => {
    const authorization = basic(`news:${(await create()).password}`)
    await room.describe({ stopped: true })
    const answer = await send('news/a.m4s', nobody, { authorization })
    expect([answer.status, answer.json]).toMatchObject([403, { error: { code: 'FEED_STOPPED' } }])
    await room.describe()
    expect((await send('news/a.m4s', nobody, { authorization })).status).toBe(200)
  })

  it('notes what it refuses, for whoever runs the channel', async () => {
    const authorization = basic(`news:${(await create()).password}`)
    const text = new TextEncoder().encode('no segment')
    const { status, json } = await send('news/a.m4s', text, { authorization })
    expect([status, json]).toMatchObject([415, { error: { code: 'FEED_FORM' } }])
    expect(await room.ports.live.refusal('live/news')).toEqual({
      path: 'a.m4s',
      code: 'FEED_FORM',
      why: expect.stringContaining('expected CMAF'),
      atMs: room.clock.nowMs,
    })
  })

  it('takes the last two passwords, so that an encoder is moved without a gap', async () => {
    const passwords = [await create(), await create(), await create()].map(({ password }) => password)
    const statuses = await Promise.all(
      passwords.map(
        async (password) =>
          (await send('news/a.m4s', nobody, { authorization: basic(`news:${password}`) })).status,
      ),
    )
    expect(statuses).toEqual([403, 200, 200])
  })

  it('answers probes, playlists and deletions, and records nothing of them', async () => {
    const authorization = basic(`news:${(await create()).password}`)
    const playlist = new TextEncoder().encode('#EXTM3U\n')
    expect(await send('news/live.m3u8', playlist, { authorization })).toMatchObject({
      status: 200,
      json: { outcomes: [] },
    })
    expect((await send('news/v.m4s', nobody, { authorization, method: 'POST' })).status).toBe(200)
    expect((await send('news/v1.m4s', nobody, { authorization, method: 'DELETE' })).status).toBe(200)
    expect((await room.get('index.m3u8')).status).toBe(404)
  })

  it.each([
    ['a/../../vod/film.mp4', 400, 'FEED_PATH'],
    ['.hidden', 400, 'FEED_PATH'],
    ['', 400, 'FEED_PATH'],
    ['words.bin', 415, 'FEED_FORM'],
    ['half.bin', 400, 'MP4_BOX_TRUNCATED'],
    ['free.bin', 415, 'FEED_FORM'],
  ])('refuses %j with %i %s', async (path, status, code) => {
    const authorization = basic(`news:${(await create()).password}`)
    const bodies: Record<string, string> = { 'free.bin': '\0\0\0\x08free', 'half.bin': '\0\0\0\x40moof\0\0' }
    const body = new TextEncoder().encode(bodies[path] ?? 'no media at all')
    const answer = await send(`news/${path}`, body, { authorization })
    expect([answer.status, answer.json]).toMatchObject([status, { error: { code } }])
  })

  it('asks for the init segment, and shows what was answered with 200', async () => {
    const authorization = basic(`news:${(await create()).password}`)
    const early = await send(`news/${media().path}`, media().bytes, { authorization })
    expect([early.status, early.json]).toMatchObject([412, { error: { code: 'FEED_INIT' } }])
    for (const { path, bytes } of [...feed, ...feed]) {
      room.clock.nowMs += 500
      const { status, json } = await send(`news/${path}`, bytes, { authorization })
      expect([status, json]).toMatchObject([200, { outcomes: [{}] }])
    }
    const multivariant = (await room.get('index.m3u8')).body
    const texts = await Promise.all(playlistUris(multivariant).map(async (uri) => (await room.get(uri)).body))
    for (const text of texts) expect(text.match(/#EXTINF/g)?.length, text).toBeGreaterThanOrEqual(4)
    expect(texts).toHaveLength(3)
    expect(failures).toEqual([])
  })

  it('leaves to the queue what must wait for others, so that no encoder waits for its own next object', async () => {
    const authorization = basic(`news:${(await create()).password}`)
    postponed.length = 0
    // A restart: the first time that fits nothing, an hour behind what has come.
    room.clock.nowMs += 3600_000
    const paths = feed.filter(({ path }) => /stream0-0000[12]/.test(path)).map(({ path }) => path)
    expect(paths).toHaveLength(2)
    for (const [i, path] of paths.entries()) {
      room.clock.nowMs += 2000
      const bytes = feed.find((one) => one.path === path)?.bytes ?? nobody
      const { status, json } = await send(`news/${path}`, bytes, { authorization })
      expect([status, json]).toMatchObject([
        200,
        { outcomes: [{ kind: i === 0 ? 'postponed' : 'recorded' }] },
      ])
    }
    expect(postponed).toEqual([`live/news/${paths[0]}`])
  })

  it('takes each track under the name of its stream, as interface 1 has them', async () => {
    const authorization = basic(`news:${(await create()).password}`)
    const { status, json } = await send('news/Streams(video.cmfv)', media().bytes, { authorization })
    expect([status, json]).toMatchObject([
      412,
      { error: { message: expect.stringContaining('live/news/video.cmfv') } },
    ])
  })
})
