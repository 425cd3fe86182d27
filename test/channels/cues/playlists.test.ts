/** Breaks that playlists of a feed tell: announced at the boundary they stand at, once, whoever tells them. */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { seenCues } from '../../../lib/channels/manifests/seen-cues.ts'
import { readPlaylistCues } from '../../../lib/formats/hls/index.ts'
import { eventsOf, readSpliceInfoSection } from '../../../lib/formats/scte35/index.ts'
import { ffmpegMissing } from '../../house/ffmpeg.ts'
import { checkMediaPlaylist } from '../../judges/hls/rules.ts'
import { type Written, writtenBy } from '../feeds.ts'
import { splice, timeSignal, withSections } from './make-cues.ts'
import { manifestRoom, playlistOf, type Tags } from './manifest-feed.ts'

const hex = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString('hex').toUpperCase()}`
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const date = (seconds: number): string => new Date(Date.UTC(2020, 0, 1) + seconds * 1000).toISOString()
const opportunity = base64(timeSignal({ id: 77, typeId: 0x34, duration: 6 * 90_000 }))

describe.skipIf(ffmpegMissing !== undefined)('a playlist of a feed', () => {
  let room: Awaited<ReturnType<typeof manifestRoom>>
  let feed: readonly Written[]
  let paths: readonly string[]
  beforeAll(() => {
    feed = writtenBy('ts', 20)
    paths = feed.map(({ path }) => path)
  })
  beforeEach(async () => {
    room = await manifestRoom()
  })
  afterEach(() => room.stop())

  /** Each segment, and behind it the playlist of the last six, as an encoder writes them. */
  const live = async (tags: Tags, segments = feed): Promise<void> => {
    for (const [i, written] of segments.entries()) {
      await room.segment(written, i)
      const text = playlistOf(paths, tags, { from: Math.max(0, i - 5), to: i + 1 })
      await room.manifest('out.m3u8', text, i)
    }
  }
  /** Breaks that viewers are told of, each playlist's: when they begin and end, in seconds of the feed. */
  const breaks = async () => {
    const texts = await room.shown()
    return texts.map((text) => {
      expect(checkMediaPlaylist(text), text).toEqual([])
      const { cues, segments, problems } = readPlaylistCues(text)
      expect(problems).toEqual([])
      return cues.map(({ kind, before, atMs = 0, section }) => {
        const start = segments[before]?.startMs ?? 0
        expect(start - atMs, 'announced at the first segment at or behind it').toBeLessThan(2000)
        const [event] = section ? eventsOf(readSpliceInfoSection(section)) : []
        return [kind, Math.round((atMs - (segments[0]?.startMs ?? 0)) / 10) / 100, event?.source]
      })
    })
  }

  it.each<[string, Tags, unknown[]]>([
    ['in words', { 3: '#EXT-X-CUE-OUT:6', 6: '#EXT-X-CUE-IN' }, ['insert', 'insert']],
    ['in words without a duration', { 3: '#EXT-X-CUE-OUT', 6: '#EXT-X-CUE-IN' }, ['insert', 'insert']],
    [
      "in Adobe's words, which say no end",
      { 3: '#EXT-X-CUE:TYPE="SpliceOut",DURATION="6",ID="1"' },
      ['insert', undefined],
    ],
    [
      'with a section at the way out alone',
      { 3: `#EXT-OATCLS-SCTE35:${opportunity}\n#EXT-X-CUE-OUT:6`, 6: '#EXT-X-CUE-IN' },
      ['segmentation', 'segmentation'],
    ],
    [
      'by ranges of dates, of a clock of its own',
      {
        0: `#EXT-X-PROGRAM-DATE-TIME:${date(0)}`,
        2: `#EXT-X-PROGRAM-DATE-TIME:${date(4)}`,
        3: `#EXT-X-DATERANGE:ID="1",START-DATE="${date(6)}",PLANNED-DURATION=6,SCTE35-OUT=${hex(splice({ id: 1, pts: 0, out: true }))}`,
        6: `#EXT-X-PROGRAM-DATE-TIME:${date(12)}\n#EXT-X-DATERANGE:ID="1",START-DATE="${date(6)}",DURATION=6,SCTE35-IN=${hex(splice({ id: 1, pts: 0 }))}`,
      },
      ['insert', 'insert'],
    ],
    [
      'that runs when its first playlist comes',
      { 4: '#EXT-X-CUE-OUT-CONT:2/6', 5: '#EXT-X-CUE-OUT-CONT:4/6', 6: '#EXT-X-CUE-IN' },
      ['insert', 'insert'],
    ],
  ])('tells a break %s', async (_, tags, sources) => {
    await live(tags)
    const told = await breaks()
    expect(told).toHaveLength(3)
    const [video, audio] = told
    expect(video?.map(([kind, at]) => [kind, at])).toEqual([
      ['out', 6],
      ['in', 12],
    ])
    expect(video?.map(([, , source]) => source)).toEqual(sources)
    expect(audio?.map(([kind]) => kind)).toEqual(['out', 'in'])
  })

  it('is read for its new cues alone: again, and of another rendition, no upload is read and nothing kept', async () => {
    const tags = { 3: '#EXT-X-CUE-OUT:6', 6: '#EXT-X-CUE-IN' }
    await live(tags)
    expect(room.counted()).toEqual({ kept: 2, read: 2 })
    const text = playlistOf(paths, tags)
    await room.manifest('out.m3u8', text, 9)
    await room.manifest('other.m3u8', text, 9)
    expect(room.counted()).toEqual({ kept: 2, read: 2 })
  })

  it('says nothing new in a function that has seen none, or of another pipeline', async () => {
    await room.describe({ pipelines: ['a', 'b'] })
    const tags = { 3: '#EXT-X-CUE-OUT:6', 6: '#EXT-X-CUE-IN' }
    for (const [i, { path, bytes }] of feed.entries())
      for (const pipeline of ['a', 'b']) {
        await room.segment({ path: `${pipeline}/${path}`, bytes }, i)
        const text = playlistOf(paths, tags, { to: i + 1 })
        await room.manifest(`${pipeline}/out.m3u8`, text, i, { ...room.ports, seen: seenCues() })
      }
    expect(room.counted().kept).toBe(2)
    expect(await breaks()).toHaveLength(3)
  })

  it('says the same as the sections in its segments', async () => {
    const section = splice({ id: 9, out: true, duration: 6 * 90_000 })
    const withCue = feed.map((one, i) =>
      i === 3 ? { ...one, bytes: withSections(one.bytes, [{ bytes: section, behind: 5 }]) } : one,
    )
    await live(
      { 3: `#EXT-OATCLS-SCTE35:${base64(section)}\n#EXT-X-CUE-OUT:6.0`, 6: '#EXT-X-CUE-IN' },
      withCue,
    )
    const told = await breaks()
    for (const playlist of told) expect(playlist.map(([kind]) => kind)).toEqual(['out', 'in'])
  })

  it('that comes before its segment waits for it, and is not heeded where there is no channel yet', async () => {
    const tags = { 3: '#EXT-X-CUE-OUT:6' }
    for (const [i, written] of feed.slice(0, 5).entries()) {
      await room.segment(written, i, i > 0)
      await room.manifest('out.m3u8', playlistOf(paths, tags, { to: i + 2 }), i)
      if (i === 2) expect(room.counted().kept).toBe(0)
    }
    expect(room.counted().kept).toBe(1)
  })

  it('that comes late changes no segment, and is announced', async () => {
    for (const [i, written] of feed.entries()) await room.segment(written, i)
    const before = await room.shown()
    await room.manifest('out.m3u8', playlistOf(paths, { 3: '#EXT-X-CUE-OUT:6', 6: '#EXT-X-CUE-IN' }), 9)
    const after = await room.shown()
    for (const [i, text] of after.entries()) {
      expect(text.replaceAll(/^#EXT-X-DATERANGE.*\n/gm, '')).toBe(before[i])
      expect(text.match(/DATERANGE/g)).toHaveLength(2)
    }
  })

  it('may say another duration later: the break is prolonged', async () => {
    for (const [i, written] of feed.entries()) await room.segment(written, i)
    await room.manifest('out.m3u8', playlistOf(paths, { 3: '#EXT-X-CUE-OUT:6' }), 8)
    await room.manifest('out.m3u8', playlistOf(paths, { 3: '#EXT-X-CUE-OUT:8' }), 9)
    for (const text of await room.shown()) {
      expect(text.match(/SCTE35-OUT/g)).toHaveLength(1)
      expect(text).toContain('PLANNED-DURATION=8,')
    }
  })

  it('tells breaks of a segment each that follow one another', async () => {
    const next = '#EXT-X-CUE-IN\n#EXT-X-CUE-OUT:2'
    await live({ 3: '#EXT-X-CUE-OUT:2', 4: next, 5: next, 6: '#EXT-X-CUE-IN' })
    const [video] = await breaks()
    const seconds = [6, 8, 8, 10, 10, 12]
    expect(video?.map(([kind, at]) => [kind, at])).toEqual(
      seconds.map((at, i) => [i % 2 === 0 ? 'out' : 'in', at]),
    )
  })

  it('of subtitles, or of parts of a file, tells what those of video tell', async () => {
    for (const [i, written] of feed.entries()) await room.segment(written, i)
    const tags = { 3: '#EXT-X-CUE-OUT:6' }
    const texts = paths.map((path) => path.replace('.ts', '.vtt'))
    expect(await room.manifest('text.m3u8', playlistOf(texts, tags), 9)).toEqual([])
    const parts = playlistOf(paths, tags).replaceAll('#EXTINF', '#EXT-X-BYTERANGE:9@0\n#EXTINF')
    expect(await room.manifest('parts.m3u8', parts, 9)).toEqual([])
    expect(room.counted()).toEqual({ kept: 0, read: 0 })
  })

  it('of fragmented MP4 names segments that need their init segment', async () => {
    const written = writtenBy('hls', 12)
    const media = written.filter(({ path }) => !path.includes('init'))
    for (const one of written) {
      const index = media.indexOf(one)
      await room.segment(one, Math.max(0, index))
      const text = playlistOf(
        media.map(({ path }) => path),
        { 2: '#EXT-X-CUE-OUT:4', 4: '#EXT-X-CUE-IN' },
        { to: index + 1 },
      )
      await room.manifest('out.m3u8', text, index)
    }
    const [video] = await breaks()
    expect(video?.map(([kind, at]) => [kind, at])).toEqual([
      ['out', 4],
      ['in', 8],
    ])
  })

  it.each([
    ['no section', { 3: '#EXT-OATCLS-SCTE35:AAAA' }, /^out\.m3u8: line \d+: EXT-OATCLS-SCTE35: SCTE35_/],
    [
      'another time',
      {
        0: '#EXT-X-PROGRAM-DATE-TIME:2020-01-01T00:00:00Z',
        3: `#EXT-X-DATERANGE:ID="1",START-DATE="2090-01-01T00:00:00Z",SCTE35-OUT=${hex(splice({ id: 1, pts: 0, out: true }))}`,
      },
      /within the channel's window/,
    ],
  ])('that says %s is taken without it, and that is said once', async (_, tags, why) => {
    for (const [i, written] of feed.entries()) await room.segment(written, i)
    const text = playlistOf(paths, tags)
    expect(await room.manifest('out.m3u8', text, 9)).toMatchObject([
      { kind: 'damaged', code: 'FEED_MANIFEST', why: expect.stringMatching(why) },
    ])
    expect(await room.manifest('out.m3u8', text, 9)).toEqual([])
    expect(room.counted().kept).toBe(0)
  })

  it.each(['https://other.example/', '../', '%zz/', '/live/other/'])(
    'that names segments at %s is refused its cues',
    async (where) => {
      for (const [i, written] of feed.entries()) await room.segment(written, i)
      const elsewhere = paths.map((path) => where + path)
      const outcomes = await room.manifest('out.m3u8', playlistOf(elsewhere, { 3: '#EXT-X-CUE-OUT' }), 9)
      expect(outcomes).toMatchObject([{ kind: 'damaged', why: expect.stringContaining('below live/news/') }])
    },
  )
})
