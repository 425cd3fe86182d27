/** A track that ends, or pauses, holds its channel up for a while only, and nothing that was shown is taken back. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runMinute } from '../../lib/channels/clock/minute.ts'
import type { Segment } from '../../lib/timeline/timeline.ts'
import { headOf, memoryRoom } from './memory-room.ts'

/** 20 minutes before a full hour, so that hours are sealed on the way. */
const begin = 3600 * 1000 - 1200

const every2 = (from: number, to: number): number[] =>
  Array.from({ length: (to - from) / 2 }, (_, i) => begin + from + 2 * i)

const startsOf = (segments: readonly Segment[] | undefined, gap: Segment['gap']): number[] =>
  (segments ?? []).filter((one) => one.gap === gap).map(({ start }) => start / 1000 - begin)

const anewAt = (segments: readonly Segment[] | undefined): number[] =>
  (segments ?? []).filter(({ discontinuity }) => discontinuity).map(({ start }) => start / 1000 - begin)

/** A room in which both tracks have come for a minute. */
async function running() {
  const room = memoryRoom(headOf(['video-1', 'audio-2'], begin))
  for (const second of every2(0, 60)) {
    await room.arrive('video-1', second)
    await room.arrive('audio-2', second)
  }
  return room
}

describe('a track that ends while another goes on', () => {
  it('has gaps from then on, which begin a time of their own behind ten, and the other is shown', async () => {
    const room = await running()
    for (const second of every2(60, 300)) await room.arrive('video-1', second)
    const shown = room.shown()
    expect(startsOf(shown.get('video-1'), 'none').at(-1)).toBe(292)
    expect(startsOf(shown.get('audio-2'), 'missing')).toEqual(every2(60, 294).map((one) => one - begin))
    for (const segments of shown.values()) expect(anewAt(segments)).toEqual([80])
  })

  it('comes back behind a discontinuity, and what comes of before it then is passed over', async () => {
    const room = await running()
    for (const second of every2(60, 200)) await room.arrive('video-1', second)
    for (const second of every2(200, 220)) {
      await room.arrive('video-1', second)
      await room.arrive('audio-2', second)
    }
    await room.arrive('audio-2', begin + 198)
    const shown = room.shown()
    expect(startsOf(shown.get('audio-2'), 'none').slice(-10)).toEqual(
      every2(200, 220).map((one) => one - begin),
    )
    for (const segments of shown.values()) expect(anewAt(segments)).toEqual([80, 200])
  })

  it('that was lost for some segments only goes on without one', async () => {
    const room = await running()
    for (const second of every2(60, 76)) await room.arrive('video-1', second)
    for (const second of every2(76, 90)) {
      await room.arrive('video-1', second)
      await room.arrive('audio-2', second)
    }
    const audio = room.shown().get('audio-2')
    expect(startsOf(audio, 'missing')).toEqual([60, 62, 64, 66, 68, 70, 72, 74])
    expect(anewAt(audio)).toEqual([])
  })

  it('is waited for as long as it may come all at once, and by the clock no longer than a minute', async () => {
    const room = await running()
    // All of the video in one go, as behind an outage of ours: nothing is settled between.
    const late = memoryRoom(headOf(['video-1', 'audio-2'], begin))
    for (const second of every2(0, 200)) await late.arrive('video-1', second)
    for (const second of every2(0, 6)) await late.arrive('audio-2', second)
    await late.minute()
    expect(startsOf(late.shown().get('audio-2'), 'none')).toEqual([0, 2, 4])
    expect(startsOf(late.shown().get('video-1'), 'none').at(-1)).toBe(192)
    await room.minute()
    expect(startsOf(room.shown().get('audio-2'), 'missing')).toEqual([])
  })
})

describe('a feed that stops', () => {
  it('is shown to its end when nothing has come for long, and its hour is sealed', async () => {
    const room = await running()
    for (const second of every2(60, 64)) await room.arrive('video-1', second)
    await room.minute(60)
    expect(startsOf(room.shown().get('video-1'), 'none').at(-1)).toBe(58)
    await room.minute(301)
    expect(startsOf(room.shown().get('video-1'), 'none').at(-1)).toBe(62)
    await room.minute(1200 + 3600 - 70)
    expect(room.hours).toEqual([])
    await room.minute(1200 + 3600)
    expect(room.hours.map(({ hour }) => hour)).toEqual([999])
    expect(startsOf(room.shown().get('video-1'), 'none').at(-1)).toBe(62)
  })

  it('begins anew behind a discontinuity however long it paused, and without a track that stays away', async () => {
    const room = await running()
    await room.minute(400)
    for (const second of every2(700, 760)) await room.arrive('video-1', second)
    const shown = room.shown()
    expect(startsOf(shown.get('video-1'), 'none').at(-1)).toBe(752)
    expect(startsOf(shown.get('audio-2'), 'missing').at(0)).toBe(700)
    // Where the absence begins the feed did, too: one discontinuity is of both.
    for (const segments of shown.values()) expect(anewAt(segments)).toEqual([700])
  })
})

