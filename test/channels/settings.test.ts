/** What an operator says of a channel beside its form: stopped, and how far behind live it is played. */
import { describe, expect, it } from 'vitest'
import { runMinute } from '../../lib/channels/clock/minute.ts'
import { takeObject } from '../../lib/channels/ingest/take-object.ts'
import { liveSource } from '../../lib/channels/source/live-source.ts'
import { channelStore } from '../../lib/channels/store.ts'
import { respond } from '../../lib/delivery/index.ts'
import { startChannels, writtenBy } from './feeds.ts'
import { headOf, memoryRoom } from './memory-room.ts'

const begin = 3600 * 496_000

/** What it shows after a minute, with this latency. */
async function shownWith(latencySeconds: number | undefined) {
  const head = headOf(['video-1', 'audio-1'], begin)
  const room = memoryRoom({ ...head, ...(latencySeconds !== undefined && { latencySeconds }) })
  for (let seconds = 0; seconds < 60; seconds += 2)
    for (const id of ['video-1', 'audio-1']) await room.arrive(id, begin + seconds)
  const source = liveSource({ live: room.ports.live, now: () => room.clock.nowMs })
  const reader = { current: async () => undefined, object: async (key: string) => room.object(key) }
  const ask = async (path: string) => (await respond({ method: 'GET', path }, reader, [source])).body
  const playlist = await ask('media/clear/live/news/0123456789abcdef/video-1/live.m3u8')
  const mpd = await ask('live/news/index.mpd')
  return [/HOLD-BACK=([\d.]+)/.exec(playlist)?.[1], /suggestedPresentationDelay="([^"]+)"/.exec(mpd)?.[1]]
}

describe('a latency', () => {
  it.each([
    // Segments of 2 s: three of them, and what a player needs.
    [undefined, undefined, 'PT5.5S'],
    [3, undefined, 'PT5.5S'],
    [20, '17.5', 'PT20S'],
  ])('of %s s is no less than players need', async (latencySeconds, holdBack, delay) => {
    expect(await shownWith(latencySeconds)).toEqual([holdBack, delay])
  })
})

describe('a channel that is stopped', () => {
  it('takes nothing, and goes on where it is started again', async () => {
    const room = await startChannels()
    try {
      const feed = writtenBy('ts', 8)
      const take = (written: (typeof feed)[number] | undefined) => {
        if (!written) throw new Error('expected a feed of four segments')
        return takeObject(room.ports, { channelId: 'news', ...written, writtenMs: room.clock.nowMs })
      }
      await take(feed[0])
      await room.describe({ stopped: true, latencySeconds: 20 })
      expect(await take(feed[1])).toEqual([{ kind: 'passed over', why: 'live/news: it is stopped' }])
      expect((await room.ports.live.head('live/news'))?.head).not.toHaveProperty('latencySeconds')
      await room.describe({ latencySeconds: 20 })
      expect((await take(feed[1])).map(({ kind }) => kind)).toEqual(['recorded', 'recorded'])
      expect((await room.ports.live.head('live/news'))?.head).toMatchObject({ latencySeconds: 20 })
      await room.describe()
      await take(feed[2])
      expect((await room.ports.live.head('live/news'))?.head).not.toHaveProperty('latencySeconds')
    } finally {
      await room.stop()
    }
  })

  it('is no silent one', async () => {
    const room = memoryRoom(headOf(['video-1', 'audio-1'], begin))
    for (const id of ['video-1', 'audio-1']) await room.arrive(id, begin)
    const page = await room.ports.channels.page(1, undefined)
    const stopped = page.channels.map((one) => ({ ...one, stopped: true }))
    const channels = { page: async () => ({ channels: stopped }) }
    room.clock.nowMs += 60_000
    expect(await runMinute(room.ports)).toMatchObject({ channels: 1, silent: 1 })
    expect(await runMinute({ ...room.ports, channels })).toMatchObject({ channels: 1, silent: 0 })
  })
})

describe('a channel that is taken away while its encoder sends', () => {
  it('is not made anew by what was under way, and knows nothing of it when it is made again', async () => {
    const room = await startChannels()
    try {
      const feed = writtenBy('hls', 8)
      const store = channelStore({ table: 'channels' })
      const channel = await store.channel('news')
      const take = (written: (typeof feed)[number] | undefined, ports = room.ports) => {
        if (!written) throw new Error('expected a feed of four segments')
        return takeObject(ports, { channelId: 'news', ...written, writtenMs: room.clock.nowMs })
      }
      for (const one of feed.slice(0, 2)) await take(one)
      const inits = await room.ports.live.inits('live/news')
      let asked = 0
      const ports = { ...room.ports, channel: async () => (asked++ === 0 ? channel : undefined) }
      await room.ports.live.putRefusal('live/news', { why: 'x', path: 'x', atMs: room.clock.nowMs })
      await store.remove('news')
      await room.ports.live.putInit('live/news', 'init.mp4', 'of the one before')
      await expect(
        take(feed[2], { ...ports, live: { ...ports.live, inits: async () => inits } }),
      ).rejects.toThrow('no such channel')
      expect(await room.ports.live.head('live/news')).toBeUndefined()
      await room.describe()
      expect([...(await room.ports.live.inits('live/news')).keys()]).toEqual([])
      expect(await room.ports.live.refusal('live/news')).toBeUndefined()
    } finally {
      await room.stop()
    }
  })
})
