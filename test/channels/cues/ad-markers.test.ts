/** How playlists tell of breaks, as the operator of a channel says: what one way says, the other says too. */
import { Parser } from 'm3u8-parser'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type AdMarkers, adMarkers } from '../../../lib/channels/channel.ts'
import { readPlaylistCues } from '../../../lib/formats/hls/index.ts'
import { ffmpegMissing } from '../../house/ffmpeg.ts'
import { checkMpd } from '../../judges/dash/rules.ts'
import { checkMediaPlaylist } from '../../judges/hls/rules.ts'
import type { Written } from '../feeds.ts'
import { breakFeed } from './break-feed.ts'
import { all, manifestRoom } from './manifest-feed.ts'

describe.skipIf(ffmpegMissing !== undefined)('a channel', () => {
  let room: Awaited<ReturnType<typeof manifestRoom>>
  let feed: readonly Written[]
  beforeAll(async () => {
    feed = (await breakFeed()).feed
  })
  beforeEach(async () => {
    room = await manifestRoom()
  })
  afterEach(() => room.stop())

  const take = async (ways: AdMarkers | undefined) => {
    await room.describe({ adMarkers: ways })
    for (const [i, written] of feed.entries()) await room.segment(written, i)
  }
  /** Where breaks begin and end: the segment's place in its playlist, and the section that says so. */
  const breaksOf = (text: string) =>
    readPlaylistCues(text).cues.map(({ kind, before, section = [] }) => [
      kind,
      before,
      Buffer.from(section).toString('hex'),
    ])
  const ofTags = (text: string) => breaksOf(text.replaceAll(/^#EXT-X-DATERANGE.*\n/gm, ''))
  const ofDateRanges = (text: string) => breaksOf(text.replaceAll(/^#EXT-(?:X-CUE|OATCLS).*\n/gm, ''))

  it.each(adMarkers)('tells breaks by %s at the same boundaries with the same sections', async (ways) => {
    await take(ways)
    const texts = await room.shown()
    expect(texts).toHaveLength(3)
    for (const text of texts) {
      expect(checkMediaPlaylist(text), text).toEqual([])
      const told = breaksOf(text)
      expect(told.map(([kind]) => kind)).toEqual(['out', 'in'])
      expect(ofDateRanges(text)).toEqual(ways === 'cue-out' ? [] : told)
      expect(ofTags(text)).toEqual(ways === 'daterange' ? [] : told)
    }
    const mpd = (await room.get('index.mpd', all)).body
    expect(checkMpd(mpd), mpd).toEqual([])
    expect(mpd.match(/<Event /g)).toHaveLength(2)
  })

  it('has tags that another reader of playlists reads as a break', async () => {
    await take('both')
    for (const text of await room.shown()) {
      const parser = new Parser()
      parser.push(text)
      parser.end()
      const { segments } = parser.manifest
      const places = (tag: 'cueOut' | 'cueOutCont' | 'cueIn') =>
        segments.flatMap((segment, i) => (segment[tag] === undefined ? [] : [i]))
      const [first = 0] = places('cueOut')
      const [end = 0] = places('cueIn')
      expect(segments[first]?.cueOut).toBe('8')
      expect(places('cueOutCont')).toEqual(Array.from({ length: end - first - 1 }, (_, i) => first + 1 + i))
      expect(segments.slice(first, end).reduce((sum, { duration }) => sum + duration, 0)).toBeCloseTo(8, 1)
    }
  })

  it('tells them otherwise as soon as its operator says so, and says no more of it than that', async () => {
    await take('both')
    await room.describe({ adMarkers: 'daterange' })
    expect((await room.shown()).join()).toContain('CUE-OUT')
    const [last] = feed.slice(-1)
    if (!last) throw new Error('expected a segment')
    await room.segment(last, feed.length - 1)
    const texts = await room.shown()
    expect(texts.join()).not.toContain('CUE-OUT')
    expect(texts.join()).toContain('SCTE35-OUT')
    expect((await room.ports.live.head('live/news'))?.head).not.toHaveProperty('adMarkers')
  })
})
