import { describe, expect, it } from 'vitest'
import { type ReadOptions, readPlaylist, writePlaylist } from '../../../lib/formats/hls/read-playlist.ts'
import { identityRewrite } from '../../../lib/formats/hls/rewrite.ts'

function media(text: string, options: ReadOptions = {}) {
  const playlist = readPlaylist(text, options)
  if (playlist.kind !== 'media') throw new Error('expected a media playlist')
  return playlist.media
}

function multivariant(text: string) {
  const playlist = readPlaylist(text)
  if (playlist.kind !== 'multivariant') throw new Error('expected a multivariant playlist')
  return playlist.multivariant
}

const codes = (text: string) => readPlaylist(text).problems.map(({ line, code }) => `${line} ${code}`)

describe('a rewrite that changes nothing', () => {
  it.each([
    ['unknown tags and attributes', '#EXTM3U\n#EXT-X-NEW:A=1,B="x"\n#EXTINF:6,title, with comma\na.ts\n'],
    ['line ends of both kinds', '#EXTM3U\r\n#EXTINF:6,\na.ts\r\n\r\n'],
    ['no line end at the end', '#EXTM3U\n#EXTINF:6,\na.ts'],
    ['white space and comments', '  #EXTM3U  \n\n# hello\n\t#EXTINF:6,\n a.ts \n'],
    ['a byte order mark', '\ufeff#EXTM3U\n#EXTINF:6,\na.ts\n'],
    ['no #EXTM3U', '#EXTINF:6,\na.ts\n'],
    ['variables', '#EXTM3U\n#EXT-X-DEFINE:NAME="a",VALUE="b"\n#EXTINF:6,\n{$a}.ts\n'],
    ['broken attribute lists', '#EXTM3U\n#EXT-X-KEY:METHOD=,,="\n#EXTINF:x\na.ts\n'],
  ])('keeps %s', (_, text) => {
    expect(identityRewrite(text)).toBe(text)
  })

  it.each([
    ['', 'no text'],
    ['hello\nworld\n', '"hello"'],
    ['<?xml version="1.0"?><MPD/>', '"<?xml'],
    ['# comment', '"# comment"'],
  ])('refuses %j', (text, got) => {
    expect(() => identityRewrite(text)).toThrow(expect.objectContaining({ code: 'HLS_NOT_A_PLAYLIST' }))
    expect(() => identityRewrite(text)).toThrow(got)
  })
})

