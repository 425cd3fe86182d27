import { describe, expect, it } from 'vitest'
import type { MultivariantPlaylist } from '../../../lib/formats/hls/playlist.ts'
import { printMultivariantPlaylist } from '../../../lib/formats/hls/print-multivariant.ts'
import { checkMultivariant } from '../../judges/hls/rules.ts'

const whole: MultivariantPlaylist = {
  independentSegments: true,
  sessionKeys: [
    {
      method: 'SAMPLE-AES',
      uri: 'skd://1',
      keyFormat: 'com.apple.streamingkeydelivery',
      keyFormatVersions: '1',
    },
  ],
  media: [
    {
      type: 'AUDIO',
      groupId: 'aac',
      name: 'English',
      language: 'en',
      isDefault: true,
      autoselect: true,
      channels: '2',
      uri: 'a-en.m3u8',
    },
    {
      type: 'SUBTITLES',
      groupId: 'subs',
      name: 'Deutsch',
      language: 'de',
      isDefault: false,
      autoselect: true,
      forced: true,
      characteristics: ['public.accessibility.describes-music-and-sound'],
      uri: 's-de.m3u8',
    },
    {
      type: 'CLOSED-CAPTIONS',
      groupId: 'cc',
      name: 'CC',
      isDefault: false,
      autoselect: false,
      instreamId: 'CC1',
    },
  ],
  variants: [
    {
      uri: 'v.m3u8',
      bandwidth: 3_000_000,
      averageBandwidth: 2_500_000,
      codecs: ['avc1.64001f', 'mp4a.40.2'],
      resolution: { width: 1280, height: 720 },
      frameRate: 30_000 / 1001,
      videoRange: 'SDR',
      hdcpLevel: 'TYPE-0',
      score: 1.5,
      stableVariantId: 'v',
      pathwayId: '.',
      audio: 'aac',
      subtitles: 'subs',
      closedCaptions: 'cc',
    },
  ],
  iFrames: [
    { uri: 'i.m3u8', bandwidth: 200_000, codecs: ['avc1.64001f'], resolution: { width: 1280, height: 720 } },
  ],
}

const withVariant = (change: Partial<MultivariantPlaylist['variants'][number]>): MultivariantPlaylist => ({
  ...whole,
  variants: whole.variants.map((variant) => ({ ...variant, ...change })),
})

describe('a multivariant playlist', () => {
  it('prints every tag with its attributes', () => {
    const text = printMultivariantPlaylist(whole)
    expect(text).toBe(
      [
        '#EXTM3U',
        '#EXT-X-VERSION:5',
        '#EXT-X-INDEPENDENT-SEGMENTS',
        '#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI="skd://1",KEYFORMAT="com.apple.streamingkeydelivery",KEYFORMATVERSIONS="1"',
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="aac",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="a-en.m3u8"',
        '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subs",NAME="Deutsch",LANGUAGE="de",DEFAULT=NO,AUTOSELECT=YES,FORCED=YES,' +
          'CHARACTERISTICS="public.accessibility.describes-music-and-sound",URI="s-de.m3u8"',
        '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="CC",DEFAULT=NO,AUTOSELECT=NO,INSTREAM-ID="CC1"',
        '#EXT-X-STREAM-INF:BANDWIDTH=3000000,AVERAGE-BANDWIDTH=2500000,SCORE=1.5,CODECS="avc1.64001f,mp4a.40.2",' +
          'RESOLUTION=1280x720,HDCP-LEVEL=TYPE-0,VIDEO-RANGE=SDR,STABLE-VARIANT-ID="v",PATHWAY-ID=".",FRAME-RATE=29.970,' +
          'AUDIO="aac",SUBTITLES="subs",CLOSED-CAPTIONS="cc"',
        'v.m3u8',
        '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=200000,CODECS="avc1.64001f",RESOLUTION=1280x720,URI="i.m3u8"',
        '',
      ].join('\n'),
    )
    expect(checkMultivariant(text)).toEqual([])
  })

  it.each<[string, MultivariantPlaylist, number | undefined]>([
    ['nothing new', { ...whole, sessionKeys: [], media: [] }, undefined],
    [
      'a service of CEA-708',
      { ...whole, media: whole.media.map((m) => (m.instreamId ? { ...m, instreamId: 'SERVICE1' } : m)) },
      7,
    ],
    ['a required video layout', withVariant({ requiredVideoLayout: 'CH-STEREO' }), 12],
    ['INSTREAM-ID of audio', { ...whole, media: whole.media.map((m) => ({ ...m, instreamId: 'CC1' })) }, 13],
  ])('asks for the version %s needs', (_, playlist, version) => {
    const found = /#EXT-X-VERSION:(\d+)/.exec(printMultivariantPlaylist(playlist))?.[1]
    expect(found).toBe(version === undefined ? undefined : String(version))
  })

  it('says NONE for captions without quotes', () => {
    expect(printMultivariantPlaylist(withVariant({ closedCaptions: 'NONE' }))).toContain(
      'CLOSED-CAPTIONS=NONE\n',
    )
  })

  it('makes a default rendition an automatic choice', () => {
    const media = whole.media.slice(0, 1).map((rendition) => ({ ...rendition, autoselect: false }))
    expect(printMultivariantPlaylist({ ...whole, media })).toContain('DEFAULT=YES,AUTOSELECT=YES')
  })

  it.each<[string, string, MultivariantPlaylist]>([
    ['half a bit', 'HLS_NUMBER_RANGE', withVariant({ bandwidth: 1.5 })],
    ['no frame rate', 'HLS_NUMBER_RANGE', withVariant({ frameRate: 0 })],
    ['a quote in a group', 'HLS_ATTRIBUTE_QUOTE', withVariant({ audio: 'a"' })],
    ['a negative score', 'HLS_NUMBER_RANGE', withVariant({ score: -1 })],
    ['an empty URI', 'HLS_URI_EMPTY', withVariant({ uri: '' })],
  ])('refuses %s', (_, code, playlist) => {
    expect(() => printMultivariantPlaylist(playlist)).toThrow(
      expect.objectContaining({ name: 'HeadendError', code }),
    )
  })
})
