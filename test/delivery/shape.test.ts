/** What later rooms will bring, printed to HLS and DASH today: the shape must carry it without change. */
import { describe, expect, it } from 'vitest'
import { dashMpd } from '../../lib/delivery/index.ts'
import { withWindow } from '../../lib/timeline/edit.ts'
import { decodeHead, decodeTimeline, encodeTimeline } from '../../lib/timeline/stored.ts'
import type { KeyPeriod, Segment, Timeline } from '../../lib/timeline/timeline.ts'
import { type Printed, print } from './printed.ts'
import { liveChannel, presentationOf, renditionOf, segmentsOf, timelineOf, trackOf } from './timelines.ts'

const lines = (text: string | undefined, start: string): string[] =>
  (text ?? '').split('\n').filter((line) => line.startsWith(start))

/** A segment as two, the first `ticks` long. */
const cutAt = (segment: Segment, ticks: number): Segment[] => [
  { ...segment, cut: 1, duration: ticks },
  { ...segment, cut: 2, start: segment.start + ticks, duration: segment.duration - ticks },
]

/** Stores a timeline and reads it again: what is printed must not depend on where it came from. */
function stored(timeline: Timeline): Timeline {
  const { head, parts } = encodeTimeline(timeline)
  return decodeTimeline(decodeHead(head), new Map(parts.map(({ name, text }) => [name, text])))
}

const film = stored(timelineOf('vod/film'))
const renditions = film.tracks.map((track) => renditionOf(track))

describe('a film', () => {
  it('is one Period and one run of segments', async () => {
    const { multivariant, media, mpd } = await print(
      presentationOf(renditions, [{ timeline: film, from: 0 }]),
    )
    expect(lines(media['video-1'], '#EXTINF')).toHaveLength(10)
    expect(media['video-1']).toContain('../../../media/clear/vod/film/0123456789abcdef/video-1/10.0.m4s')
    expect(lines(multivariant, '#EXT-X-STREAM-INF')).toHaveLength(1)
    expect(mpd.match(/<Period/g)).toHaveLength(1)
    expect(mpd).toContain('media="../../media/clear/vod/film/0123456789abcdef/video-1/$Number$.0.m4s"')
  })
})

describe('a sliding live window', () => {
  const at = (from: number) => {
    const timeline = stored(liveChannel(from, 6))
    return presentationOf(renditions, [{ timeline, from: 0, first: zero }], {
      id: 'live/one',
      kind: 'live',
      epochMs: Date.UTC(2026, 10, 21, 10),
      publishedMs: Date.UTC(2026, 10, 21, 11) + from * 6000,
    })
  }
  const zero = Object.fromEntries(renditions.map(({ id }) => [id, { segments: 0, discontinuities: 0 }]))

  it('keeps its numbers as segments leave', async () => {
    const one = await print(at(100))
    const two = await print(at(101), one)
    expect(lines(one.media['video-1'], '#EXT-X-MEDIA-SEQUENCE')).toEqual(['#EXT-X-MEDIA-SEQUENCE:100'])
    expect(lines(two.media['video-1'], '#EXT-X-MEDIA-SEQUENCE')).toEqual(['#EXT-X-MEDIA-SEQUENCE:101'])
    expect(two.media['video-1']).toContain('#EXT-X-PROGRAM-DATE-TIME:2026-11-21T10:10:06.000Z')
    expect(two.mpd).toContain('type="dynamic"')
    // The Period began with the channel and stays what it was, though its head has left the window.
    const period = /<Period id="0-0" start="PT0S">/
    expect([one.mpd, two.mpd]).toEqual([expect.stringMatching(period), expect.stringMatching(period)])
    expect(two.mpd).toContain('presentationTimeOffset="0" startNumber="101"')
  })
})

