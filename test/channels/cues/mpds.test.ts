/** Breaks that the MPD of a feed tells: cut where they are if it comes before its segments, announced once. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ffmpegMissing } from '../../house/ffmpeg.ts'
import { checkMediaPlaylist } from '../../judges/hls/rules.ts'
import { numberOf, segmentSeconds, type Written, writtenBy } from '../feeds.ts'
import { splice } from './make-cues.ts'
import { manifestRoom } from './manifest-feed.ts'

const event = (seconds: number, bytes: Uint8Array): string =>
  `<Event presentationTime="${seconds * 1000}" id="${seconds}"><Signal xmlns="http://www.scte.org/schemas/35"><Binary>${Buffer.from(bytes).toString('base64')}</Binary></Signal></Event>`

/** An MPD of so many segments. */
const mpdOf = (segments: number, events: string): string =>
  `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="dynamic"><Period start="PT0S"><EventStream schemeIdUri="urn:scte:scte35:2014:xml+bin" timescale="1000">${events}</EventStream><AdaptationSet contentType="video"><SegmentTemplate timescale="1000"><SegmentTimeline><S t="0" d="2000" r="${segments - 1}"/></SegmentTimeline></SegmentTemplate><Representation/></AdaptationSet></Period></MPD>`

describe.skipIf(ffmpegMissing !== undefined)('an MPD of a feed', () => {
  let room: Awaited<ReturnType<typeof manifestRoom>>
  let feed: readonly Written[]
  beforeEach(async () => {
    room = await manifestRoom()
    feed = writtenBy('dash', 16, '-force_key_frames 2,4,6,7.04,8,10,12,14')
  })
  afterEach(() => room.stop())

  it('tells a break ahead, whose boundaries are cut in video and audio, once', async () => {
    const out = splice({ id: 3, pts: 12_345, out: true, duration: 4.96 * 90_000, autoReturn: true })
    const events = event(7.04, out)
    for (const written of feed) {
      const index = Math.max(0, numberOf(written.path) - 1)
      await room.segment(written, index)
      if (written.path.startsWith('chunk-stream0'))
        await room.manifest('out.mpd', mpdOf(index + 1, index < 1 ? '' : events), index)
    }
    expect(room.counted()).toEqual({ kept: 1, read: 0 })
    const texts = await room.shown()
    expect(texts).toHaveLength(3)
    for (const text of texts) {
      expect(checkMediaPlaylist(text), text).toEqual([])
      const seconds = [...text.matchAll(/#EXTINF:([\d.]+)/g)].map(([, value]) => Number(value))
      const ends = seconds.map((_, i) => seconds.slice(0, i + 1).reduce((sum, one) => sum + one, 0))
      expect(Math.min(...ends.map((end) => Math.abs(end - 7.04)))).toBeLessThan(0.022)
      expect(text.match(/SCTE35-OUT=/g)).toHaveLength(1)
      expect(text).toContain('DURATION=4.96')
    }
  })

  it.each(['out.mpd', 'out.m3u8'])('that is none is told of: %s', async (path) => {
    const outcomes = [await room.manifest(path, '<html>404</html>', 0), await room.manifest(path, '{}', 0)]
    expect(outcomes.flat()).toMatchObject([{ kind: 'damaged', code: 'FEED_MANIFEST' }])
  })

  it('whose events are no cues says nothing, and what can not be read is said once', async () => {
    for (const written of feed) await room.segment(written, Math.max(0, numberOf(written.path) - 1))
    const index = 16 / segmentSeconds - 1
    const text = mpdOf(index + 1, '<Event presentationTime="7000">AAAA</Event>')
    expect(await room.manifest('out.mpd', text, index)).toMatchObject([
      {
        kind: 'damaged',
        code: 'FEED_MANIFEST',
        why: expect.stringMatching(/^out\.mpd: line 1: Event: SCTE35_/),
      },
    ])
    expect(await room.manifest('out.mpd', text, index)).toEqual([])
    expect(await room.manifest('other.mpd', mpdOf(index + 1, ''), index)).toEqual([])
    expect(room.counted()).toEqual({ kept: 0, read: 0 })
  })
})
