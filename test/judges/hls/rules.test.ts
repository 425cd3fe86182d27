/** The judge itself: a sound playlist passes, and each rule has a playlist that breaks it, and it alone. */
import { describe, expect, it } from 'vitest'
import { checkMediaPlaylist, checkMultivariant } from './rules.ts'

/** A live window that keeps every rule: clocks, a break with its cue, keys, a map, a gap. */
const sound = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-TARGETDURATION:6
#EXT-X-MEDIA-SEQUENCE:10
#EXT-X-DISCONTINUITY-SEQUENCE:2
#EXT-X-MAP:URI="i.mp4",BYTERANGE="700@0"
#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://1",KEYFORMAT="com.apple.streamingkeydelivery",KEYFORMATVERSIONS="1"
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T10:00:00.000Z
#EXT-X-DATERANGE:ID="p",CLASS="programme",START-DATE="2026-11-21T10:00:00Z",END-DATE="2026-11-21T10:30:00Z",DURATION=1800
#EXTINF:6,
10.m4s
#EXTINF:6.006,
11.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="ad.mp4"
#EXT-X-KEY:METHOD=NONE
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T10:00:12.006Z
#EXTINF:5,
#EXT-X-BYTERANGE:1000@0
ad.m4s
#EXTINF:5,
#EXT-X-BYTERANGE:500
ad.m4s
#EXT-X-GAP
#EXTINF:6,
14.m4s
`
const swap = (from: string | RegExp, to: string, text = sound) => {
  const changed = text.replace(from, to)
  if (changed === text) throw new Error(`nothing to replace: ${from}`)
  return changed
}
const rules = (text: string, previous?: string) => [
  ...new Set(checkMediaPlaylist(text, previous === undefined ? {} : { previous }).map(({ rule }) => rule)),
]

/** One second later: the first segment left, one more came. */
const reload = swap('10.m4s\n', '', swap('#EXTINF:6,\n', '', swap('SEQUENCE:10', 'SEQUENCE:11')))
  .replace('10:00:00.000Z', '10:00:06.000Z')
  .concat('#EXTINF:6,\n15.m4s\n')
/** The break itself has left: its tag is counted. */
const later = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:6
#EXT-X-MEDIA-SEQUENCE:13
#EXT-X-DISCONTINUITY-SEQUENCE:3
#EXT-X-MAP:URI="ad.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T10:00:17.006Z
#EXTINF:5,
#EXT-X-BYTERANGE:500@1000
ad.m4s
#EXT-X-GAP
#EXTINF:6,
14.m4s
#EXTINF:6,
15.m4s
`
const vod = swap('#EXTM3U', '#EXTM3U\n#EXT-X-PLAYLIST-TYPE:VOD').concat('#EXT-X-ENDLIST\n')
const event = swap('#EXTM3U', '#EXTM3U\n#EXT-X-PLAYLIST-TYPE:EVENT')