describe('a key change', () => {
  const period = (index: number, from: number): KeyPeriod => ({
    index,
    from,
    keys: ['VIDEO', 'AUDIO'].map((label) => ({
      label,
      kid: `${index}${label === 'VIDEO' ? 'a' : 'b'}`.padStart(32, '0'),
      iv: '00112233445566778899aabbccddeeff',
      systems: [
        {
          systemId: 'edef8ba9-79d6-4ace-a3c8-27dcd51d21ed',
          pssh: 'AAAAMnBzc2gAAAAA7e+LqXnWSs6jyCfc1R0h7QAAABISEAAAAAAAAAAAAAAAAAAAAAA=',
          hls: {
            uri: `data:text/plain;base64,${index}${label}`,
            keyFormat: 'urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed',
            keyFormatVersions: '1',
          },
        },
        {
          systemId: '94ce86fb-07ff-4f43-adb8-93d2fa968ca2',
          hls: {
            uri: `skd://${index}${label}`,
            keyFormat: 'com.apple.streamingkeydelivery',
            keyFormatVersions: '1',
          },
        },
      ],
    })),
  })
  const timeline = stored({
    ...timelineOf('vod/film'),
    overlays: {
      ...film.overlays,
      keyPeriods: { revision: 2, entries: [period(7, 0), period(8, 2_700_000)] },
    },
  })
  const protection = { scheme: 'cbcs', labels: { 'video-1': 'VIDEO', 'audio-2': 'AUDIO' } } as const

  it('tells the new key and names it in every URL', async () => {
    const { media, multivariant, mpd } = await print(
      presentationOf(renditions, [{ timeline, from: 0, protection }]),
    )
    expect(lines(media['video-1'], '#EXT-X-KEY')).toHaveLength(4)
    expect(lines(media['video-1'], '#EXT-X-MAP')).toHaveLength(2)
    expect(media['video-1']).toContain(
      '../../../media/cbcs-VIDEO-7/vod/film/0123456789abcdef/video-1/5.0.m4s',
    )
    expect(media['video-1']).toContain(
      '../../../media/cbcs-VIDEO-8/vod/film/0123456789abcdef/video-1/6.0.m4s',
    )
    expect(lines(multivariant, '#EXT-X-SESSION-KEY')).toHaveLength(4)
    expect(mpd.match(/<Period/g)).toHaveLength(2)
    expect(mpd).toContain('cenc:default_KID="00000000-0000-0000-0000-00000000008a"')
    expect([mpd, ...Object.values(media)].join()).not.toContain('media/clear/')
  })

  it('refuses to name a clear URL where a key is missing', () => {
    const gone = { ...timeline, overlays: film.overlays }
    const presentation = presentationOf(renditions, [{ timeline: gone, from: 0, protection }])
    expect(() => dashMpd(presentation, 'vod/film/index.mpd')).toThrow(
      expect.objectContaining({ code: 'PRESENTATION_UNPROTECTED' }),
    )
  })
})

