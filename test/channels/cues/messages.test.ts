/** Cues that come as event messages of CMAF: the event's time counts, and tracks in objects of their own are cut alike. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { takeObject } from '../../../lib/channels/ingest/take-object.ts'
import { messageCues, readFeedSegment } from '../../../lib/packaging/index.ts'
import { ffmpegMissing } from '../../house/ffmpeg.ts'
import { checkMediaPlaylist } from '../../judges/hls/rules.ts'
import { numberOf, playlistUris, segmentSeconds, startChannels, type Written, writtenBy } from '../feeds.ts'
import { makeSegment } from '../make-segment.ts'
import { splice, withMessage } from './make-cues.ts'

const begin = Date.UTC(2026, 11, 1, 10)
const section = splice({ id: 1, pts: 12_345, out: true })

describe('an event message', () => {
  const segment = makeSegment({ seconds: 2 })

  it.each([
    [0, 90_000, 120],
    [1, 9_900_000, 110],
  ] as const)(
    'of version %i is a cue at its own time, whatever its section says',
    (version, time, atSeconds) => {
      const bytes = withMessage(segment, {
        version,
        timescale: version === 0 ? 4500 : 90_000,
        time,
        data: section,
      })
      expect(messageCues('a', bytes, 100)).toEqual({
        cues: [{ section: Buffer.from(section), atSeconds, saidSeconds: 100 }],
        problems: [],
      })
    },
  )

  it.each([
    ['of another scheme', { scheme: 'urn:mpeg:dash:event:2012' }, []],
    ['without a timescale', { timescale: 0 }, []],
    ['that is no section', { data: section.subarray(0, 20) }, ['SCTE35_TRUNCATED']],
  ])('%s is none', (_, more, codes) => {
    const bytes = withMessage(segment, { version: 1, timescale: 1, time: 7, data: section, ...more })
    const { cues, problems } = messageCues('a', bytes, 0)
    expect([cues, problems.map(({ code }) => code)]).toEqual([[], codes])
  })
})

describe.skipIf(ffmpegMissing !== undefined)('a break that event messages tell', () => {
  let room: Awaited<ReturnType<typeof startChannels>>
  let feed: readonly Written[]
  beforeAll(async () => {
    room = await startChannels()
    const plain = writtenBy('dash', 16, '-force_key_frames 2,4,6,7.04,8,10,12,14')
    const [init, first] = ['init-stream0.m4s', 'chunk-stream0-00001.m4s'].map(
      (name) => plain.find(({ path }) => path === name)?.bytes ?? new Uint8Array(0),
    )
    const [track] = await readFeedSegment('first', init ?? new Uint8Array(0), first ?? new Uint8Array(0))
    const { start = 0, timescale = 1 } = track ?? {}
    feed = plain.map((one) => {
      if (one.path !== 'chunk-stream0-00002.m4s') return one
      const time = start + Math.round(7.04 * timescale)
      return { path: one.path, bytes: withMessage(one.bytes, { version: 1, timescale, time, data: section }) }
    })
  })
  afterAll(() => room.stop())

  it('begins on a boundary of video and audio', async () => {
    for (const one of feed) {
      const wall = begin + (Math.max(0, numberOf(one.path)) + 1) * segmentSeconds * 1000
      room.clock.nowMs = Math.max(room.clock.nowMs, wall)
      await takeObject(room.ports, room.object(one, wall))
    }
    const { body } = await room.get('index.m3u8', `start=${begin / 1000}`)
    const uris = playlistUris(body)
    expect(uris).toHaveLength(3)
    for (const uri of uris) {
      const text = (await room.get(uri)).body
      expect(checkMediaPlaylist(text), text).toEqual([])
      const seconds = [...text.matchAll(/#EXTINF:([\d.]+)/g)].map(([, value]) => Number(value))
      const ends = seconds.map((_, i) => seconds.slice(0, i + 1).reduce((sum, one) => sum + one, 0))
      // FFmpeg writes what audio is left at the end as a segment of its own.
      expect(seconds).toHaveLength(uri.includes('video') ? 9 : 10)
      expect(Math.min(...ends.map((end) => Math.abs(end - 7.04)))).toBeLessThan(0.022)
      expect(text.match(/SCTE35-OUT=/g)).toHaveLength(1)
    }
  })
})