describe('a segment of before a new beginning', () => {
  it.each([
    ['that is far off', 700],
    ['that is near', 90],
  ])('%s is passed over when it comes late: it would move what is shown', async (_, anew) => {
    const room = await running()
    for (const second of every2(anew, anew + 30)) {
      await room.arrive('video-1', second)
      await room.arrive('audio-2', second)
    }
    const before = room.shown()
    expect(startsOf(before.get('video-1'), 'none').at(-1)).toBe(anew + 28)
    await room.arrive('video-1', begin + 60)
    await room.arrive('audio-2', begin + 60)
    expect(room.shown()).toEqual(before)
  })
})

describe('the look at a channel', () => {
  it('says when its input is silent, for how long, and not when it was taken off', async () => {
    const room = await running()
    expect(await room.minute(4)).toEqual({
      channels: 1,
      silent: 0,
      failed: 0,
      behindSeconds: 4,
      gapSeconds: 0,
      // Nothing is settled yet.
      maxSegmentSeconds: 0,
      maxSegmentBytes: 0,
      cueLateSeconds: 0,
      driftMs: 0,
    })
    expect(room.warnings).toEqual([])
    expect(await room.minute(5)).toMatchObject({ channels: 1, silent: 1, failed: 0 })
    expect(room.warnings).toEqual([['clock: input silent', { channel: 'news', seconds: 5 }]])
    expect(await room.minute(86_401)).toMatchObject({ silent: 0 })
  })

  it('counts the gaps of each minute once, some minutes later', async () => {
    const room = await running()
    const counted: number[] = []
    for (const second of every2(60, 600)) {
      const at = second - begin
      await room.arrive('video-1', second)
      if (at < 90 || at >= 96) await room.arrive('audio-2', second)
      if (at % 60 === 58) counted.push((await room.minute()).gapSeconds)
    }
    expect(counted.filter((seconds) => seconds > 0)).toEqual([6])
    expect(room.warnings).toEqual([['clock: gaps', { channel: 'news', seconds: 6 }]])
  })

  it('is no alarm for a channel nothing has come for, and one that fails holds up no other', async () => {
    const { ports, warnings } = memoryRoom(headOf([], begin))
    const broken = {
      ...ports.live,
      head: (id: string) => (id === 'live/b' ? Promise.reject(new Error('no')) : ports.live.head(id)),
    }
    const [channel] = (await ports.channels.page(1, undefined)).channels
    if (!channel) throw new Error('a room has a channel')
    const channels = { page: async () => ({ channels: ['a', 'b', 'c'].map((id) => ({ ...channel, id })) }) }
    expect(await runMinute({ ...ports, live: broken, channels })).toMatchObject({
      channels: 3,
      silent: 0,
      failed: 1,
    })
    expect(warnings).toEqual([['clock: channel failed', expect.any(Error)]])
  })
})

describe('whatever comes, in whatever order', () => {
  const plan = fc.record({
    /** Where audio is absent. */
    ends: fc.integer({ min: 5, max: 120 }),
    back: fc.integer({ min: 0, max: 150 }),
    /** Where nothing comes at all, and for how long. */
    pauseAt: fc.integer({ min: 5, max: 200 }),
    pause: fc.constantFrom(0, 0, 1, 12, 200, 1900),
    /** Which neighbours change places, which come twice, and where the clock comes. */
    swaps: fc.uniqueArray(fc.integer({ min: 8, max: 400 }), { maxLength: 60 }),
    twice: fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 20 }),
    minutes: fc.uniqueArray(fc.integer({ min: 8, max: 400 }), { maxLength: 30 }),
  })

  it('what was shown is shown again, and more, and the channel goes on', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async ({ ends, back, pauseAt, pause, swaps, twice, minutes }) => {
        const room = memoryRoom(headOf(['video-1', 'audio-2'], begin))
        const arrivals = Array.from({ length: 200 }, (_, i) => i).flatMap((i) => {
          const second = begin + 2 * i + (i >= pauseAt ? 2 * pause : 0)
          const isThere = i < ends || i >= ends + back
          return [['video-1', second] as const, ...(isThere ? [['audio-2', second] as const] : [])]
        })
        for (const at of swaps) {
          const [one, other] = [arrivals[at], arrivals[at + 3]]
          if (one && other) [arrivals[at], arrivals[at + 3]] = [other, one]
        }
        let before = room.shown()
        for (const [at, [trackId, second]] of arrivals.entries()) {
          for (let i = twice.includes(at) ? 2 : 1; i > 0; i--) await room.arrive(trackId, second)
          if (minutes.includes(at)) await room.minute(at % 7 === 0 ? 400 : 0)
          const now = room.shown()
          for (const [id, segments] of before)
            expect(now.get(id)?.slice(0, segments.length)).toEqual(segments)
          before = now
        }
        await room.minute(301)
        const last = Math.max(...arrivals.map(([, second]) => second)) - begin
        expect(startsOf(room.shown().get('video-1'), 'none').at(-1)).toBeGreaterThanOrEqual(last - 8)
        const told = new Set(['clock: input silent', 'clock: gaps'])
        expect(room.warnings.filter(([message]) => !told.has(message))).toEqual([])
      }),
      { numRuns: 40 },
    )
  })
})
