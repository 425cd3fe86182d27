/** Key frames for winding in manifests: with which pictures they go, and that nobody takes them for pictures. */
import { describe, expect, it } from 'vitest'
import { dashMpd, hlsMedia, hlsMultivariant, renditionsOf } from '../../lib/delivery/index.ts'
import { respond } from '../../lib/delivery/respond.ts'
import { choose } from '../../lib/delivery/selection/choose.ts'
import { vodPresentation } from '../../lib/delivery/sources/film.ts'
import { printMpd } from '../../lib/formats/dash/print-mpd.ts'
import { printMediaPlaylist } from '../../lib/formats/hls/print-media.ts'
import { printMultivariantPlaylist } from '../../lib/formats/hls/print-multivariant.ts'
import type { Presentation } from '../../lib/timeline/presentation.ts'
import { encodeTimeline, targetSeconds, timelinePrefix } from '../../lib/timeline/stored.ts'
import type { Timeline, Track, TrackConfig } from '../../lib/timeline/timeline.ts'
import { corpusMissing } from '../judges/corpus.ts'
import { checkMpd } from '../judges/dash/rules.ts'
import { checkMediaPlaylist, checkMultivariant } from '../judges/hls/rules.ts'
import { childrenOf, type Tree, treeOf, walk } from '../judges/xml-tree.ts'
import { validateMpd } from '../judges/xsd.ts'
import { presentationOf, segmentsOf, timelineOf, trackOf } from './timelines.ts'

const picture = (id: string, peak: number, config: Partial<TrackConfig> = {}): Track =>
  trackOf(id, 'video', {
    bandwidth: { peak, average: peak },
    configs: [{ id: 'v', codec: 'avc1.64001f', width: 1280, height: 720, frameRate: [25, 1], ...config }],
  })
/** Key frames 2 s apart, the last ones 8 s. */
const trick = (of: string, config: Partial<TrackConfig> = {}): Track => ({
  ...picture(`${of}-trick`, 200_000, { frameRate: [1, 2], ...config }),
  trickOf: of,
  segments: [...segmentsOf(26, 180_000), ...segmentsOf(1, 720_000, { number: 27, start: 4_680_000 })],
})
const hevc = { codec: 'hvc1.2.4.L153.B0', width: 3840, height: 2160, videoRange: 'PQ' } as const

const tracks = [
  trick('sd', { width: 640, height: 360 }),
  picture('sd', 1_000_000, { width: 640, height: 360 }),
  picture('hd', 3_000_000),
  picture('uhd', 15_000_000, hevc),
  trick('uhd', hevc),
  trackOf('sound', 'audio', { language: 'en' }),
]
const film = (of: readonly Track[] = tracks): Presentation =>
  vodPresentation(timelineOf('vod/film', { tracks: of }))
const names = ({ renditions }: Presentation) =>
  renditions.map(({ id, trickOf: of }) => (of ? `${id} of ${of}` : id))
const chosen = (query: string) => names(choose(film(), new URLSearchParams(query)))

