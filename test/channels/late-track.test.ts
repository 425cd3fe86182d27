/** A track that comes when others are shown already joins them a little later, and takes nothing of them back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { takeObject } from '../../lib/channels/ingest/take-object.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { checkMpd } from '../judges/dash/rules.ts'
import { checkMediaPlaylist } from '../judges/hls/rules.ts'
import { numberOf, segmentSeconds, startChannels, type Written, writtenBy } from './feeds.ts'

const begin = Date.UTC(2026, 11, 1, 10)

describe.skipIf(ffmpegMissing !== undefined)('a track that comes later', () => {
  let room: Awaited<ReturnType<typeof startChannels>>
  let feed: readonly Written[]
  let late: readonly Written[]
  beforeAll(async () => {
    room = await startChannels()
    feed = writtenBy('dash', 44)
    late = feed
      .filter(({ path }) => path.includes('stream1') && (path.includes('init') || numberOf(path) >= 9))
      .map(({ path, bytes }) => ({ path: `other/${path}`, bytes }))
  })
  afterAll(() => room.stop())

  const take = async (of: readonly Written[], number: number) => {
    for (const one of of.filter(({ path }) => numberOf(path) === number)) {
      const wall = begin + (Math.max(0, number) + 1) * segmentSeconds * 1000
      room.clock.nowMs = Math.max(room.clock.nowMs, wall)
      await takeObject(room.ports, room.object(one, wall))
    }
  }

  it('hides nothing, joins behind a discontinuity of all, and is offered from then on', async () => {
    let before: { readonly video: string; readonly mpd: string } | undefined
    const offered: number[] = []
    for (let number = -1; number <= 22; number++) {
      await take(feed, number)
      await take(late, number)
      if (number < 8) continue
      const top = await room.get('index.m3u8')
      expect(top.status, top.body).toBe(200)
      offered.push(top.body.match(/TYPE=AUDIO/g)?.length ?? 0)
      const [uri = ''] = /^[^#\s]\S*video\S*\.m3u8$/m.exec(top.body) ?? []
      const [video, mpd] = [(await room.get(uri)).body, (await room.get('index.mpd')).body]
      expect(checkMediaPlaylist(video, before ? { previous: before.video } : {}), video).toEqual([])
      expect(checkMpd(mpd, before ? { previous: before.mpd } : {}), mpd).toEqual([])
      before = { video, mpd }
    }
    expect(new Set(offered)).toEqual(new Set([1, 2]))
    expect(offered).toEqual(offered.toSorted((a, b) => a - b))
    expect(offered.indexOf(2)).toBeLessThanOrEqual(6)
    const last = before?.video ?? ''
    expect(last.match(/^#EXT-X-DISCONTINUITY$|^#EXT-X-DISCONTINUITY-SEQUENCE:1$/gm), last).toHaveLength(1)
  })
})
