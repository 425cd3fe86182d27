/** Encoders that restart so soon that their run before still has the times they count from 0 again. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { takeObject } from '../../lib/channels/ingest/take-object.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { manifestRoom } from './cues/manifest-feed.ts'
import { numberOf, type Written, writtenBy } from './feeds.ts'

describe.skipIf(ffmpegMissing !== undefined)(
  'an encoder that restarts within half a minute of its start',
  () => {
    let room: Awaited<ReturnType<typeof manifestRoom>>
    beforeEach(async () => {
      room = await manifestRoom()
    })
    afterEach(() => room.stop())

    /** Objects of a run whose segment 0 is written at that place, as the queue hands them on: what waits comes again. */
    async function runFrom(feed: readonly Written[], place: number): Promise<void> {
      const first = Math.min(...feed.map(({ path }) => numberOf(path)).filter((one) => one >= 0))
      for (const one of feed.filter(({ path }) => numberOf(path) < 0)) await room.segment(one, place)
      const waiting: Written[] = []
      const at = (one: Written) => place + numberOf(one.path) - first
      for (const one of feed.filter(({ path }) => numberOf(path) >= 0)) {
        await room.segment(one, at(one), false)
        const object = room.object(one, room.wallOf(at(one)))
        const outcomes = await takeObject({ ...room.ports, postpones: true }, object)
        if (outcomes.some(({ kind }) => kind === 'postponed')) waiting.push(one)
        else for (const again of waiting.splice(0)) await room.segment(again, at(again))
      }
    }
    const counts = async () =>
      (await room.shown()).map((text) => ({
        segments: text.match(/#EXTINF/g)?.length,
        gaps: text.match(/#EXT-X-GAP/g)?.length ?? 0,
        discontinuities: text.match(/#EXT-X-DISCONTINUITY$/gm)?.length ?? 0,
      }))
    const twice = [
      { segments: 20, gaps: 0, discontinuities: 1 },
      { segments: 20, gaps: 0, discontinuities: 1 },
    ]

    it.each(['ts', 'dash', 'hls'] as const)(
      'has all its segments behind a discontinuity: %s',
      async (form) => {
        const feed = writtenBy(form, 20)
        await runFrom(feed, 0)
        await runFrom(feed, 13)
        const shown = await counts()
        expect(shown.slice(0, 2)).toEqual(twice)
      },
    )

    it('and whose second segment is taken while the first one is looked at', async () => {
      const feed = writtenBy('ts', 20)
      await runFrom(feed, 0)
      const [first, second] = feed
      if (!first || !second) throw new Error('expected two segments')
      const object = room.object(first, room.wallOf(13))
      const { ports } = room
      expect(await takeObject({ ...ports, postpones: true }, object)).toEqual([{ kind: 'postponed' }])
      let isOvertaken = false
      const live = {
        ...ports.live,
        minutes: async (...words: Parameters<typeof ports.live.minutes>) => {
          if (!isOvertaken) {
            isOvertaken = true
            await room.segment(second, 14)
          }
          return ports.live.minutes(...words)
        },
      }
      const outcomes = await takeObject({ ...ports, live }, object)
      expect(outcomes.map(({ kind }) => kind)).toEqual(['recorded', 'recorded'])
      for (const [i, one] of feed.slice(2).entries()) await room.segment(one, 15 + i)
      expect((await counts()).slice(0, 2)).toEqual(twice)
    })

    it('and is started again at once, within a segment of its last one', async () => {
      const feed = writtenBy('ts', 20)
      await runFrom(feed, 0)
      await runFrom(feed, 10.1)
      expect((await counts()).slice(0, 2)).toEqual(twice)
    })

    it('and comes with another codec', async () => {
      await runFrom(writtenBy('ts', 20), 0)
      await runFrom(writtenBy('ts', 20, '-s 192x108'), 13)
      const shown = await counts()
      expect(shown.slice(0, 2)).toEqual(twice)
    })

    it('without its audio goes on with the video it had, and back', async () => {
      const both = writtenBy('hls', 10)
      const alone = writtenBy('hls', 10, '-an')
      await runFrom(both, 0)
      await runFrom(alone, 12)
      await runFrom(both, 24)
      const head = await room.ports.live.head('live/news')
      expect(head?.head.tracks.map(({ id }) => id)).toEqual(['video-1', 'audio-2'])
      const [video] = await counts()
      expect(video).toMatchObject({ segments: 15, gaps: 0 })
    })

    it.each([
      ['that has another picture', '-s 192x108', 5],
      // The track joins behind a discontinuity, with the last segment.
      ['that has one track more', '-map 1:a', 1],
    ])('whose init segment %s comes behind its first segment', async (_, more, alike) => {
      await runFrom(writtenBy('hls', 10), 0)
      const [init, first, second, ...others] = writtenBy('hls', 10, more)
      if (!init || !first || !second) throw new Error('expected an init segment and two others')
      const { ports } = room
      let turns = 0
      // It waits: for an init segment that knows its tracks, or for the segment that its time goes on to.
      const sleep = async () => {
        turns++
        if (turns === 1) await room.segment(init, 12)
        if (turns === 2) await room.segment(second, 13)
      }
      const pauses = { random: () => 0, sleep }
      const outcomes = await takeObject({ ...ports, pauses }, room.object(first, room.wallOf(12)))
      expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['recorded']))
      for (const [i, one] of others.entries()) await room.segment(one, 14 + i)
      const [video] = await counts()
      expect(video).toMatchObject({ segments: 10, gaps: 0 })
      const behindLastInit = (await room.shown())[0]?.split('#EXT-X-MAP').at(-1) ?? ''
      expect(behindLastInit.match(/#EXTINF/g)?.length).toBe(alike)
    })

    it('is nothing that messages which come three times make', async () => {
      const feed = writtenBy('ts', 20)
      await runFrom(feed, 0)
      await runFrom(feed, 13)
      const before = await room.shown()
      for (const place of [13, 0, 13])
        for (const one of feed.toReversed())
          await takeObject(room.ports, room.object(one, room.wallOf(place + numberOf(one.path))))
      expect(await room.shown()).toEqual(before)
    })

    it('is told from another encoder, which is told of', async () => {
      const [feed, others] = [writtenBy('ts', 20), writtenBy('ts', 20, '-crf 40')]
      for (const [i, one] of feed.entries()) {
        await room.segment(one, i)
        const late = others[i - 3]
        if (!late) continue
        const outcomes = await room.segment(late, i)
        expect(outcomes).toContainEqual(expect.objectContaining({ kind: 'damaged', code: 'FEED_STREAM' }))
      }
      expect((await counts()).slice(0, 2)).toEqual([
        { segments: 10, gaps: 0, discontinuities: 0 },
        { segments: 10, gaps: 0, discontinuities: 0 },
      ])
    })

    it('and writes faster than its video plays, is told of it, once it is too far ahead', async () => {
      const said: string[] = []
      for (const [i, one] of writtenBy('ts', 80).entries())
        for (const outcome of await room.segment(one, i / 20))
          if (outcome.kind === 'damaged') said.push(outcome.code)
      expect([...new Set(said)]).toEqual(['FEED_CLOCK'])
    })

    it('is told from one that sends again what was taken', async () => {
      const feed = writtenBy('ts', 20)
      await runFrom(feed, 0)
      const before = await room.shown()
      for (const one of feed.slice(3, 6)) await room.segment(one, 13)
      expect(await room.shown()).toEqual(before)
    })
  },
)
