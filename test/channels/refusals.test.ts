/** What a channel's feed and its operator are refused, each with its code. */
import { describe, expect, it } from 'vitest'
import type { Channel } from '../../lib/channels/channel.ts'
import { type MessagePorts, takeMessage } from '../../lib/channels/ingest/message.ts'
import { notedRefusals } from '../../lib/channels/ingest/refusal.ts'
import { takeObject } from '../../lib/channels/ingest/take-object.ts'
import { seenCues } from '../../lib/channels/manifests/seen-cues.ts'
import { memoryApi } from '../api/parts.ts'
import { absentChannels } from './absent.ts'
import { makeSegment } from './make-segment.ts'

const channel = { id: 'news', revision: 1, updatedAtMs: 0, segmentSeconds: 2, windowSeconds: 3600 }
const absent = () => Promise.reject(new Error('not asked for'))

/** A room in which nothing is recorded: whoever writes a minute is always second. */
function ports(more: Partial<MessagePorts> = {}): MessagePorts {
  const head = {
    format: 'headend-live/1' as const,
    id: 'live/news',
    version: '0123456789abcdef',
    epochMs: 0,
    beganMs: 0,
    segmentSeconds: 2,
    targetSeconds: 2,
    windowSeconds: 3600,
    tracks: [],
  }
  return {
    live: {
      head: async () => ({ head, revision: 1, streams: {}, runs: [] }),
      inits: async () => new Map(),
      said: async () => new Map(),
      refusal: async () => undefined,
      putRefusal: async () => undefined,
      putSaid: async () => undefined,
      numbered: async () => undefined,
      putNumbered: async () => undefined,
      minutes: async () => [],
      cues: async () => [],
      hours: absent,
      hourBefore: absent,
      putInit: absent,
      putHead: async () => true,
      putMinute: async () => false,
      putCue: async () => true,
      putHour: absent,
    },
    channel: async () => channel,
    object: absent,
    putOnce: async (_key, _bytes, facts) => ({ facts }),
    archive: absent,
    facts: async () => undefined,
    upload: async () => makeSegment({ seconds: 2 }),
    randomBytes: (length) => new Uint8Array(length),
    now: () => 0,
    pauses: { random: () => 0, sleep: () => Promise.resolve() },
    seen: seenCues(),
    noted: notedRefusals(),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    ...more,
  }
}

const told = (key: string): string =>
  JSON.stringify({
    source: 'aws.s3',
    'detail-type': 'Object Created',
    time: '2026-12-01T10:00:00Z',
    detail: { object: { key, size: 1000, etag: 'e', sequencer: '1' } },
  })