describe('an ad with another timescale and one sound', () => {
  const french = trackOf('audio-3', 'audio', { language: 'fr' })
  const bilingual = stored({ ...timelineOf('vod/film'), tracks: [...film.tracks, french] })
  const ad = stored(
    timelineOf('ads/car', {
      timescale: 12_800,
      version: 'fedcba9876543210',
      tracks: [
        trackOf('video-1', 'video', {
          timescale: 12_800,
          configs: [{ id: 'v', codec: 'avc1.4d401e', width: 640, height: 360, frameRate: [30, 1] }],
          segments: segmentsOf(2, 64_000),
        }),
        trackOf('audio-2', 'audio', {
          timescale: 44_100,
          configs: [{ id: 'a', codec: 'mp4a.40.2', sampleRate: 44_100, channels: 2 }],
          segments: segmentsOf(2, 220_500, { configId: 'a' }),
        }),
      ],
    }),
  )
  const all = [...renditions, renditionOf(french, { isDefault: false })]
  const presentation = presentationOf(all, [
    { timeline: bilingual, from: 0, to: 2_700_000 },
    {
      timeline: ad,
      from: 0,
      to: 128_000,
      role: 'ad',
      tracks: { 'video-1': 'video-1', 'audio-2': 'audio-2', 'audio-3': 'audio-2' },
    },
    { timeline: bilingual, from: 2_700_000 },
  ])

  it('stands between discontinuities and in a Period of its own, in both languages', async () => {
    const { media, mpd } = await print(presentation)
    for (const id of ['video-1', 'audio-2', 'audio-3'])
      expect(lines(media[id], '#EXT-X-DISCONTINUITY'), id).toHaveLength(2)
    expect(lines(media['audio-3'], '../../../media/clear/ads/car')).toEqual(
      lines(media['audio-2'], '../../../media/clear/ads/car'),
    )
    expect(mpd.match(/<Period [^>]*>/g)?.map((tag) => /start="([^"]+)"/.exec(tag)?.[1])).toEqual([
      'PT0S',
      'PT30S',
      'PT40S',
    ])
  })

  it('leaves gaps in a rendition it has nothing for', async () => {
    const [first, second, third] = presentation.clips
    if (!first || !second || !third) throw new Error('three clips')
    const silent = presentationOf(all, [
      { timeline: first.timeline, from: 0, to: 2_700_000 },
      { timeline: ad, from: 0, to: 128_000, tracks: { 'video-1': 'video-1', 'audio-2': 'audio-2' } },
      { timeline: bilingual, from: 2_700_000 },
    ])
    const { media } = await print(silent)
    expect(lines(media['audio-3'], '#EXT-X-GAP')).toHaveLength(2)
    expect(lines(media['audio-3'], '#EXT-X-DISCONTINUITY')).toHaveLength(2)
  })

  it('tells the clock of gaps where a window shows nothing else of a rendition', async () => {
    const parts = [
      { timeline: bilingual, from: 0, to: 2_700_000 },
      { timeline: ad, from: 0, to: 128_000, tracks: { 'video-1': 'video-1', 'audio-2': 'audio-2' } },
      { timeline: bilingual, from: 2_700_000 },
    ]
    const epochMs = Date.UTC(2026, 10, 21, 10)
    const live = presentationOf(all, parts, { id: 'live/one', kind: 'live', epochMs, publishedMs: epochMs })
    // The second gap of the two alone: 4 s from the 36th second on.
    const { media } = await print(withWindow(live, { from: 36 * 90_000, to: 40 * 90_000 }))
    expect(lines(media['audio-3'], '#EXT-X-GAP')).toHaveLength(1)
    expect(lines(media['audio-3'], '#EXT-X-PROGRAM-DATE-TIME')).toEqual([
      '#EXT-X-PROGRAM-DATE-TIME:2026-11-21T10:00:36.000Z',
    ])
  })
})

describe('an archived locator', () => {
  it('changes no manifest: where bytes are is not part of a timeline', () => {
    const { head, parts } = encodeTimeline(film)
    expect(head + parts.map(({ text }) => text).join('')).not.toMatch(/extents|"range"|bucket/)
  })
})

describe('a gap that is filled later', () => {
  const withGap = (gap: 'missing' | 'filled') => {
    const timeline = liveChannel(0, 8)
    const [picture, sound] = timeline.tracks
    if (!picture || !sound) throw new Error('two tracks')
    const segments = picture.segments.map((segment) => (segment.number === 3 ? { ...segment, gap } : segment))
    return presentationOf(
      renditions,
      [{ timeline: stored({ ...timeline, tracks: [{ ...picture, segments }, sound] }), from: 0 }],
      {
        id: 'live/one',
        kind: 'event',
        epochMs: Date.UTC(2026, 10, 21, 10),
        publishedMs: Date.UTC(2026, 10, 21, 11) + (gap === 'filled' ? 6000 : 0),
      },
    )
  }

  it('is told in HLS and left out between Periods in DASH, and comes back under the same names', async () => {
    const missing = await print(withGap('missing'))
    const filled = await print(withGap('filled'), missing)
    expect(lines(missing.media['video-1'], '#EXT-X-GAP')).toHaveLength(1)
    expect(lines(filled.media['video-1'], '#EXT-X-GAP')).toHaveLength(0)
    const ids = (mpd: string) => [...mpd.matchAll(/<Period id="([^"]+)"/g)].map(([, id]) => id)
    expect(ids(missing.mpd)).toEqual(['0-0', '0-4.0'])
    expect(ids(filled.mpd)).toEqual(['0-0', '0-3.0', '0-4.0'])
  })
})

