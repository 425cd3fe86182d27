/** A store that is too busy: the live edge is read, what is further back has to wait. */
import { describe, expect, it } from 'vitest'
import { liveSource } from '../../lib/channels/source/live-source.ts'
import { respondAlways } from '../../lib/delivery/index.ts'
import { HeadendError } from '../../lib/errors.ts'
import { headOf, memoryRoom } from './memory-room.ts'

const begin = 3600 * 496_000

async function busyRoom() {
  const room = memoryRoom(headOf(['video-1', 'audio-1'], begin))
  for (let seconds = 0; seconds < 60; seconds += 2)
    for (const id of ['video-1', 'audio-1']) await room.arrive(id, begin + seconds)
  let reads = 0
  let thrown: Error | undefined
  const head: typeof room.ports.live.head = (id) => {
    reads++
    return thrown ? Promise.reject(thrown) : room.ports.live.head(id)
  }
  const source = liveSource({ live: { ...room.ports.live, head }, now: () => room.clock.nowMs })
  const reader = { current: async () => undefined, object: async (key: string) => room.object(key) }
  return {
    clock: room.clock,
    readsOf: () => reads,
    fails(error: Error | undefined) {
      thrown = error
    },
    ask: (path: string, query = '') =>
      respondAlways({ method: 'GET', path, query }, reader, { sources: [source], log: () => undefined }),
  }
}

const window = `media/clear/live/news/0123456789abcdef/video-1/w${begin}--.m3u8`
const edge = 'media/clear/live/news/0123456789abcdef/video-1/live.m3u8'
const tableBusy = new HeadendError('TABLE_BUSY', 'throttled', { status: 503 })

describe('a channel whose table is too busy', () => {
  it.each([
    ['a playlist of the past', window, ''],
    ['an MPD of the past', 'live/news/index.mpd', `start=${begin}`],
    ['a delayed one', 'live/news/index.m3u8', 'time_delay=20'],
  ])('answers %s without a read, for five seconds, and its live edge', async (_name, path, query) => {
    const room = await busyRoom()
    expect(await room.ask(path, query)).toMatchObject({ status: 200 })
    room.fails(tableBusy)
    expect(await room.ask(edge)).toMatchObject({ status: 503 })
    room.fails(undefined)
    const before = room.readsOf()
    const { status, headers, body } = await room.ask(path, query)
    expect(status).toBe(503)
    expect(headers).toMatchObject({ 'cache-control': 'public, max-age=5', 'retry-after': '5' })
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'CHANNEL_BUSY' } })
    expect(room.readsOf()).toBe(before)
    expect(await room.ask(edge)).toMatchObject({ status: 200 })
    room.clock.nowMs += 5000
    expect(await room.ask(path, query)).toMatchObject({ status: 200 })
  })

  it('is not what a mistake of ours makes it', async () => {
    const room = await busyRoom()
    room.fails(new Error('a bug'))
    expect(await room.ask(edge)).toMatchObject({ status: 502 })
    room.fails(undefined)
    expect(await room.ask(window)).toMatchObject({ status: 200 })
  })

  it('still says what a query should be', async () => {
    const room = await busyRoom()
    room.fails(tableBusy)
    await room.ask(edge)
    expect(await room.ask('live/news/index.mpd', 'start=never')).toMatchObject({ status: 400 })
  })
})
