/** What manifests say of pictures and sound beside where they are: colours, Dolby, channels, captions, whom it is for. */
import { describe, expect, it } from 'vitest'
import { dashMpd, hlsMultivariant, vodPresentation } from '../../lib/delivery/index.ts'
import { captionServices } from '../../lib/formats/dash/caption-services.ts'
import { printMpd } from '../../lib/formats/dash/print-mpd.ts'
import { printMultivariantPlaylist } from '../../lib/formats/hls/print-multivariant.ts'
import { readXml } from '../../lib/formats/xml/read.ts'
import type { Track, TrackConfig } from '../../lib/timeline/timeline.ts'
import { corpusMissing } from '../judges/corpus.ts'
import { checkMpd } from '../judges/dash/rules.ts'
import { checkMultivariant } from '../judges/hls/rules.ts'
import { validateMpd } from '../judges/xsd.ts'
import { timelineOf, trackOf } from './timelines.ts'

const picture = (config: Partial<TrackConfig>, rest: Partial<Track> = {}): Track =>
  trackOf('video-1', 'video', {
    configs: [{ id: 'v', codec: 'avc1.64001f', width: 1280, height: 720, frameRate: [25, 1], ...config }],
    ...rest,
  })
const sound = (config: Partial<TrackConfig>, rest: Partial<Track> = {}): Track =>
  trackOf('audio-1', 'audio', {
    language: 'en',
    configs: [{ id: 'a', codec: 'mp4a.40.2', sampleRate: 48_000, channels: 2, ...config }],
    ...rest,
  })

/** Both manifests of a film of these tracks, through the judges; lines of them that hold `word`. */
async function said(...tracks: readonly Track[]) {
  const presentation = vodPresentation(timelineOf('vod/film', { tracks }))
  const hls = printMultivariantPlaylist(hlsMultivariant(presentation, ({ id }) => `v/${id}.m3u8`))
  const mpd = printMpd(dashMpd(presentation, 'vod/film/index.mpd'))
  expect(checkMultivariant(hls), hls).toEqual([])
  expect(checkMpd(mpd), mpd).toEqual([])
  if (corpusMissing === undefined) expect(await validateMpd(mpd), mpd).toEqual([])
  const lines = (text: string) => (word: string) =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.includes(word))
  return { hls: lines(hls), dash: lines(mpd), mpd }
}

const property = (kind: string, scheme: string, value: string): string =>
  `<${kind} schemeIdUri="${scheme}" value="${value}"/>`
const cicp = (kind: string, name: string, value: number): string =>
  property(kind, `urn:mpeg:mpegB:cicp:${name}`, String(value))

describe('colours', () => {
  const colour = (primaries: number, transfer: number, matrix: number, fullRange = false) => ({
    primaries,
    transfer,
    matrix,
    fullRange,
  })

  it.each([
    ['PQ', colour(9, 16, 9), [9, 16, 9]],
    ['HLG', colour(9, 18, 9), [9, 18, 9]],
  ] as const)('%s are essential', async (videoRange, points, [primaries, transfer, matrix]) => {
    const { hls, dash } = await said(picture({ videoRange, colour: points }))
    expect(hls('STREAM-INF')[0]).toContain(`VIDEO-RANGE=${videoRange}`)
    expect(dash(':cicp:')).toEqual([
      cicp('EssentialProperty', 'ColourPrimaries', primaries),
      cicp('EssentialProperty', 'TransferCharacteristics', transfer),
      cicp('EssentialProperty', 'MatrixCoefficients', matrix),
    ])
  })

  it('HLG that says SDR to players before it says so here, and what is meant as well (ETSI TS 103 285 5.2.5)', async () => {
    const { hls, dash } = await said(picture({ videoRange: 'HLG', colour: colour(9, 14, 9) }))
    expect(hls('STREAM-INF')[0]).toContain('VIDEO-RANGE=HLG')
    expect(dash('TransferCharacteristics')).toEqual([
      cicp('EssentialProperty', 'TransferCharacteristics', 14),
      cicp('SupplementalProperty', 'TransferCharacteristics', 18),
    ])
  })

  it('of BT.709 need no word, others and full range may be known', async () => {
    expect((await said(picture({ videoRange: 'SDR', colour: colour(1, 1, 1) }))).dash(':cicp:Co')).toEqual([])
    expect(
      (await said(picture({ videoRange: 'SDR', colour: colour(6, 6, 6, true) }))).dash(':cicp:'),
    ).toEqual([
      cicp('SupplementalProperty', 'ColourPrimaries', 6),
      cicp('SupplementalProperty', 'TransferCharacteristics', 6),
      cicp('SupplementalProperty', 'MatrixCoefficients', 6),
      cicp('SupplementalProperty', 'VideoFullRangeFlag', 1),
    ])
  })

  it('that differ make sets that differ', async () => {
    const { dash } = await said(
      picture({ codec: 'hvc1.2.4.L120.90', videoRange: 'PQ', colour: colour(9, 16, 9) }),
      picture({ codec: 'hvc1.1.6.L120.90', videoRange: 'SDR' }, { id: 'video-2' }),
    )
    expect(dash('<AdaptationSet')).toHaveLength(2)
    expect(dash('EssentialProperty')).toHaveLength(3)
  })
})