describe('an object of a feed', () => {
  it('is delivered again as long as its init segment has not come', async () => {
    const media = makeSegment({ seconds: 2, withInit: false })
    await expect(
      takeMessage(told('live/news/seg1.m4s'), ports({ upload: async () => media })),
    ).rejects.toMatchObject({ code: 'CHANNEL_INIT', status: 503 })
  })

  it('that is of no use is noted for its operator, at most once in ten seconds', async () => {
    const noted: unknown[] = []
    let nowMs = 100_000
    const { live, ...others } = ports()
    const all = ports({
      ...others,
      now: () => nowMs,
      live: { ...live, putRefusal: async (id, refusal) => void noted.push([id, refusal]) },
      upload: async () => new TextEncoder().encode('<html>404</html>'),
    })
    await takeMessage(told('live/news/a1.m4s'), all)
    nowMs += 9000
    await takeMessage(told('live/news/a2.m4s'), all)
    await takeMessage(told('live/sport/a1.m4s'), all)
    nowMs += 1000
    await takeMessage(told('live/news/a3.m4s'), { ...all, upload: async () => makeSegment({ seconds: 9 }) })
    expect(noted).toEqual([
      ['live/news', { path: 'a1.m4s', code: 'FEED_FORM', why: expect.any(String), atMs: 100_000 }],
      ['live/sport', expect.objectContaining({ path: 'a1.m4s', atMs: 109_000 })],
      ['live/news', expect.objectContaining({ path: 'a3.m4s', code: 'FEED_SEGMENT', atMs: 110_000 })],
    ])
  })

  it('that is longer than the channel says is refused with what to change', async () => {
    const object = { channelId: 'news', path: 'a1.m4s', bytes: makeSegment({ seconds: 9 }), writtenMs: 0 }
    await expect(takeObject(ports(), object)).rejects.toMatchObject({ code: 'FEED_SEGMENT', status: 400 })
    // Of a message it is no reason to deliver it again.
    await takeMessage(told('live/news/a1.m4s'), ports({ upload: async () => object.bytes }))
  })

  it('at a time that nothing goes on from is dropped, and said', async () => {
    const head = await ports().live.head('live/news')
    if (!head) throw new Error('expected a head')
    const track = { id: 'video-1', type: 'video' as const, timescale: 90_000, roles: [], configs: [] }
    const tracks = [{ ...track, bandwidth: { peak: 1, average: 1 } }]
    const live = { ...ports().live, head: async () => ({ ...head, head: { ...head.head, tracks } }) }
    const warned: unknown[] = []
    const log = { ...ports().log, warn: (message: string, fields: unknown) => warned.push([message, fields]) }
    await takeMessage(told('live/news/a1.m4s'), ports({ live, log }))
    expect(warned).toEqual([
      [
        'feed: outlying time',
        { key: 'live/news/a1.m4s', kind: 'outlying', part: '', endSeconds: expect.closeTo(2, 1) },
      ],
    ])
  })

  it('gives up, to be delivered again, if others are always first', async () => {
    await expect(takeMessage(told('live/news/a1.m4s'), ports())).rejects.toMatchObject({
      code: 'CHANNEL_RACE',
      status: 503,
    })
  })

  it.each(['live/news/index.xml', 'live/news/', 'vod/film.mp4', 'live/a b/x.m4s'])(
    'is passed over if it is no segment of a channel: %s',
    async (key) => {
      await takeMessage(told(key), ports({ upload: absent }))
    },
  )
})

describe('an operator', () => {
  it('is told that others changed a channel at the same time, and that there is none', async () => {
    const { call } = memoryApi({ channels: absentChannels })
    const put = await call('PUT', '/v1/channels/news', {})
    expect([put.status, put.json]).toMatchObject([503, { error: { code: 'CHANNEL_RACE' } }])
    const get = await call('GET', '/v1/channels/news')
    expect([get.status, get.json]).toMatchObject([404, { error: { code: 'CHANNEL_NOT_FOUND' } }])
  })

  it('says how breaks are told, is shown it, and is refused other ways', async () => {
    const stored: Channel[] = []
    const channels = {
      ...absentChannels,
      channel: async () => stored.at(-1),
      put: async (one: Channel) => stored.push(one) > 0,
    }
    const { call } = memoryApi({ channels })
    const put = await call('PUT', '/v1/channels/news', { adMarkers: 'both' })
    expect([put.status, put.json]).toMatchObject([200, { adMarkers: 'both' }])
    expect((await call('GET', '/v1/channels/news')).json).toMatchObject({ adMarkers: 'both' })
    expect((await call('PUT', '/v1/channels/news', { adMarkers: 'adobe' })).status).toBe(400)
    expect((await call('PUT', '/v1/channels/news', {})).json).not.toHaveProperty('adMarkers')
    const more = { stopped: true, latencySeconds: 20, deltaUpdates: false }
    expect((await call('PUT', '/v1/channels/news', more)).json).toMatchObject(more)
    expect((await call('GET', '/v1/channels/news')).json).toMatchObject(more)
    expect((await call('PUT', '/v1/channels/news', { latencySeconds: 1 })).status).toBe(400)
    expect((await call('PUT', '/v1/channels/news', { stopped: false })).json).not.toHaveProperty('stopped')
  })
})
