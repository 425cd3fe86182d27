/** A segment of audio that never comes is a gap of the audio alone: nothing of the video goes with it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { takeObject } from '../../lib/channels/ingest/take-object.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { checkMpd } from '../judges/dash/rules.ts'
import { checkMediaPlaylist } from '../judges/hls/rules.ts'
import { numberOf, playlistUris, segmentSeconds, startChannels, type Written, writtenBy } from './feeds.ts'

const begin = Date.UTC(2026, 11, 1, 10)

describe.skipIf(ffmpegMissing !== undefined)('a gap of the audio', () => {
  let room: Awaited<ReturnType<typeof startChannels>>
  let feed: readonly Written[]
  beforeAll(async () => {
    room = await startChannels()
    feed = writtenBy('dash', 60).filter(({ path }) => !path.startsWith('chunk-stream1-00008'))
  })
  afterAll(() => room.stop())

  const take = async (of: readonly Written[]) => {
    for (const one of of) {
      const wall = begin + (Math.max(0, numberOf(one.path)) + 1) * segmentSeconds * 1000
      room.clock.nowMs = Math.max(room.clock.nowMs, wall)
      await takeObject(room.ports, room.object(one, wall))
    }
  }
  const mpd = async () => (await room.get('index.mpd')).body

  it('is a Period without audio, whose neighbours keep their ids, and no hole in a SegmentTimeline', async () => {
    let previous = ''
    const seen = new Map<string, string>()
    const silent = new Set<string>()
    for (let through = 14; through <= 24; through++) {
      await take(
        feed.filter(
          ({ path }) => numberOf(path) <= through && numberOf(path) > (previous === '' ? -2 : through - 1),
        ),
      )
      const text = await mpd()
      expect(checkMpd(text, previous === '' ? {} : { previous }), text).toEqual([])
      for (const timeline of text.match(/<SegmentTimeline>[^]*?<\/SegmentTimeline>/g) ?? [])
        expect(timeline.match(/ t="/g), timeline).toHaveLength(1)
      for (const [, id = '', start = ''] of text.matchAll(/<Period id="([^"]+)" start="([^"]+)"/g)) {
        expect(seen.get(id) ?? start).toBe(start)
        seen.set(id, start)
      }
      for (const period of text.split('<Period ').slice(1))
        if (!period.includes('contentType="audio"')) silent.add(period.slice(0, period.indexOf(' start')))
      previous = text
    }
    expect(seen.size).toBe(3)
    expect([...silent]).toHaveLength(1)
  })

  it('is marked in the playlist of the audio and in no other', async () => {
    const { body } = await room.get('index.m3u8', `start=${begin / 1000}`)
    const uris = playlistUris(body)
    const gaps: Record<string, number> = {}
    for (const uri of uris) {
      const text = (await room.get(uri)).body
      expect(checkMediaPlaylist(text), text).toEqual([])
      expect(text).not.toMatch(/^#EXT-X-DISCONTINUITY$/m)
      gaps[uri.split('/').at(-2) ?? ''] = text.match(/^#EXT-X-GAP$/gm)?.length ?? 0
    }
    expect(gaps).toEqual({ 'video-1': 0, 'video-1-trick': 0, 'audio-2': 1 })
  })
})

describe.skipIf(ffmpegMissing !== undefined)('a segment that is taken beside later ones', () => {
  it('is no gap, though three of them were faster', async () => {
    const room = await startChannels()
    try {
      const feed = writtenBy('dash', 20)
      const slow = feed.find(({ path }) => path.startsWith('chunk-stream1-00005'))
      if (!slow) throw new Error('expected a fifth segment of audio')
      const object = (one: Written) =>
        room.object(one, begin + (Math.max(0, numberOf(one.path)) + 1) * segmentSeconds * 1000)
      let paused = 0
      const sleep = async () => {
        if (paused++ === 0) await takeObject(room.ports, object(slow))
      }
      for (const one of feed.filter((each) => each !== slow))
        await takeObject({ ...room.ports, pauses: { random: () => 0, sleep } }, object(one))
      expect(paused).toBe(1)
      const { body } = await room.get('index.m3u8', `start=${begin / 1000}`)
      const [, uri = ''] = /URI="([^"]+audio[^"]*)"/.exec(body) ?? []
      const text = (await room.get(uri)).body
      expect(text).not.toContain('#EXT-X-GAP')
      expect(text.match(/#EXTINF/g)?.length).toBeGreaterThanOrEqual(10)
    } finally {
      await room.stop()
    }
  })
})