describe('Dolby Vision', () => {
  it('above HDR10 is a supplement with its brand', async () => {
    const { hls, dash, mpd } = await said(
      picture({ codec: 'hvc1.2.4.L150.90', supplementalCodec: 'dvh1.08.07/db1p', videoRange: 'PQ' }),
    )
    expect(hls('STREAM-INF')[0]).toContain('CODECS="hvc1.2.4.L150.90",SUPPLEMENTAL-CODECS="dvh1.08.07/db1p"')
    expect(dash('<Representation')[0]).toContain(
      'scte214:supplementalCodecs="dvh1.08.07" scte214:supplementalProfiles="db1p"',
    )
    expect(mpd).toContain('xmlns:scte214="urn:scte:dash:scte214-extensions"')
  })

  it('alone is a codec like others', async () => {
    const { hls, dash } = await said(picture({ codec: 'dvh1.05.06', videoRange: 'PQ' }))
    expect(hls('STREAM-INF')[0]).toContain('CODECS="dvh1.05.06",')
    expect(dash('supplemental')).toEqual([])
  })
})

describe('the shape of pictures', () => {
  it('is the one they are shown in', async () => {
    const { hls, dash } = await said(
      picture({ width: 1440, height: 1080, pixelAspect: [4, 3], interlaced: true }),
    )
    expect(hls('STREAM-INF')[0]).toContain('RESOLUTION=1920x1080')
    expect(dash('<Representation')[0]).toContain('width="1440" height="1080" sar="4:3"')
    expect(dash('<Representation')[0]).toContain('scanType="interlaced"')
  })
})

describe('sound', () => {
  const dolby = 'tag:dolby.com,2014:dash:audio_channel_configuration:2011'
  const objects = 'tag:dolby.com,2018:dash:EC3_ExtensionType:2018'
  const configuration = 'AudioChannelConfiguration'

  it('of Dolby Atmos is a group and a set of its own, and says its objects', async () => {
    const bed = { codec: 'ec-3', channels: 6, channelLayout: 6, dolbyChannels: 0xf801 }
    const { hls, dash } = await said(
      picture({}),
      sound({ ...bed, jointObjects: 16 }),
      sound(bed, { id: 'audio-2' }),
      sound({}, { id: 'audio-3' }),
    )
    expect(
      hls('TYPE=AUDIO').map((line) => /GROUP-ID="([^"]+)".*CHANNELS="([^"]+)"/.exec(line)?.slice(1)),
    ).toEqual([
      ['audio-ec-3-16-joc', '16/JOC'],
      ['audio-ec-3-6', '6'],
      ['audio-mp4a.40-2', '2'],
    ])
    expect(dash('<AdaptationSet')).toHaveLength(4)
    expect(dash('EC3_Extension')).toEqual([
      property('SupplementalProperty', objects, 'JOC'),
      property('SupplementalProperty', 'tag:dolby.com,2018:dash:EC3_ExtensionComplexityIndex:2018', '16'),
    ])
    expect(dash(configuration)).toEqual([
      property(configuration, dolby, 'F801'),
      cicp(configuration, 'ChannelConfiguration', 6),
      property(configuration, dolby, 'F801'),
      cicp(configuration, 'ChannelConfiguration', 6),
      cicp(configuration, 'ChannelConfiguration', 2),
    ])
  })

  it.each<[string, Partial<TrackConfig>, string[]]>([
    ['stereo', { channels: 2 }, [cicp(configuration, 'ChannelConfiguration', 2)]],
    ['7.1', { channels: 8 }, [cicp(configuration, 'ChannelConfiguration', 12)]],
    [
      '7.1 with five in front',
      { channels: 8, channelLayout: 7 },
      [cicp(configuration, 'ChannelConfiguration', 7)],
    ],
    ['corners', { channels: 4, channelLayout: 10 }, [cicp(configuration, 'ChannelConfiguration', 10)]],
    [
      'a count alone',
      { codec: 'opus', channels: 9 },
      [property(configuration, 'urn:mpeg:dash:23003:3:audio_channel_configuration:2011', '9')],
    ],
    [
      'places of Dolby no index stands for',
      { codec: 'ec-3', channels: 7, channelLayout: 0, dolbyChannels: 0xf809 },
      [property(configuration, dolby, 'F809')],
    ],
    [
      'mono of Dolby',
      { codec: 'ac-3', channels: 1, channelLayout: 1, dolbyChannels: 0x4000 },
      [property(configuration, dolby, '4000'), cicp(configuration, 'ChannelConfiguration', 1)],
    ],
  ])('in %s says where it is heard', async (_name, config, expected) => {
    expect((await said(sound(config))).dash(configuration)).toEqual(expected)
  })

  it('for those who see or hear badly says so', async () => {
    const { hls, dash } = await said(
      picture({}),
      sound({}, { roles: ['main'], language: 'en' }),
      sound({}, { id: 'audio-2', roles: ['description'], language: 'en' }),
      sound({}, { id: 'audio-3', roles: ['enhanced-audio-intelligibility'], language: 'en' }),
    )
    expect(hls('CHARACTERISTICS').map((line) => /CHARACTERISTICS="([^"]+)"/.exec(line)?.[1])).toEqual([
      'public.accessibility.describes-video',
      'public.accessibility.enhances-speech-intelligibility',
    ])
    expect(dash('AudioPurposeCS')).toEqual([
      property('Accessibility', 'urn:tva:metadata:cs:AudioPurposeCS:2007', '1'),
      property('Accessibility', 'urn:tva:metadata:cs:AudioPurposeCS:2007', '2'),
    ])
    expect(dash('<Role').filter((line) => line.includes('description'))).toHaveLength(1)
  })
})

