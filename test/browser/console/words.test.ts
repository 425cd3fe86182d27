/** What the console says and computes without a browser. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Asset } from '../../../lib/assets/api/schemas.ts'
import type { ErrorEntry } from '../../../lib/errors/area.ts'
import { queryOf, valueOf, withValue } from '../../../web/src/choose/filter-text.ts'
import { offeredBy } from '../../../web/src/choose/renditions.ts'
import { tokensOf } from '../../../web/src/choose/tokens.ts'
import { shownErrors } from '../../../web/src/problems/codes.ts'
import { playerAdvice, whatToDo } from '../../../web/src/problems/what-to-do.ts'
import { panned, showing, ticksOf, type View, zoomed } from '../../../web/src/timeline/view.ts'
import { codecWords } from '../../../web/src/tracks/codec-words.ts'
import { leftOut, outcomeOf } from '../../../web/src/uploads/outcome.ts'
import type { UploadProgress } from '../../../web/src/uploads/progress.ts'

describe('a codec in words', () => {
  it.each([
    ['avc1.640028', 'H.264 High, level 4.0'],
    ['avc1.42c028', 'H.264 Constrained Baseline, level 4.0'],
    ['avc3.4d401e', 'H.264 Main, level 3.0'],
    ['hvc1.2.4.L153.B0', 'HEVC Main 10, level 5.1'],
    ['hev1.1.6.H120.90', 'HEVC Main, level 4.0, High tier'],
    ['av01.0.08M.10', 'AV1 Main, level 4.0, 10 bit'],
    ['vp09.02.51.10', 'VP9 profile 2, level 5.1, 10 bit'],
    ['dvh1.08.07', 'Dolby Vision profile 8, level 7'],
    ['mp4a.40.2', 'AAC-LC'],
    ['mp4a.40.42', 'xHE-AAC'],
    ['mp4a.6B', 'MP3'],
    ['ec-3', 'Dolby Digital Plus (E-AC-3)'],
    ['fLaC', 'FLAC'],
    ['stpp.ttml.im1t', 'TTML (IMSC)'],
    ['abcd.1', 'abcd.1'],
  ])('%s is %s', (codec, words) => expect(codecWords(codec)).toBe(words))
})

describe('what to do', () => {
  it.each(Object.entries<ErrorEntry>(shownErrors))('is said for %s as the table says', (code, entry) => {
    const { text, command, remedy } = whatToDo(code)
    expect([text, command, remedy]).toEqual([entry.advice, entry.command, entry.remedy ?? 'none'])
    expect(text).toMatch(/^[A-Z].{15,}\.$/s)
  })

  it('of a code of another version is to write the film anew', () => {
    for (const code of ['MP4_OF_TOMORROW', 'constructor']) expect(whatToDo(code).command).toContain('ffmpeg')
  })

  it.each([
    ['keySystemNoAccess', /another DRM/],
    ['REQUESTED_KEY_SYSTEM_CONFIG_UNAVAILABLE (6001) ', /another DRM/],
    ['DRM: KeySystem Access Denied! -- NotSupportedError (112)', /another DRM/],
    ['bufferAddCodecError', /lacks a codec/],
    ['manifestIncompatibleCodecsError', /lacks a codec/],
    ['CONTENT_UNSUPPORTED_BY_BROWSER (4032) ', /lacks a codec/],
    ['No streams to play. (32)', /lacks a codec/],
  ])('is said where a player lacks something: %s', (said, advice) => {
    expect(playerAdvice(said)?.text).toMatch(advice)
  })

  it.each(['fragLoadError HTTP 403', 'HTTP_ERROR (1002) https://x/(32', 'keySystemNoKeys'])(
    'is not guessed of %s',
    (said) => expect(playerAdvice(said)).toBeUndefined(),
  )

  it('of what is no MP4 holds for a film in another container and for what is no film', () => {
    expect(whatToDo('MP4_NOT_MP4').text).toMatch(
      /another container: put it into MP4.+archive.+upload the film itself/,
    )
  })

  it('tells a file that is cut off from one that is not MP4, and our fault from theirs', () => {
    expect(whatToDo('MP4_TRUNCATED').text).toContain('cut off')
    expect(whatToDo('MP4_NOT_MP4').command).toContain('-c copy')
    expect(whatToDo('PACKAGING_INTERNAL')).toMatchObject({
      remedy: 'replay',
      command: expect.stringContaining('ingest replay'),
    })
  })
})

describe('what to do about subtitles', () => {
  it.each(['TEXT_ENCODING', 'TEXT_EMPTY', 'SRT_CUES', 'PACKAGING_TEXT_UNSUPPORTED'])(
    'that were left out is about them, not the film: %s',
    (code) => expect(whatToDo(code).text).toMatch(/subtitles/),
  )
})

describe('what became of an upload', () => {
  const completed = { assetId: 'film', key: 'vod/film.mp4', bytes: 1, versionId: 'v2' }
  const sent = (number: number, versionId = 'v2'): UploadProgress => ({
    number,
    name: 'film.mp4',
    bytes: 1,
    sentBytes: 1,
    bytesPerSecond: 0,
    state: 'sent',
    assetId: 'film',
    completed: { ...completed, versionId },
  })
  const asset = (state: Asset['state'], files: Asset['files']): Asset => ({
    id: 'film',
    state,
    progress: 0,
    tracks: [],
    files,
    manifests: { hls: '', dash: '' },
    protected: false,
    updatedAt: '',
  })
  const file = (versionId: string) => [{ key: 'vod/film.mp4', versionId }]

  it.each([
    ['indexing while nobody saw its asset', undefined, 'indexing'],
    ['indexing while its asset is', asset('indexing', file('v2')), 'indexing'],
    ['indexing while an older version is ready', asset('ready', file('v1')), 'indexing'],
    ['ready with its version', asset('ready', file('v2')), 'ready'],
    ['failed with its version', asset('failed', file('v2')), 'failed'],
    ['failed where its asset failed before it took the file', asset('failed', []), 'failed'],
  ])('%s', (_name, of, outcome) => {
    expect(outcomeOf(sent(1), of, [sent(1)])).toBe(outcome)
  })

  it('replaced where the same file was sent once more before it was indexed', () => {
    const list = [sent(2, 'v3'), sent(1)]
    expect(outcomeOf(sent(1), asset('ready', file('v3')), list)).toBe('replaced')
    expect(outcomeOf(sent(2, 'v3'), asset('ready', file('v3')), list)).toBe('ready')
  })
})

describe('what of an upload is not shown', () => {
  const sent: UploadProgress = {
    number: 1,
    name: 'en.srt',
    bytes: 1,
    sentBytes: 1,
    bytesPerSecond: 0,
    state: 'sent',
    assetId: 'film',
    completed: { assetId: 'film', key: 'vod/film/en.srt', bytes: 1, versionId: 'v1' },
  }
  const asset = (more: Partial<Asset>): Asset => ({
    id: 'film',
    state: 'ready',
    progress: 1,
    tracks: [],
    files: [{ key: 'vod/film.mp4' }, { key: 'vod/film/en.srt', versionId: 'v1' }],
    manifests: { hls: '', dash: '' },
    protected: false,
    updatedAt: '',
    ...more,
  })
  const skipped = [
    { file: 'vod/film/de.srt', type: 'text', code: 'SRT_CUES', reason: 'got none' },
    { file: 'vod/film/en.srt', type: 'text', code: 'TEXT_ENCODING', reason: 'save it as UTF-8' },
  ] as const

  it('is what was left out of this very file', () => {
    expect(leftOut(sent, asset({ skipped: [...skipped] }))).toEqual([
      { code: 'TEXT_ENCODING', text: 'save it as UTF-8' },
    ])
  })

  it('is nothing where all of it is', () => {
    expect(leftOut(sent, asset({}))).toEqual([])
    expect(leftOut(sent, undefined)).toEqual([])
  })

  it('depends on asset.json where there is one', () => {
    const files = [{ key: 'vod/film/asset.json' }, { key: 'vod/film/en.srt' }]
    expect(leftOut(sent, asset({ files }))).toEqual([{ text: expect.stringContaining('asset.json names') }])
  })
})

describe('the filter as text', () => {
  it('changes one parameter and leaves the rest as it was', () => {
    const filter = 'video_height:720-1080;unknown;audio_language:en,de'
    expect(valueOf(filter, 'audio_language')).toBe('en,de')
    expect(withValue(filter, 'audio_language', 'fr')).toBe('video_height:720-1080;unknown;audio_language:fr')
    expect(withValue(filter, 'audio_language', '')).toBe('video_height:720-1080;unknown')
    expect(withValue('', 'video_codec', 'h264')).toBe('video_codec:h264')
  })

  it('gives back what was put in, whatever else is there', () => {
    const word = fc.stringMatching(/^[a-z_]{1,12}$/)
    const value = fc.stringMatching(/^[a-z0-9,.-]{1,12}$/)
    fc.assert(
      fc.property(fc.string(), word, value, (filter, name, values) => {
        expect(valueOf(withValue(filter, name, values), name)).toBe(values)
      }),
    )
  })

  it('becomes a query that reads as it was written', () => {
    expect(queryOf({ device: '', filter: '' })).toBe('')
    expect(queryOf({ device: 'tv', filter: 'video_height:1-2;audio_language:en,de' })).toBe(
      '?device=tv&aws.manifestfilter=video_height:1-2;audio_language:en,de',
    )
    const odd = 'a&b=c#d %'
    expect(new URLSearchParams(queryOf({ device: '', filter: odd })).get('aws.manifestfilter')).toBe(odd)
  })
})

describe('what a playlist offers', () => {
  it('is named by its URIs, each once', () => {
    const playlist =
      '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,NAME="a",URI="v/audio-1.m3u8"\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv/video-1.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2\nv/video-1.m3u8\n'
    expect(offeredBy(playlist, 'https://play.example/vod/film/index.m3u8?device=tv')).toEqual([
      { id: 'audio-1', url: 'https://play.example/vod/film/v/audio-1.m3u8' },
      { id: 'video-1', url: 'https://play.example/vod/film/v/video-1.m3u8' },
    ])
  })
})

describe('the colours of a manifest', () => {
  const words = (text: string) => tokensOf(text).map(({ from, to, kind }) => [kind, text.slice(from, to)])

  it('follow the lines of a playlist', () => {
    expect(words('#EXTM3U\n#EXT-X-MAP:URI="i.mp4",BYTERANGE="1@2"\n0.m4s\n')).toEqual([
      ['tag', '#EXTM3U'],
      ['tag', '#EXT-X-MAP'],
      ['name', 'URI'],
      ['value', '"i.mp4"'],
      ['name', 'BYTERANGE'],
      ['value', '"1@2"'],
      ['uri', '0.m4s'],
    ])
  })

  it('follow the tags of an MPD', () => {
    expect(words('<MPD type="static">\n<S t="0"/></MPD>')).toEqual([
      ['tag', '<MPD'],
      ['name', 'type'],
      ['value', '"static"'],
      ['tag', '<S'],
      ['name', 't'],
      ['value', '"0"'],
      ['tag', '</MPD'],
    ])
  })

  it('lie in the text, in order, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `#EXTM3U\n${text}`),
        ),
        (text) => {
          let at = 0
          for (const { from, to } of tokensOf(text)) {
            expect(from).toBeGreaterThanOrEqual(at)
            expect(to).toBeGreaterThan(from)
            at = to
          }
          expect(at).toBeLessThanOrEqual(text.length)
        },
      ),
    )
  })
})

describe('the view of a timeline', () => {
  const whole: View = { from: 0, to: 100 }

  it('zooms around a place that stays where it is', () => {
    const near = zoomed(whole, 4, { at: 20, of: 100 })
    expect(near).toEqual({ from: 15, to: 40 })
    expect(zoomed(near, 1 / 4, { at: 20, of: 100 })).toEqual(whole)
  })

  it('never leaves the timeline', () => {
    const number = fc.double({ min: -1000, max: 1000, noNaN: true })
    const steps = fc.array(fc.tuple(fc.constantFrom('zoom', 'pan', 'show'), number, number), {
      maxLength: 20,
    })
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1e5, noNaN: true }), steps, (duration, all) => {
        let view: View = { from: 0, to: duration }
        for (const [kind, a, b] of all) {
          if (kind === 'pan') view = panned(view, a, duration)
          else if (kind === 'show') view = showing(view, { from: a, to: a + Math.abs(b) }, duration)
          else view = zoomed(view, 0.01 + Math.abs(a), { at: b, of: duration })
          expect(view.from).toBeGreaterThanOrEqual(0)
          expect(view.to).toBeLessThanOrEqual(duration * (1 + 1e-9))
          expect(view.to).toBeGreaterThan(view.from)
        }
      }),
    )
  })

  it('moves no more than is needed to show a segment', () => {
    const view = { from: 10, to: 20 }
    expect(showing(view, { from: 12, to: 14 }, 100)).toEqual(view)
    expect(showing(view, { from: 22, to: 24 }, 100)).toEqual({ from: 14.5, to: 24.5 })
    expect(showing(view, { from: 4, to: 6 }, 100)).toEqual({ from: 3.5, to: 13.5 })
  })

  it('has as many ticks as there is room for, at round times', () => {
    expect(ticksOf({ from: 0, to: 30 }, 8)).toEqual([0, 5, 10, 15, 20, 25, 30])
    expect(ticksOf({ from: 61, to: 62 }, 8)).toHaveLength(6)
    expect(ticksOf({ from: 0, to: 1e6 }, 4).length).toBeLessThanOrEqual(5)
  })
})