describe('renditions', () => {
  it('of key frames come behind all others and are nobody’s first choice', () => {
    expect(names(film())).toEqual(['uhd', 'hd', 'sd', 'sound', 'sd-trick of sd', 'uhd-trick of uhd'])
    expect(
      film()
        .renditions.filter(({ isDefault }) => isDefault)
        .map(({ id }) => id),
    ).toEqual(['uhd', 'sound'])
  })

  it.each([
    ['video_height:360', ['sd', 'sound', 'sd-trick of sd']],
    ['video_height:720', ['hd', 'sound', 'sd-trick of hd']],
    ['video_codec:h265', ['uhd', 'sound', 'uhd-trick of uhd']],
    ['video_bitrate:2000000-20000000', ['uhd', 'hd', 'sound', 'sd-trick of hd', 'uhd-trick of uhd']],
    ['video_codec:av1', ['sound']],
    ['trickplay_type:none', ['uhd', 'hd', 'sd', 'sound']],
    ['trickplay_type:image', ['uhd', 'hd', 'sd', 'sound']],
    ['trickplay_type:iframe,none;video_height:720', ['hd', 'sound', 'sd-trick of hd']],
    ['trickplay_height:1-480;video_codec:h264', ['hd', 'sd', 'sound', 'sd-trick of sd']],
    ['trickplay_height:1000', ['uhd', 'hd', 'sd', 'sound']],
  ])('of aws.manifestfilter=%s', (filter, wanted) => {
    expect(chosen(`aws.manifestfilter=${filter}`)).toEqual(wanted)
  })

  it('of a device are the largest pictures it can show, key frames not counted', () => {
    expect(chosen('device=phone')).toEqual(['hd', 'sd', 'sound', 'sd-trick of sd'])
    const large = film([picture('uhd', 15_000_000, hevc), trick('uhd', { ...hevc, width: 640, height: 360 })])
    expect(names(choose(large, new URLSearchParams('device=phone')))).toEqual(['uhd', 'uhd-trick of uhd'])
  })

  it('of key frames alone are nothing to play', () => {
    const only = film([picture('hd', 3_000_000), trick('hd')])
    expect(() => choose(only, new URLSearchParams('aws.manifestfilter=video_codec:av1'))).toThrow(
      'nothing to play is left',
    )
  })
})

const multivariant = (presentation: Presentation): string =>
  printMultivariantPlaylist(hlsMultivariant(presentation, ({ id }) => `v/${id}.m3u8`))
function media(presentation: Presentation, id: string): string {
  const rendition = presentation.renditions.find((one) => one.id === id)
  if (!rendition) throw new Error(id)
  return printMediaPlaylist(hlsMedia(presentation, rendition, 'vod/film/0123456789abcdef/x.m3u8'))
}

describe('HLS', () => {
  it('names key frames beside the variants, by what is their own', () => {
    const lines = multivariant(film()).split('\n')
    expect(lines.filter((line) => line.startsWith('#EXT-X-STREAM-INF'))).toHaveLength(3)
    expect(lines.filter((line) => line.startsWith('#EXT-X-I-FRAME'))).toEqual([
      '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=200000,AVERAGE-BANDWIDTH=200000,CODECS="avc1.64001f",RESOLUTION=640x360,URI="v/sd-trick.m3u8"',
      '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=200000,AVERAGE-BANDWIDTH=200000,CODECS="hvc1.2.4.L153.B0",RESOLUTION=3840x2160,VIDEO-RANGE=PQ,URI="v/uhd-trick.m3u8"',
    ])
  })

  it('lists them until the next one each, under a target duration of their own', () => {
    const text = media(film(), 'sd-trick')
    expect(text.split('\n').slice(0, 9)).toEqual([
      '#EXTM3U',
      '#EXT-X-VERSION:5',
      '#EXT-X-INDEPENDENT-SEGMENTS',
      '#EXT-X-TARGETDURATION:8',
      '#EXT-X-MEDIA-SEQUENCE:0',
      '#EXT-X-PLAYLIST-TYPE:VOD',
      '#EXT-X-I-FRAMES-ONLY',
      '#EXT-X-MAP:URI="../../../media/clear/vod/film/0123456789abcdef/sd-trick/i-v.mp4"',
      '#EXTINF:2,',
    ])
    expect(media(film(), 'hd')).toContain('#EXT-X-TARGETDURATION:6\n')
    expect(media(film(), 'hd')).not.toContain('I-FRAMES')
  })

  it('keeps the rules of both kinds of playlist', () => {
    const presentation = film()
    const playlists = Object.fromEntries(
      presentation.renditions.map(({ id }) => [`v/${id}.m3u8`, media(presentation, id)]),
    )
    expect(checkMultivariant(multivariant(presentation), playlists)).toEqual([])
    for (const text of Object.values(playlists)) expect(checkMediaPlaylist(text)).toEqual([])
  })

  it('keeps one target duration in all playlists of what is live (RFC 8216bis 6.2.4)', () => {
    expect(media({ ...film(), kind: 'event' }, 'sd-trick')).toContain('#EXT-X-TARGETDURATION:6\n')
  })
})