describe('captions in the pictures', () => {
  const services = [
    { id: 'CC1', language: 'en' },
    { id: 'CC3', language: 'sv' },
    { id: 'SERVICE1', language: 'en' },
  ]

  it('are offered by every variant, though some of them were silent where they were looked into', async () => {
    const { hls, dash } = await said(
      picture({}, { captions: services.slice(0, 1) }),
      picture({ width: 640, height: 360 }, { id: 'video-2', captions: services }),
      picture({ width: 320, height: 180 }, { id: 'video-3' }),
      sound({}),
    )
    expect(hls('CLOSED-CAPTIONS,')).toEqual([
      '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="captions",NAME="en",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,INSTREAM-ID="CC1"',
      '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="captions",NAME="sv",LANGUAGE="sv",DEFAULT=NO,AUTOSELECT=YES,INSTREAM-ID="CC3"',
      '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="captions",NAME="en SERVICE1",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=NO,INSTREAM-ID="SERVICE1"',
    ])
    expect(hls('CLOSED-CAPTIONS="captions"')).toHaveLength(3)
    expect(hls('#EXT-X-VERSION')).toEqual(['#EXT-X-VERSION:7'])
    expect(dash('Accessibility')).toEqual([
      property('Accessibility', 'urn:scte:dash:cc:cea-608:2015', 'CC1=eng;CC3=swe'),
      property('Accessibility', 'urn:scte:dash:cc:cea-708:2015', '1=lang:eng'),
    ])
  })

  it('come back from the MPD as they were', async () => {
    const { mpd } = await said(picture({}, { captions: services.slice(1) }))
    const root = readXml(mpd).root
    const sets = root.children.flatMap((period) => ('children' in period ? period.children : []))
    expect(captionServices(sets.filter((set) => 'name' in set))).toMatchObject({
      swe: { instreamId: 'CC3' },
      eng: { instreamId: 'SERVICE1' },
    })
  })

  it('in no known language are offered by their ids', async () => {
    const { hls, dash } = await said(picture({}, { captions: [{ id: 'CC1' }, { id: 'CC3' }] }))
    expect(hls('CLOSED-CAPTIONS,').map((line) => /NAME="([^"]+)"/.exec(line)?.[1])).toEqual(['CC1', 'CC3'])
    expect(dash('cea-608')[0]).toContain('"CC1=und;CC3=und"')
  })

  it('are said not to be where none were found', async () => {
    const { hls, dash } = await said(picture({}), sound({}))
    expect(hls('CLOSED-CAPTIONS=NONE')).toHaveLength(1)
    expect(dash('Accessibility')).toEqual([])
  })
})

describe('pictures without sound', () => {
  const small = { width: 640, height: 360 }
  const ladder = [
    picture({}),
    picture(small, { id: 'video-2', bandwidth: { peak: 1_000_000, average: 900_000 } }),
  ]
  const variants = (lines: readonly string[]): (string | undefined)[][] =>
    lines.map((line) => [
      /SCORE=([\d.]+)/.exec(line)?.[1],
      /[^-]BANDWIDTH=(\d+)/.exec(line)?.[1],
      /CODECS="([^"]+)"/.exec(line)?.[1],
      /AUDIO="([^"]+)"/.exec(line)?.[1],
    ])

  it('stand behind those with it where some players know none of the sound, and below them', async () => {
    const { hls } = await said(...ladder, sound({ codec: 'ac-3', channels: 6 }))
    expect(variants(hls('EXT-X-STREAM-INF'))).toEqual([
      ['3', '3128000', 'avc1.64001f,ac-3', 'audio-ac-3-6'],
      ['2', '1128000', 'avc1.64001f,ac-3', 'audio-ac-3-6'],
      ['0.666667', '3128000', 'avc1.64001f', undefined],
      ['0.333333', '1128000', 'avc1.64001f', undefined],
    ])
  })

  it('are not offered where there is sound that every player knows', async () => {
    const { hls } = await said(...ladder, sound({ codec: 'ac-3', channels: 6 }), sound({}, { id: 'audio-2' }))
    expect(variants(hls('EXT-X-STREAM-INF')).every(([score, , , group]) => !score && group)).toBe(true)
  })

  it('are not made of sound without pictures', async () => {
    const { hls } = await said(sound({ codec: 'ac-3', channels: 6 }))
    expect(hls('EXT-X-STREAM-INF')).toHaveLength(1)
  })
})