describe('the judge of media playlists', () => {
  it('finds nothing in sound ones, nor between their reloads', () => {
    expect(checkMediaPlaylist(sound)).toEqual([])
    expect(checkMediaPlaylist(vod)).toEqual([])
    expect(checkMediaPlaylist(reload, { previous: sound })).toEqual([])
    expect(checkMediaPlaylist(later, { previous: reload })).toEqual([])
    expect(checkMediaPlaylist(`${event}#EXTINF:6,\n15.m4s\n`, { previous: event })).toEqual([])
    expect(checkMediaPlaylist(vod, { previous: vod })).toEqual([])
  })

  const range = (attributes: string) =>
    swap(/ID="p".*/, `ID="p",START-DATE="2026-11-21T10:00:00Z",${attributes}`)
  // splice_insert of SCTE 35 2023r1, 14.2, and its return to network
  const out =
    '0xFC302F000000000000FFFFF014054800008F7FEFFE7369C02EFE0052CCF500000000000A0008435545490000013562DBA30A'

  it('accepts a whole splice_info_section', () => {
    expect(rules(range(`SCTE35-OUT=${out}`))).toEqual([])
  })

  it.each<[string, string, string]>([
    ['P1', 'no header', swap('#EXTM3U\n', '')],
    ['P1', 'a byte order mark', `\ufeff${sound}`],
    ['P1', 'a control character', swap('11.m4s', '11\u0007.m4s')],
    ['P2', 'a variant among segments', swap('#EXTINF:6,', '#EXT-X-STREAM-INF:BANDWIDTH=1\n#EXTINF:6,')],
    ['P4', 'an attribute twice', swap('METHOD=NONE', 'METHOD=NONE,METHOD=NONE')],
    ['P4', 'an unquoted string', swap('URI="ad.mp4"', 'URI=ad.mp4')],
    ['P4', 'a quoted enumeration', swap('METHOD=SAMPLE-AES,', 'METHOD="SAMPLE-AES",')],
    ['P4', 'a comma at the end', swap('URI="ad.mp4"', 'URI="ad.mp4",')],
    ['P6', 'a version too low', swap('VERSION:6', 'VERSION:5')],
    ['P6', 'no version', swap('#EXT-X-VERSION:6\n', '')],
    ['P6', 'two versions', swap('#EXT-X-VERSION:6', '#EXT-X-VERSION:6\n#EXT-X-VERSION:6')],
    ['M1', 'no target duration', swap('#EXT-X-TARGETDURATION:6\n', '')],
    [
      'M1',
      'two target durations',
      swap('#EXT-X-TARGETDURATION:6', '#EXT-X-TARGETDURATION:6\n#EXT-X-TARGETDURATION:6'),
    ],
    ['M1', 'a fraction', swap('TARGETDURATION:6', 'TARGETDURATION:6.5')],
    ['M1', 'a segment that is too long', swap('TARGETDURATION:6', 'TARGETDURATION:5')],
    ['M2', 'no EXTINF', swap('#EXTINF:6,\n14', '14')],
    ['M2', 'a duration that is none', swap('#EXTINF:6,\n14', '#EXTINF:long,\n14')],
    ['M2', 'EXTINF without a segment', `${sound}#EXTINF:6,\n`],
    [
      'M3',
      'two sequences',
      swap('#EXT-X-MEDIA-SEQUENCE:10', '#EXT-X-MEDIA-SEQUENCE:10\n#EXT-X-MEDIA-SEQUENCE:10'),
    ],
    [
      'M3',
      'a sequence behind segments',
      `${swap('#EXT-X-MEDIA-SEQUENCE:10\n', '')}#EXT-X-MEDIA-SEQUENCE:10\n`,
    ],
    [
      'M4',
      'a discontinuity sequence behind the break',
      swap(
        '14.m4s',
        '14.m4s\n#EXT-X-DISCONTINUITY-SEQUENCE:2',
        swap('#EXT-X-DISCONTINUITY-SEQUENCE:2\n', ''),
      ),
    ],
    ['M6', 'no map', swap('#EXT-X-MAP:URI="i.mp4",BYTERANGE="700@0"\n', '')],
    ['M6', 'a map without URI', swap('URI="i.mp4",', '')],
    ['M6', 'a map range without offset', swap('700@0', '700')],
    ['M7', 'no offset', swap('1000@0', '1000')],
    [
      'M7',
      'an offset left out across resources',
      swap('#EXT-X-BYTERANGE:500\nad.m4s', '#EXT-X-BYTERANGE:500\nother.m4s'),
    ],
    ['M8', 'METHOD=NONE with a URI', swap('METHOD=NONE', 'METHOD=NONE,URI="x"')],
    ['M8', 'no METHOD', swap('METHOD=NONE', 'KEYFORMAT="x"')],
    ['M8', 'an unknown METHOD', swap('METHOD=SAMPLE-AES', 'METHOD=ROT13')],
    ['M8', 'no URI', swap('URI="skd://1",', '')],
    ['M8', 'a short IV', swap('METHOD=SAMPLE-AES,', 'METHOD=SAMPLE-AES,IV=0x01,')],
    ['M8', 'two keys of one format', swap(/(#EXT-X-KEY:METHOD=S.*\n)/, '$1$1')],
    ['M8', 'two methods', swap(/(#EXT-X-KEY:METHOD=S.*\n)/, '$1#EXT-X-KEY:METHOD=AES-128,URI="k"\n')],
    ['M10', 'no milliseconds', swap('10:00:00.000Z', '10:00:00Z')],
    ['M10', 'no zone', swap('10:00:00.000Z', '10:00:00.000')],
    [
      'M10',
      'a clock that runs off',
      swap('#EXTINF:6.006,', '#EXT-X-PROGRAM-DATE-TIME:2026-11-21T10:00:06.010Z\n#EXTINF:6.006,'),
    ],
    ['M11', 'a gap without a segment', `${sound}#EXT-X-GAP\n`],
    ['M11', 'a gap twice', swap('#EXT-X-GAP', '#EXT-X-GAP\n#EXT-X-GAP')],
    ['M11', 'a gap with a value', swap('#EXT-X-GAP', '#EXT-X-GAP:YES')],
    ['M12', 'an unknown type', swap('TYPE:EVENT', 'TYPE:LIVE', event)],
    ['M12', 'two types', swap('TYPE:EVENT', 'TYPE:EVENT\n#EXT-X-PLAYLIST-TYPE:EVENT', event)],
    ['M12', 'two ends', `${vod}#EXT-X-ENDLIST\n`],
    ['M12', 'VOD without end', swap('#EXT-X-ENDLIST\n', '', vod)],
    ['D1', 'no ID', swap('ID="p",', '')],
    ['D1', 'no start', swap(/START-DATE="[^"]*",END-DATE="[^"]*",/, '')],
    ['D1', 'values that differ', swap(/(#EXT-X-DATERANGE.*\n)/, '$1#EXT-X-DATERANGE:ID="p",CLASS="other"\n')],
    ['D2', 'an end before the start', range('END-DATE="2026-11-21T09:00:00Z"')],
    ['D2', 'an end that is not start and duration', swap('DURATION=1800', 'DURATION=1700')],
    ['D2', 'END-ON-NEXT without CLASS', range('END-ON-NEXT=YES')],
    ['D2', 'END-ON-NEXT with DURATION', range('CLASS="a",END-ON-NEXT=YES,DURATION=1')],
    ['D2', 'END-ON-NEXT=NO', range('CLASS="a",END-ON-NEXT=NO')],
    ['D3', 'no clock', sound.replaceAll(/#EXT-X-PROGRAM.*\n/g, '')],
    ['D4', 'bytes that are no section', range('SCTE35-CMD=0xFC00')],
    ['D4', 'a wrong CRC', range(`SCTE35-OUT=${out.slice(0, -1)}B`)],
    ['D4', 'base64', range('SCTE35-CMD=/DAv')],
    ['D4', 'a return without length', range(`SCTE35-IN=${out}`)],
    [
      'D4',
      'a return without its cue',
      swap('SEQUENCE:10', 'SEQUENCE:0', range(`DURATION=1,SCTE35-IN=${out}`)),
    ],
    ['D5', 'an interstitial without asset', range('CLASS="com.apple.hls.interstitial"')],
    [
      'D5',
      'an interstitial with two',
      range('CLASS="com.apple.hls.interstitial",X-ASSET-URI="a",X-ASSET-LIST="b"'),
    ],
    ...[
      'X-RESUME-OFFSET="0"',
      'X-PLAYOUT-LIMIT=-1',
      'X-SNAP="UP"',
      'X-RESTRICT="PAUSE"',
      'CUE="MID"',
      'X-TIMELINE-OCCUPIES="LINE"',
      'X-TIMELINE-STYLE="LOUD"',
      'X-CONTENT-MAY-VARY="MAYBE"',
    ].map((attribute): [string, string, string] => [
      'D5',
      attribute,
      range(`CLASS="com.apple.hls.interstitial",X-ASSET-URI="a",${attribute}`),
    ]),
    ['V10', 'a variable that is not defined', swap('11.m4s', '{$a}.m4s', swap('VERSION:6', 'VERSION:8'))],
    [
      'V10',
      'a name defined twice',
      swap('VERSION:6', 'VERSION:8\n#EXT-X-DEFINE:NAME="a",VALUE=""\n#EXT-X-DEFINE:NAME="a",VALUE=""'),
    ],
    ['V10', 'a definition of nothing', swap('VERSION:6', 'VERSION:8\n#EXT-X-DEFINE:VALUE="a"')],
    ['V10', 'a name without value', swap('VERSION:6', 'VERSION:8\n#EXT-X-DEFINE:NAME="a"')],
    [
      'V11',
      'independent twice',
      swap('#EXT-X-INDEPENDENT-SEGMENTS', '#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-INDEPENDENT-SEGMENTS'),
    ],
    ['V11', 'a start of nowhere', swap('VERSION:6', 'VERSION:6\n#EXT-X-START:PRECISE=YES')],
  ])('finds %s: %s', (rule, _, text) => {
    expect(rules(text)).toContain(rule)
  })

  it.each<[string, string, string, string]>([
    ['M1', 'another target duration', swap('TARGETDURATION:6', 'TARGETDURATION:7', reload), sound],
    ['M3', 'a sequence that falls', swap('SEQUENCE:11', 'SEQUENCE:9', reload), sound],
    ['M3', 'a sequence that grows by too much', swap('SEQUENCE:11', 'SEQUENCE:12', reload), sound],
    [
      'M3',
      'a segment taken away at the end',
      swap(/#EXTINF:6,\n15.m4s\n/, '', swap(/#EXT-X-GAP\n#EXTINF:6,\n14.m4s\n/, '', reload)),
      sound,
    ],
    ['M3', 'a segment of another length', swap('6.006', '6.005', reload), sound],
    ['M3', 'another URI', swap('11.m4s', '11b.m4s', reload), sound],
    [
      'M4',
      'a break that is not counted',
      swap('#EXT-X-DISCONTINUITY-SEQUENCE:3', '#EXT-X-DISCONTINUITY-SEQUENCE:2', later),
      reload,
    ],
    ['M4', 'a break that comes late', swap('#EXT-X-GAP', '#EXT-X-DISCONTINUITY\n#EXT-X-GAP', reload), sound],
    ['M10', 'a clock that jumps', swap('10:00:06.000Z', '10:00:07.000Z', reload), sound],
    ['M12', 'a film that changes', swap('11.m4s', '11b.m4s', vod), vod],
    [
      'M12',
      'an ended one that goes on',
      swap('#EXT-X-ENDLIST', '#EXTINF:6,\n15.m4s\n#EXT-X-ENDLIST', `${sound}#EXT-X-ENDLIST\n`),
      `${sound}#EXT-X-ENDLIST\n`,
    ],
    [
      'M12',
      'an event that loses segments',
      swap('#EXTM3U', '#EXTM3U\n#EXT-X-PLAYLIST-TYPE:EVENT', reload),
      event,
    ],
    ['M12', 'another type', event, sound],
    ['D1', 'a range that changes', swap('DURATION=1800', 'DURATION=1801', reload), sound],
  ])('finds %s between two reloads: %s', (rule, _, text, previous) => {
    expect(rules(text, previous)).toContain(rule)
  })

  it('lets what fills a gap have another name', () => {
    expect(rules(swap('#EXT-X-GAP\n', '', swap('14.m4s', '14-b.m4s', reload)), sound)).toEqual([])
  })
})

const master = `#EXTM3U
#EXT-X-VERSION:8
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-DEFINE:NAME="host",VALUE="a"
#EXT-X-CONTENT-STEERING:SERVER-URI="/s",PATHWAY-ID="A"
#EXT-X-SESSION-DATA:DATA-ID="title",VALUE="Film",LANGUAGE="en"
#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI="skd://1",KEYFORMAT="com.apple.streamingkeydelivery",KEYFORMATVERSIONS="1"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="aac",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="aac.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="ec3",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="6",URI="ec3.m3u8"
#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subs",NAME="Deutsch",LANGUAGE="de",FORCED=NO,URI="subs.m3u8"
#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="CC",INSTREAM-ID="CC1"
#EXT-X-STREAM-INF:BANDWIDTH=3000000,AVERAGE-BANDWIDTH=2000000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=25,VIDEO-RANGE=SDR,AUDIO="aac",SUBTITLES="subs",CLOSED-CAPTIONS="cc",PATHWAY-ID="A",STABLE-VARIANT-ID="1"
v1.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=3000000,AVERAGE-BANDWIDTH=2000000,CODECS="avc1.64001f,ec-3",RESOLUTION=1280x720,FRAME-RATE=25,AUDIO="ec3",SUBTITLES="subs",CLOSED-CAPTIONS="cc",PATHWAY-ID="B",STABLE-VARIANT-ID="1"
v2.m3u8
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=200000,CODECS="avc1.64001f",URI="i.m3u8"
`
const change = (from: string | RegExp, to: string) => swap(from, to, master)
const all = (text: string, media: Readonly<Record<string, string>> = {}) => [
  ...new Set(checkMultivariant(text, media).map(({ rule }) => rule)),
]

describe('the judge of multivariant playlists', () => {
  const iFrames = swap('#EXT-X-TARGET', '#EXT-X-I-FRAMES-ONLY\n#EXT-X-TARGET', vod)

  it('finds nothing in a sound one', () => {
    expect(checkMultivariant(master)).toEqual([])
    expect(checkMultivariant(master, { 'v1.m3u8': vod, 'aac.m3u8': vod, 'i.m3u8': iFrames })).toEqual([])
  })

  it.each<[string, string, string]>([
    ['P2', 'a media playlist', vod],
    ['P2', 'a segment among variants', `${master}#EXTINF:6,\na.ts\n`],
    ['P6', 'a version too low', change('VERSION:8', 'VERSION:7')],
    [
      'P6',
      'a service of CEA-708',
      swap('VERSION:8', 'VERSION:6', change('"CC1"', '"SERVICE1"')).replace(/#EXT-X-DEFINE.*\n/, ''),
    ],
    ['P6', 'a query parameter', change('NAME="host",VALUE="a"', 'QUERYPARAM="host"')],
    ['P6', 'a required layout', change('VIDEO-RANGE=SDR', 'REQ-VIDEO-LAYOUT="CH-STEREO"')],
    ['P6', 'INSTREAM-ID of audio', change('CHANNELS="2"', 'CHANNELS="2",INSTREAM-ID="CC1"')],
    ['P4', 'a resolution that is none', change('RESOLUTION=1280x720', 'RESOLUTION=720p')],
    ['V1', 'no BANDWIDTH', change('BANDWIDTH=3000000,', '')],
    ['V1', 'no CODECS', change('CODECS="avc1.64001f,mp4a.40.2",', '')],
    ['V1', 'no FRAME-RATE', change('FRAME-RATE=25,VIDEO', 'VIDEO')],
    ['V1', 'an average above the peak', change('AVERAGE-BANDWIDTH=2000000', 'AVERAGE-BANDWIDTH=4000000')],
    ['V1', 'no URI', change('v1.m3u8\n', '')],
    ['V1', 'a URI of no variant', change('v1.m3u8\n', 'v1.m3u8\nv0.m3u8\n')],
    ['V2', 'an unknown range', change('VIDEO-RANGE=SDR', 'VIDEO-RANGE=HDR')],
    ['V2', 'an unknown HDCP level', change('VIDEO-RANGE=SDR', 'HDCP-LEVEL=TYPE-9')],
    ['V2', 'no codec of its sound', change('avc1.64001f,mp4a.40.2', 'avc1.64001f')],
    ['V3', 'a group that is none', change('AUDIO="aac"', 'AUDIO="mp3"')],
    ['V3', 'NONE on some', change('CLOSED-CAPTIONS="cc"', 'CLOSED-CAPTIONS=NONE')],
    ['V4', 'no NAME', change('NAME="CC",', '')],
    ['V4', 'an unknown TYPE', change('TYPE=SUBTITLES', 'TYPE=SMELL')],
    ['V4', 'a NAME twice', change(/(#EXT-X-MEDIA:TYPE=SUB.*\n)/, '$1$1')],
    [
      'V4',
      'two defaults',
      change(/(#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="aac",NAME=)"English"(.*\n)/, '$1"a"$2$1"b"$2'),
    ],
    ['V4', 'a default that is no automatic choice', change('AUTOSELECT=YES', 'AUTOSELECT=NO')],
    ['V4', 'captions without channel', change(',INSTREAM-ID="CC1"', '')],
    ['V4', 'captions of no channel', change('"CC1"', '"CC9"')],
    ['V4', 'captions with URI', change('INSTREAM-ID="CC1"', 'INSTREAM-ID="CC1",URI="a"')],
    ['V4', 'subtitles without URI', change(',URI="subs.m3u8"', '')],
    ['V4', 'audio without CHANNELS', change('CHANNELS="2",', '')],
    ['V4', 'forced audio', change('CHANNELS="2"', 'CHANNELS="2",FORCED=NO')],
    [
      'V5',
      'groups with other members',
      change('"ec3",NAME="English",LANGUAGE="en"', '"ec3",NAME="Deutsch",LANGUAGE="de"'),
    ],
    ['V6', 'an I-frame variant without URI', change(',URI="i.m3u8"', '')],
    ['V6', 'an I-frame variant with sound', change(',URI="i.m3u8"', ',AUDIO="aac",URI="i.m3u8"')],
    ['V6', 'an I-frame variant with FRAME-RATE', change(',URI="i.m3u8"', ',FRAME-RATE=1,URI="i.m3u8"')],
    ['V7', 'no DATA-ID', change('DATA-ID="title",', '')],
    ['V7', 'value and URI', change('VALUE="Film"', 'VALUE="Film",URI="a"')],
    ['V7', 'data twice', change(/(#EXT-X-SESSION-DATA.*\n)/, '$1$1')],
    ['V8', 'METHOD=NONE', change(/SESSION-KEY:.*/, 'SESSION-KEY:METHOD=NONE')],
    ['V9', 'steering twice', change(/(#EXT-X-CONTENT-STEERING.*\n)/, '$1$1')],
    ['V9', 'no server', change('SERVER-URI="/s",', '')],
    ['V9', 'a pathway that is none', change('"/s",PATHWAY-ID="A"', '"/s",PATHWAY-ID="C"')],
    [
      'V9',
      'pathways that differ',
      change('PATHWAY-ID="B",STABLE-VARIANT-ID="1"', 'PATHWAY-ID="B",STABLE-VARIANT-ID="2"'),
    ],
    ['V10', 'an import', change('NAME="host",VALUE="a"', 'IMPORT="host"')],
    [
      'V11',
      'start twice',
      change('VERSION:8', 'VERSION:8\n#EXT-X-START:TIME-OFFSET=1\n#EXT-X-START:TIME-OFFSET=1'),
    ],
  ])('finds %s: %s', (rule, _, text) => {
    expect(all(text)).toContain(rule)
  })

  it.each<[string, string, Readonly<Record<string, string>>]>([
    [
      'M4',
      'breaks at other times',
      {
        a: vod.replace('SEQUENCE:10', 'SEQUENCE:0'),
        b: vod.replace('SEQUENCE:10', 'SEQUENCE:0').replace('#EXTINF:6.006', '#EXTINF:3'),
      },
    ],
    ['M10', 'a clock in one only', { a: vod, b: vod.replaceAll(/#EXT-X-PROGRAM.*\n/g, '') }],
    ['M12', 'types that differ', { a: vod, b: sound }],
    [
      'M15',
      'I-frames shown for as long as one picture',
      { 'v1.m3u8': vod, 'i.m3u8': iFrames.replaceAll(/#EXTINF:[\d.]+/g, '#EXTINF:0.04') },
    ],
    ['V6', 'an I-frame playlist with all frames', { 'i.m3u8': vod }],
    ['V6', 'an ordinary one with I-frames only', { 'v1.m3u8': iFrames }],
    [
      'V8',
      'a key format that is not listed',
      { a: vod.replace('com.apple.streamingkeydelivery', 'urn:other') },
    ],
    ['V8', 'a key that differs', { a: vod.replace('KEYFORMATVERSIONS="1"', 'KEYFORMATVERSIONS="2"') }],
    ['V10', 'an import of nothing', { a: vod.replace('#EXTM3U', '#EXTM3U\n#EXT-X-DEFINE:IMPORT="unknown"') }],
  ])('finds %s in its media playlists: %s', (rule, _, media) => {
    expect(all(master, media)).toContain(rule)
  })
})