describe("a third party's origin", () => {
  const theirs = stored(
    timelineOf('origin/abc', {
      origin: { baseUrl: 'https://origin.example/channel/', tags: ['#EXT-X-VENDOR-LICENCE:KEEP="me, too"'] },
      tracks: [
        trackOf('video-1', 'video', {
          segments: segmentsOf(4, 540_000).map((segment, i) => ({
            ...segment,
            uri: `hd/seg-${i}.ts?x=1`,
            ...(i === 2 && { tags: ['#EXT-X-ASSET:CAID=0x0102', '#EXT-OATCLS-SCTE35:/DAvAAAAAAAA'] }),
          })),
        }),
      ],
    }),
  )

  it('keeps its own tags where they were and its segments where they are', async () => {
    const own = theirs.tracks.map((track) => renditionOf(track))
    const { media } = await print(presentationOf(own, [{ timeline: theirs, from: 0 }]))
    const text = media['video-1'] ?? ''
    expect(text).toContain('#EXT-X-VENDOR-LICENCE:KEEP="me, too"')
    const at = text.split('\n').indexOf('#EXT-OATCLS-SCTE35:/DAvAAAAAAAA')
    expect(text.split('\n').slice(at - 1, at + 3)).toEqual([
      '#EXT-X-ASSET:CAID=0x0102',
      '#EXT-OATCLS-SCTE35:/DAvAAAAAAAA',
      '#EXTINF:6,',
      'https://origin.example/channel/hd/seg-2.ts?x=1',
    ])
    expect(text).not.toContain('EXT-X-MAP')
  })
})

describe('an edit that removes two breaks', () => {
  it('plays what is left in one piece, and its clock tells what was left out', async () => {
    const recording = stored({
      ...timelineOf('live/one'),
      anchors: [{ at: 0, epochMs: Date.UTC(2026, 10, 21, 20) }],
    })
    const { media, mpd } = await print(
      presentationOf(renditions, [
        { timeline: recording, from: 0, to: 1_080_000 },
        { timeline: recording, from: 1_620_000, to: 3_240_000 },
        { timeline: recording, from: 4_320_000 },
      ]),
    )
    expect(lines(media['video-1'], '#EXTINF')).toHaveLength(7)
    expect(lines(media['video-1'], '#EXT-X-PROGRAM-DATE-TIME')).toEqual([
      '#EXT-X-PROGRAM-DATE-TIME:2026-11-21T20:00:00.000Z',
      '#EXT-X-PROGRAM-DATE-TIME:2026-11-21T20:00:18.000Z',
      '#EXT-X-PROGRAM-DATE-TIME:2026-11-21T20:00:48.000Z',
    ])
    expect(mpd).toContain('mediaPresentationDuration="PT42S"')
    expect(mpd.match(/<Period/g)).toHaveLength(3)
  })

  it('names re-cut segments one by one where no template can', async () => {
    const recut = film.tracks.map((track) => ({
      ...track,
      segments: track.segments.flatMap((segment) =>
        segment.number === 4 ? cutAt(segment, 2 * track.timescale) : [segment],
      ),
    }))
    const timeline = stored({ ...film, tracks: recut })
    const { media, mpd } = await print(
      presentationOf(renditions, [
        { timeline, from: 0, to: 1_800_000 },
        { timeline, from: 2_700_000 },
      ]),
    )
    expect(media['video-1']).toContain('/4.1.m4s')
    expect(media['video-1']).not.toContain('/4.2.m4s')
    expect(mpd).toContain('<SegmentURL')
  })
})

const runAt = (number: number, timescale: number) => ({ number, cut: 0, start: number * 6 * timescale })

