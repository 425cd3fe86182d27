import { describe, expect, it } from 'vitest'
import type { MediaPlaylist, PlaylistSegment } from '../../../lib/formats/hls/playlist.ts'
import { printMediaPlaylist } from '../../../lib/formats/hls/print-media.ts'
import { checkMediaPlaylist } from '../../judges/hls/rules.ts'

const bare: MediaPlaylist = {
  targetSeconds: 6,
  mediaSequence: 0,
  discontinuitySequence: 0,
  endList: true,
  independentSegments: false,
  segments: [],
}

const one = (segment: Partial<PlaylistSegment>, playlist: Partial<MediaPlaylist> = {}): string =>
  printMediaPlaylist({ ...bare, ...playlist, segments: [{ uri: 'a.ts', seconds: 6, ...segment }] })

describe('a media playlist', () => {
  it('prints a delta update, and says up to where there may be one', () => {
    const text = one(
      { map: { uri: 'i-a.mp4' } },
      { canSkipUntilSeconds: 36, skippedSegments: 20, endList: false },
    )
    expect(text).toBe(
      [
        '#EXTM3U',
        '#EXT-X-VERSION:9',
        '#EXT-X-TARGETDURATION:6',
        '#EXT-X-MEDIA-SEQUENCE:0',
        '#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=36',
        '#EXT-X-SKIP:SKIPPED-SEGMENTS=20',
        '#EXT-X-MAP:URI="i-a.mp4"',
        '#EXTINF:6,',
        'a.ts',
        '',
      ].join('\n'),
    )
    expect(checkMediaPlaylist(text)).toEqual([])
  })

  it('prints the whole of a film', () => {
    const text = printMediaPlaylist({
      ...bare,
      type: 'VOD',
      independentSegments: true,
      start: { offsetSeconds: -12.5, precise: true },
      tags: ['#EXT-X-ALLOW-CACHE:YES'],
      segments: [
        {
          uri: '1.0.m4s',
          seconds: 6,
          map: { uri: 'i-a.mp4' },
          programDateTimeMs: Date.UTC(2026, 10, 21, 10),
        },
        { uri: '2.0.m4s', seconds: 6.006 },
        { uri: '3.0.m4s', seconds: 1 / 3 },
      ],
    })
    expect(text).toBe(
      [
        '#EXTM3U',
        '#EXT-X-VERSION:6',
        '#EXT-X-INDEPENDENT-SEGMENTS',
        '#EXT-X-START:TIME-OFFSET=-12.5,PRECISE=YES',
        '#EXT-X-TARGETDURATION:6',
        '#EXT-X-MEDIA-SEQUENCE:0',
        '#EXT-X-PLAYLIST-TYPE:VOD',
        '#EXT-X-ALLOW-CACHE:YES',
        '#EXT-X-MAP:URI="i-a.mp4"',
        '#EXT-X-PROGRAM-DATE-TIME:2026-11-21T10:00:00.000Z',
        '#EXTINF:6,',
        '1.0.m4s',
        '#EXTINF:6.006,',
        '2.0.m4s',
        '#EXTINF:0.333333,',
        '3.0.m4s',
        '#EXT-X-ENDLIST',
        '',
      ].join('\n'),
    )
    expect(checkMediaPlaylist(text)).toEqual([])
  })

  it('prints every tag in front of a segment in one order', () => {
    const text = one({
      discontinuity: true,
      keys: [
        {
          method: 'SAMPLE-AES',
          uri: 'skd://1',
          keyFormat: 'com.apple.streamingkeydelivery',
          keyFormatVersions: '1',
        },
      ],
      map: { uri: 'all.mp4', byteRange: { offset: 0, length: 700 } },
      programDateTimeMs: 0,
      dateRanges: [
        {
          id: 'break-1',
          class: 'com.example.ad',
          startMs: 0,
          endMs: 30_000,
          durationSeconds: 30,
          plannedDurationSeconds: 30.5,
          cue: 'ONCE',
          attributes: { 'SCTE35-OUT': '0xFC00', 'X-NAME': '"a"' },
        },
        { id: 'programme', class: 'p', startMs: 0, endOnNext: true },
      ],
      bitrate: 800,
      gap: true,
      tags: ['#EXT-X-CUE-OUT:30', '# a comment'],
      byteRange: { offset: 700, length: 1000 },
    })
    expect(text.split('\n').slice(4, -2)).toEqual([
      '#EXT-X-DISCONTINUITY',
      '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://1",KEYFORMAT="com.apple.streamingkeydelivery",KEYFORMATVERSIONS="1"',
      '#EXT-X-MAP:URI="all.mp4",BYTERANGE="700@0"',
      '#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:00.000Z',
      '#EXT-X-DATERANGE:ID="break-1",CLASS="com.example.ad",START-DATE="1970-01-01T00:00:00.000Z",CUE="ONCE",' +
        'END-DATE="1970-01-01T00:00:30.000Z",DURATION=30,PLANNED-DURATION=30.5,SCTE35-OUT=0xFC00,X-NAME="a"',
      '#EXT-X-DATERANGE:ID="programme",CLASS="p",START-DATE="1970-01-01T00:00:00.000Z",END-ON-NEXT=YES',
      '#EXT-X-BITRATE:800',
      '#EXT-X-GAP',
      '#EXT-X-CUE-OUT:30',
      '# a comment',
      '#EXT-X-BYTERANGE:1000@700',
      '#EXTINF:6,',
      'a.ts',
    ])
  })

  it.each<[string, Partial<PlaylistSegment>, Partial<MediaPlaylist>, number | undefined]>([
    ['nothing but whole seconds', {}, {}, undefined],
    ['an IV', { keys: [{ method: 'AES-128', uri: 'k', iv: '0'.repeat(32) }] }, {}, 2],
    ['a fraction', { seconds: 5.5 }, {}, 3],
    ['a byte range', { byteRange: { offset: 0, length: 1 } }, {}, 4],
    ['I-frames', {}, { iFramesOnly: true }, 4],
    ['a key format', { keys: [{ method: 'AES-128', uri: 'k', keyFormat: 'identity' }] }, {}, 5],
    ['a map of I-frames', { map: { uri: 'i' } }, { iFramesOnly: true }, 5],
    ['a map', { map: { uri: 'i' } }, {}, 6],
    ['a variable', {}, { tags: ['#EXT-X-DEFINE:NAME="a",VALUE="b"'] }, 8],
    ['a query parameter', {}, { tags: ['#EXT-X-DEFINE:QUERYPARAM="a"'] }, 11],
  ])('asks for the version %s needs, and no more', (_, segment, playlist, version) => {
    const text = one(segment, playlist)
    expect(text.split('\n').filter((line) => line.startsWith('#EXT-X-VERSION'))).toEqual(
      version === undefined ? [] : [`#EXT-X-VERSION:${version}`],
    )
    expect(checkMediaPlaylist(text).filter(({ rule }) => rule === 'P6')).toEqual([])
  })

  it('ends the keys of a format that is no longer in the list', () => {
    const fairPlay = {
      method: 'SAMPLE-AES',
      uri: 'skd://1',
      keyFormat: 'com.apple.streamingkeydelivery',
    } as const
    const widevine = { method: 'SAMPLE-AES', uri: 'data:1', keyFormat: 'urn:uuid:edef8ba9' } as const
    const text = printMediaPlaylist({
      ...bare,
      segments: [
        { uri: '1.ts', seconds: 6, keys: [fairPlay, widevine] },
        {
          uri: '2.ts',
          seconds: 6,
          keys: [
            { ...fairPlay, uri: 'skd://2' },
            { ...widevine, uri: 'data:2' },
          ],
        },
        { uri: '3.ts', seconds: 6, keys: [fairPlay] },
        { uri: '4.ts', seconds: 6, keys: [] },
      ],
    })
    const lines = text.split('\n').filter((line) => /KEY|ts$/.test(line))
    const words = lines.map((line) => line.replace('#EXT-X-KEY:METHOD=', '').split(',')[0])
    expect(words.join(' ')).toBe(
      'SAMPLE-AES SAMPLE-AES 1.ts SAMPLE-AES SAMPLE-AES 2.ts NONE SAMPLE-AES 3.ts NONE 4.ts',
    )
    expect(checkMediaPlaylist(text)).toEqual([])
  })

  it.each([
    [6.0000004, '6'],
    [5.9999996, '6'],
    [0, '0'],
    [0.000001, '0.000001'],
    [86_400.123456, '86400.123456'],
    [288_288 / 48_000, '6.006'],
  ])('prints %d s as %s', (seconds, printed) => {
    expect(one({ seconds })).toContain(`#EXTINF:${printed},\n`)
  })

  it.each<[string, string, () => string]>([
    ['a quote in a URI attribute', 'HLS_ATTRIBUTE_QUOTE', () => one({ map: { uri: 'a"b' } })],
    ['a line end in an id', 'HLS_ATTRIBUTE_QUOTE', () => one({ dateRanges: [{ id: 'a\nb' }] })],
    ['a line end in a URI', 'HLS_LINE_BREAK', () => one({ uri: 'a\nb' })],
    ['an empty URI', 'HLS_URI_EMPTY', () => one({ uri: '' })],
    ['a URI that is a tag', 'HLS_URI_EMPTY', () => one({ uri: '#EXTINF' })],
    ['no duration', 'HLS_NUMBER_RANGE', () => one({ seconds: Number.NaN })],
    ['a duration below 0', 'HLS_NUMBER_RANGE', () => one({ seconds: -1 })],
    ['half a target duration', 'HLS_NUMBER_RANGE', () => one({}, { targetSeconds: 5.5 })],
    ['a third-party line that is none', 'HLS_LINE_TAG', () => one({ tags: ['x.ts'] })],
    [
      'an attribute that breaks the line',
      'HLS_ATTRIBUTE_NAME',
      () => one({ dateRanges: [{ id: 'a', attributes: { 'X-A': '"\n"' } }] }),
    ],
    ['an IV that is none', 'HLS_KEY_IV', () => one({ keys: [{ method: 'AES-128', uri: 'k', iv: '0x00' }] })],
    ['a year past 9999', 'HLS_DATE_RANGE', () => one({ programDateTimeMs: 1e15 })],
  ])('refuses %s', (_, code, print) => {
    expect(print).toThrow(expect.objectContaining({ name: 'HeadendError', code }))
  })
})