const mpd = (presentation: Presentation): string => printMpd(dashMpd(presentation, 'vod/film/index.mpd'))
function setsOf(text: string): Tree[] {
  const tree = treeOf(text)
  return tree ? [...walk(tree)].filter(({ name }) => name === 'AdaptationSet') : []
}
const valuesOf = (set: Tree, name: string, attribute: string) =>
  childrenOf(set, name).map(({ attributes }) => attributes[attribute])

describe('DASH', () => {
  it('has a set for them beside each set of pictures, which says whose it is', () => {
    const sets = setsOf(mpd(film()))
    expect(
      sets.map((set) => [
        set.attributes['id'],
        valuesOf(set, 'EssentialProperty', 'value').join(),
        valuesOf(set, 'Role', 'value').join(),
        valuesOf(set, 'Representation', 'id').join(),
      ]),
    ).toEqual([
      ['0', '', 'main', 'uhd'],
      ['1', '', 'alternate', 'hd,sd'],
      ['2', '', 'main', 'sound'],
      ['1000', '1', '', 'sd-trick'],
      ['1001', '0', '', 'uhd-trick'],
    ])
    const [forSd] = sets.slice(3).flatMap((set) => childrenOf(set, 'Representation'))
    expect(forSd?.attributes).toMatchObject({
      frameRate: '1/2',
      maxPlayoutRate: '50',
      codingDependency: 'false',
    })
  })

  it('keeps the rules, and says of segments how long the longest is', () => {
    const text = mpd(film())
    expect(text).toContain('maxSegmentDuration="PT8S"')
    expect(checkMpd(text)).toEqual([])
  })

  it.skipIf(corpusMissing !== undefined)('is what the schema asks for', async () => {
    expect(await validateMpd(mpd(film()))).toEqual([])
  })

  it('has none in a Period without pictures of theirs', () => {
    const [hd, sound] = [picture('hd', 3_000_000), trackOf('sound', 'audio')]
    const timeline = timelineOf('vod/film', { tracks: [hd, sound, trick('hd')] })
    const renditions = renditionsOf(timeline)
    const presentation = presentationOf(renditions, [
      { timeline, from: 0, to: 2_700_000 },
      { timeline, from: 2_700_000, tracks: { sound: 'sound', 'hd-trick': 'hd-trick' } },
    ])
    const periods = dashMpd(presentation, 'vod/film/index.mpd').periods
    expect(periods.map(({ adaptationSets }) => adaptationSets.map(({ id }) => id))).toEqual([
      [0, 1, 1000],
      [1],
    ])
  })
})

describe('a stored timeline', () => {
  const timeline: Timeline = timelineOf('vod/film', { tracks })
  const prefix = timelinePrefix(timeline.id, timeline.version)
  const { head, parts } = encodeTimeline(timeline)
  const objects = new Map([['timeline.json', head], ...parts.map(({ name, text }) => [name, text] as const)])
  const get = (path: string) =>
    respond(
      { method: 'GET', path },
      {
        current: () => Promise.resolve({ version: timeline.version }),
        object: (key) => Promise.resolve(objects.get(key.slice(prefix.length))),
      },
    )

  it('does not let key frames lengthen the target duration of pictures', () => {
    expect(targetSeconds(timeline)).toBe(6)
  })

  it('names their playlist without reading what is in it', async () => {
    const { body } = await get('vod/film/index.m3u8')
    expect(body).toBe(multivariant(film()).replaceAll('v/', `${timeline.version}/`))
  })

  it('gives the same playlists when one track is read as when all are', async () => {
    const { body } = await get('vod/film/0123456789abcdef/sd-trick.m3u8')
    expect(body).toBe(media(film(), 'sd-trick'))
  })
})