describe('discontinuities that leave a live window', () => {
  const programme = (from: number) => {
    const timeline = liveChannel(from, 6)
    const tracks = timeline.tracks.map((track) => ({
      ...track,
      before: {
        segments: from,
        discontinuities: from > 103 ? 1 : 0,
        // The one that opens a run continues none.
        ...(from !== 103 && { run: runAt(from > 103 ? 103 : 0, track.timescale) }),
      },
      segments: track.segments.map((one) => ({ ...one, discontinuity: one.number === 103 })),
    }))
    return presentationOf(renditions, [{ timeline: stored({ ...timeline, tracks }), from: 0, first: zero }], {
      id: 'live/one',
      kind: 'live',
      epochMs: Date.UTC(2026, 10, 21, 10),
      publishedMs: Date.UTC(2026, 10, 21, 11) + from * 6000,
    })
  }
  const zero = Object.fromEntries(renditions.map(({ id }) => [id, { segments: 0, discontinuities: 0 }]))

  it('are counted when they are gone, not before', async () => {
    let previous: Printed | undefined
    const seen: (string | undefined)[] = []
    const periods: string[] = []
    for (const from of [101, 102, 103, 104]) {
      previous = await print(programme(from), previous)
      periods.push([...previous.mpd.matchAll(/<Period id="([^"]+)"/g)].map(([, id]) => id).join(' '))
      seen.push(lines(previous.media['video-1'], '#EXT-X-DISCONTINUITY-SEQUENCE')[0])
    }
    expect(seen).toEqual([undefined, undefined, undefined, '#EXT-X-DISCONTINUITY-SEQUENCE:1'])
    expect(periods).toEqual(['0-0 0-103.0', '0-0 0-103.0', '0-103.0', '0-103.0'])
  })
})

describe('a window that slides over an ad in a channel', () => {
  const start = Date.UTC(2026, 10, 21, 10)
  const channel = stored(timelineOf('live/one', { anchors: [{ at: 0, epochMs: start }] }))
  const ad = stored(
    timelineOf('ads/car', {
      tracks: [
        trackOf('video-1', 'video', { segments: segmentsOf(3, 540_000) }),
        trackOf('audio-2', 'audio', { segments: segmentsOf(3, 288_000, { configId: 'a' }) }),
      ],
    }),
  )
  const breakTicks = 3 * 540_000
  const whole = presentationOf(
    renditions,
    [
      { timeline: channel, from: 0, to: breakTicks },
      { timeline: ad, from: 0, to: breakTicks, role: 'ad' },
      { timeline: channel, from: breakTicks },
    ],
    { id: 'live/one', kind: 'live', epochMs: start },
  )
  const slid = (segments: number) => ({
    ...withWindow(whole, { from: segments * 540_000, to: (segments + 4) * 540_000 }),
    publishedMs: start + 60_000 + segments * 6000,
  })

  it('counts a break as its first segment leaves, in every rendition, and renumbers nothing', async () => {
    const seen: Record<string, (string | undefined)[]> = { 'video-1': [], 'audio-2': [] }
    let previous: Printed | undefined
    for (let segments = 0; segments <= 9; segments++) {
      previous = await print(slid(segments), previous)
      for (const [id, breaks] of Object.entries(seen)) {
        const text = previous.media[id]
        breaks.push(lines(text, '#EXT-X-DISCONTINUITY-SEQUENCE')[0]?.split(':')[1])
        expect(lines(text, '#EXT-X-MEDIA-SEQUENCE')).toEqual([`#EXT-X-MEDIA-SEQUENCE:${segments}`])
      }
    }
    const none = undefined
    const breaks = [none, none, none, none, '1', '1', '1', '2', '2', '2']
    expect(seen).toEqual({ 'video-1': breaks, 'audio-2': breaks })
  })

  it('lets a clip go when none of it is shown, and prints the same without it', async () => {
    const { clips } = slid(6)
    expect(clips.map(({ ordinal }) => ordinal)).toEqual([2])
    const kept = await print({ ...slid(6), clips: whole.clips })
    expect((await print(slid(6))).media).toEqual(kept.media)
    expect((await print(slid(6))).mpd).toEqual(kept.mpd)
  })
})