describe('a media playlist that is read', () => {
  it('tells for each segment what is in force', () => {
    const { segments, ...head } = media(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:6
#EXT-X-MEDIA-SEQUENCE:100
#EXT-X-DISCONTINUITY-SEQUENCE:3
#EXT-X-PLAYLIST-TYPE:EVENT
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-START:TIME-OFFSET=-18
#EXT-X-MAP:URI="i.mp4",BYTERANGE="700@0"
#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://1",KEYFORMAT="com.apple.streamingkeydelivery"
#EXT-X-KEY:METHOD=SAMPLE-AES,URI="data:1",KEYFORMAT="urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed"
#EXT-X-BITRATE:800
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T12:00:00.5+02:00
#EXTINF:6.006,first
#EXT-X-BYTERANGE:1000@700
all.mp4
#EXTINF:6,
#EXT-X-BYTERANGE:500
all.mp4
#EXT-X-DISCONTINUITY
#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://2",KEYFORMAT="com.apple.streamingkeydelivery"
#EXT-X-DATERANGE:ID="a",START-DATE="2026-11-21T10:00:12Z",DURATION=30.5,SCTE35-OUT=0xFC00,X-A="b"
#EXT-X-GAP
#EXTINF:5,
b.mp4
#EXT-X-KEY:METHOD=NONE
#EXTINF:5,
c.mp4
`)
    expect(head).toEqual({
      version: 7,
      targetSeconds: 6,
      mediaSequence: 100,
      discontinuitySequence: 3,
      type: 'EVENT',
      endList: false,
      independentSegments: true,
      iFramesOnly: false,
      start: { offsetSeconds: -18, precise: false },
      dateRanges: [
        {
          id: 'a',
          startMs: Date.UTC(2026, 10, 21, 10, 0, 12),
          durationSeconds: 30.5,
          attributes: { 'SCTE35-OUT': '0xFC00', 'X-A': '"b"' },
        },
      ],
    })
    const map = { uri: 'i.mp4', byteRange: { offset: 0, length: 700 } }
    const widevine = {
      method: 'SAMPLE-AES',
      uri: 'data:1',
      keyFormat: 'urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed',
    }
    const fairPlay = { method: 'SAMPLE-AES', uri: 'skd://1', keyFormat: 'com.apple.streamingkeydelivery' }
    expect(segments).toMatchObject([
      {
        uri: 'all.mp4',
        seconds: 6.006,
        title: 'first',
        sequence: 100,
        discontinuity: false,
        byteRange: { offset: 700, length: 1000 },
        map,
        keys: [fairPlay, widevine],
        programDateTimeMs: Date.UTC(2026, 10, 21, 10, 0, 0, 500),
        gap: false,
        bitrate: 800,
      },
      {
        uri: 'all.mp4',
        seconds: 6,
        sequence: 101,
        discontinuity: false,
        byteRange: { offset: 1700, length: 500 },
        map,
        keys: [fairPlay, widevine],
        gap: false,
        bitrate: 800,
      },
      {
        uri: 'b.mp4',
        seconds: 5,
        sequence: 102,
        discontinuity: true,
        map,
        keys: [widevine, { ...fairPlay, uri: 'skd://2' }],
        gap: true,
        bitrate: 800,
      },
      {
        uri: 'c.mp4',
        seconds: 5,
        sequence: 103,
        discontinuity: false,
        map,
        keys: [],
        gap: false,
        bitrate: 800,
      },
    ])
    expect(segments.map(({ lines }) => lines)).toEqual([
      [0, 15],
      [16, 18],
      [19, 24],
      [25, 27],
    ])
  })

  it('replaces variables in URIs and quoted strings', () => {
    const imports = new Map([['host', 'https://example.com']])
    const query = new Map([['token', 'a{$host}b']])
    const { segments } = media(
      `#EXTM3U
#EXT-X-TARGETDURATION:6
#EXT-X-DEFINE:IMPORT="host"
#EXT-X-DEFINE:QUERYPARAM="token"
#EXT-X-DEFINE:NAME="n",VALUE="1"
#EXT-X-MAP:URI="{$host}/i.mp4?t={$token}"
#EXTINF:6,
{$host}/{$n}{$n}.mp4?{$unknown}{x}
`,
      { imports, query },
    )
    expect(segments[0]?.map?.uri).toBe('https://example.com/i.mp4?t=a{$host}b')
    expect(segments[0]?.uri).toBe('https://example.com/11.mp4?{$unknown}{x}')
  })

  it('does not grow without bound by variables', () => {
    const text = `#EXTM3U\n#EXT-X-DEFINE:NAME="a",VALUE="${'x'.repeat(60_000)}"\n${'#EXTINF:6,\n{$a}{$a}{$a}{$a}\n'.repeat(5000)}`
    const { segments } = media(text)
    expect(segments.reduce((sum, { uri }) => sum + uri.length, 0)).toBeLessThan(10_000_000)
    expect(codes(text)).toContainEqual(expect.stringContaining('HLS_VARIABLE_SIZE'))
  })
})

describe('a multivariant playlist that is read', () => {
  it('gives variants, renditions, I-frame variants and keys with their lines', () => {
    const facts = multivariant(`#EXTM3U
#EXT-X-VERSION:6
#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI="skd://1",IV=0x00
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="aac",NAME="English",LANGUAGE="en",DEFAULT=YES,CHANNELS="2",URI="a.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=3000000,AVERAGE-BANDWIDTH=2500000,CODECS="avc1.64001f, mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=29.970,AUDIO="aac",CLOSED-CAPTIONS=NONE,VIDEO-RANGE=PQ
# between them

v.m3u8
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="i.m3u8"
`)
    expect(facts).toEqual({
      version: 6,
      independentSegments: false,
      sessionKeys: [{ line: 2, facts: { method: 'SAMPLE-AES', uri: 'skd://1', iv: '0x00' } }],
      media: [
        {
          line: 3,
          facts: {
            type: 'AUDIO',
            groupId: 'aac',
            name: 'English',
            language: 'en',
            isDefault: true,
            autoselect: true,
            channels: '2',
            uri: 'a.m3u8',
          },
        },
      ],
      variants: [
        {
          line: 4,
          facts: {
            uri: 'v.m3u8',
            bandwidth: 3_000_000,
            averageBandwidth: 2_500_000,
            codecs: ['avc1.64001f', 'mp4a.40.2'],
            resolution: { width: 1280, height: 720 },
            frameRate: 29.97,
            videoRange: 'PQ',
            audio: 'aac',
            closedCaptions: 'NONE',
          },
        },
      ],
      iFrames: [{ line: 8, facts: { uri: 'i.m3u8', bandwidth: 1, codecs: [] } }],
    })
  })
})

describe('faults', () => {
  const head = '#EXTM3U\n#EXT-X-TARGETDURATION:6\n'
  it.each([
    ['#EXTINF:6,\na.ts', ['1 HLS_HEADER_MISSING', '1 HLS_TAG_MISSING']],
    ['\ufeff#EXTM3U\n#EXT-X-TARGETDURATION:6', ['1 HLS_BYTE_ORDER']],
    [`${head}#EXT-X-STREAM-INF:BANDWIDTH=1\na`, ['3 HLS_KIND_MIXED']],
    [`${head}#EXT-X-TARGETDURATION:7`, ['3 HLS_TAG_TWICE']],
    [`${head}#EXT-X-MEDIA-SEQUENCE:x`, ['3 HLS_TAG_VALUE']],
    [`${head}#EXT-X-PLAYLIST-TYPE:LIVE`, ['3 HLS_TAG_VALUE']],
    [`${head}a.ts`, ['3 HLS_EXTINF_MISSING']],
    [`${head}#EXTINF:x,\na.ts`, ['3 HLS_EXTINF_VALUE']],
    [`${head}#EXTINF:6,`, ['3 HLS_URI_MISSING']],
    [`${head}#EXT-X-KEY:METHOD=NONE,METHOD=NONE`, ['3 HLS_ATTRIBUTE_TWICE']],
    [`${head}#EXT-X-KEY:URI="k`, ['3 HLS_ATTRIBUTE_SYNTAX', '3 HLS_ATTRIBUTE_MISSING']],
    [`${head}#EXT-X-KEY:METHOD=NONE,what`, ['3 HLS_ATTRIBUTE_SYNTAX']],
    [`${head}#EXT-X-MAP:BYTERANGE="1@0"`, ['3 HLS_ATTRIBUTE_MISSING']],
    [`${head}#EXT-X-MAP:URI="a",BYTERANGE="x"`, ['3 HLS_BYTERANGE_VALUE']],
    [`${head}#EXT-X-BYTERANGE:5\n#EXTINF:6,\na.ts`, ['3 HLS_BYTERANGE_VALUE']],
    [`${head}#EXT-X-PROGRAM-DATE-TIME:yesterday`, ['3 HLS_DATE_SYNTAX']],
    [`${head}#EXT-X-BITRATE:fast`, ['3 HLS_TAG_VALUE']],
    [`${head}#EXT-X-DATERANGE:START-DATE="2026-01-01T00:00:00Z"`, ['3 HLS_ATTRIBUTE_MISSING']],
    [`${head}#EXT-X-DATERANGE:ID="a",DURATION=long`, ['3 HLS_ATTRIBUTE_NUMBER']],
    [`${head}#EXT-X-DEFINE:NAME="a"`, ['3 HLS_VARIABLE_VALUE']],
    [`${head}#EXT-X-DEFINE:NAME="a b",VALUE="1"`, ['3 HLS_VARIABLE_NAME']],
    [`${head}#EXT-X-DEFINE:NAME="a",VALUE="1"\n#EXT-X-DEFINE:NAME="a",VALUE="1"`, ['4 HLS_VARIABLE_TWICE']],
    [`${head}#EXT-X-DEFINE:VALUE="1"`, ['3 HLS_VARIABLE_DEFINE']],
    [`${head}#EXTINF:6,\n{$a}.ts\n#EXT-X-DEFINE:NAME="a",VALUE="1"`, ['4 HLS_VARIABLE_UNDEFINED']],
    ['#EXTM3U\n#EXT-X-STREAM-INF:CODECS="a"\nb', ['2 HLS_ATTRIBUTE_MISSING']],
    ['#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,RESOLUTION=big\nb', ['2 HLS_ATTRIBUTE_NUMBER']],
    ['#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1', ['2 HLS_URI_MISSING']],
    ['#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na\nb', ['4 HLS_VARIANT_TAG']],
    ['#EXTM3U\n#EXT-X-MEDIA:TYPE=SMELL', ['2 HLS_MEDIA_TYPE']],
    ['#EXTM3U\n#EXT-X-SESSION-KEY:METHOD=NONE', ['2 HLS_KEY_METHOD']],
    ['#EXTM3U\n#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1', ['2 HLS_ATTRIBUTE_MISSING']],
  ])('of %j are listed with their line', (text, expected) => {
    expect(codes(text)).toEqual(expected)
    expect(writePlaylist(readPlaylist(text))).toBe(text)
    const [line, code] = (expected[0] ?? '').split(' ')
    expect(() => readPlaylist(text, { strict: true })).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(`line ${line}: `) }),
    )
  })

  it('are at most a hundred', () => {
    expect(readPlaylist(`#EXTM3U\n${'a.ts\n'.repeat(500)}`).problems).toHaveLength(100)
  })
})
