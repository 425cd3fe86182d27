/** Redundant pipelines make one sequence: what one has lost the other fills, and a switch is nothing players see. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { takeObject } from '../../lib/channels/ingest/take-object.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { checkMediaPlaylist } from '../judges/hls/rules.ts'
import { numberOf, playlistUris, segmentSeconds, startChannels, type Written, writtenBy } from './feeds.ts'

const begin = Date.UTC(2026, 11, 1, 10)

describe.skipIf(ffmpegMissing !== undefined).each(['dash', 'ts'] as const)('two pipelines of %s', (form) => {
  let room: Awaited<ReturnType<typeof startChannels>>
  beforeEach(async () => {
    room = await startChannels()
    await room.describe({ pipelines: ['a', 'b'] })
  })
  afterEach(() => room.stop())

  const take = async (written: Written, lateSeconds: number) => {
    const wall = begin + ((Math.max(0, numberOf(written.path)) + 1) * segmentSeconds + lateSeconds) * 1000
    room.clock.nowMs = Math.max(room.clock.nowMs, wall)
    return takeObject(room.ports, room.object(written, wall))
  }

  it('are one channel, whose gaps are what neither had', async () => {
    const feed = writtenBy(form, 40)
    const numbers = [...new Set(feed.map(({ path }) => numberOf(path)))].toSorted((x, y) => x - y)
    const lost = { a: [5, 9, 10], b: [10, 13] }
    for (const number of numbers)
      for (const one of feed.filter(({ path }) => numberOf(path) === number))
        for (const [i, pipeline] of (['a', 'b'] as const).entries())
          if (!lost[pipeline].includes(number))
            await take({ ...one, path: `${pipeline}/${one.path}` }, i * 0.3)
    const { body } = await room.get('index.m3u8', `start=${begin / 1000}`)
    const uris = playlistUris(body)
    // Video, audio, and the key frames of the video.
    expect(uris).toHaveLength(3)
    for (const uri of uris) {
      const text = (await room.get(uri)).body
      expect(checkMediaPlaylist(text), text).toEqual([])
      expect(text.match(/^#EXT-X-GAP$/gm), text).toHaveLength(1)
      expect(text).not.toMatch(/^#EXT-X-DISCONTINUITY$/m)
      expect(text.match(/#EXTINF/g)?.length, text).toBeGreaterThanOrEqual(20)
    }
  })
})
