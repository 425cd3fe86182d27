/** Subtitles from upload to segment: whatever form they come in, the form a player wants goes out. */
import { describe, expect, it } from 'vitest'
import { writeStpp } from '../../../lib/formats/isobmff/stpp.ts'
import { writeWvtt } from '../../../lib/formats/isobmff/wvtt.ts'
import { type WvttCue, writeWvttSample } from '../../../lib/formats/isobmff/wvtt-sample.ts'
import { readWebVtt } from '../../../lib/formats/webvtt/read.ts'
import type { Track } from '../../../lib/timeline/timeline.ts'
import { checkCmafTrack } from '../../judges/cmaf/rules.ts'
import { corpusMissing } from '../../judges/corpus.ts'
import { checkMpd } from '../../judges/dash/rules.ts'
import { checkMediaPlaylist, checkMultivariant } from '../../judges/hls/rules.ts'
import { validateMpd } from '../../judges/xsd.ts'
import { bytesSource } from '../films/films.ts'
import { type MadeTrack, makeFilm } from '../films/make-film.ts'
import { type Sidecar, type TextHouse, textHouse } from './house.ts'
import { boxBytes, type MadeText, makeTexts } from './make-texts.ts'

const pictures: MadeTrack = {
  type: 'video',
  timescale: 12_800,
  samples: Array.from({ length: 750 }, (_, i) => ({ size: 500, duration: 512, sync: i % 50 === 0 })),
}
const sound: MadeTrack = {
  type: 'audio',
  timescale: 48_000,
  samples: Array.from({ length: 1410 }, () => ({ size: 60, duration: 1024 })),
}
/** 30 s of pictures in five segments of 6 s, 30.08 s of sound. */
const film = bytesSource(makeFilm([pictures, sound]))
const withTexts = (...texts: readonly MadeText[]): Promise<TextHouse> =>
  textHouse(film, [], [bytesSource(makeTexts(texts), 'texts.mp4')])
const withFile = (
  body: string | Uint8Array,
  name = 'en.vtt',
  facts: Partial<Sidecar> = {},
): Promise<TextHouse> => textHouse(film, [{ name, body, ...facts }])

/** Cues of each segment as HLS gets them. */
async function vttOf(house: TextHouse, { id, segments }: Track): Promise<string[][]> {
  const texts = await Promise.all(
    segments.map(({ number }) => house.text(house.media(id, `${number}.0.vtt`))),
  )
  return texts.map((text) =>
    readWebVtt(text).cues.map((cue) => `${cue.startMs}-${cue.endMs} ${cue.settings ?? ''}|${cue.text}`),
  )
}

/** A track's bytes as DASH gets them, before a judge that shares no code with us. */
async function faultsOf(house: TextHouse, track: Track) {
  const piece = async (file: string) => (await house.get(house.media(track.id, file))).bytes
  const segments: Uint8Array[] = []
  for (const { number } of track.segments) segments.push(await piece(`${number}.0.m4s`))
  const { timescale, language, configs } = track
  return checkCmafTrack({
    init: await piece('i-1.mp4'),
    segments,
    facts: {
      timescale,
      codec: configs[0]?.codec ?? '',
      segments: track.segments,
      ...(language && { language }),
    },
  })
}

const only = ({ texts }: TextHouse): Track => {
  const [track, ...others] = texts
  if (!track || others.length > 0) throw new Error(`expected one text track, got ${texts.length}`)
  return track
}

const tx3gEntry = (flags = '00000000', justification = '01ff') =>
  Buffer.from(
    `0000002e747833670000000000000001${flags}${justification}000000000000000000000000000000000001` +
      '0012ffffffff'.padEnd(12, '0'),
    'hex',
  )
const tx3gSample = (text: string, styles = '') =>
  Buffer.concat([
    Buffer.from([0, Buffer.byteLength(text)]),
    Buffer.from(text),
    Buffer.from(styles.replaceAll(' ', ''), 'hex'),
  ])
const tx3g = (samples: MadeText['samples'], more: Partial<MadeText> = {}): MadeText => ({
  handler: 'sbtl',
  entry: tx3gEntry(),
  samples,
  language: 'deu',
  ...more,
})
const wvtt = (samples: readonly (readonly [readonly WvttCue[], number])[], header = 'WEBVTT'): MadeText => ({
  handler: 'text',
  entry: boxBytes((to) => writeWvtt(to, { header })),
  samples: samples.map(
    ([cues, duration]) => [boxBytes((to) => writeWvttSample(to, cues)), duration] as const,
  ),
})

describe('a file beside the film', () => {
  const body = `WEBVTT

STYLE
::cue { color: lime }

a
00:01.000 --> 00:13.000 line:0
Over two cuts

00:05.000 --> 00:07.000
<b>Both</b>
`
  it('is a track that fills the film, cut where the pictures are', async () => {
    const house = await withFile(body)
    const track = only(house)
    const lead = house.films.timeline.tracks[0]
    expect(track).toMatchObject({
      id: 'text-1',
      type: 'text',
      language: 'en',
      roles: ['subtitle'],
      timescale: 12_800,
      configs: [{ id: '1', codec: 'wvtt' }],
    })
    expect(track.segments.slice(0, 4).map(({ start, duration }) => [start, duration])).toEqual(
      lead?.segments.slice(0, 4).map(({ start, duration }) => [start, duration]),
    )
    const last = track.segments.at(-1)
    expect(((last?.start ?? 0) + (last?.duration ?? 0)) / 12_800).toBeCloseTo(30.08, 3)
    expect(house.films.skipped).toEqual([])
    expect(await faultsOf(house, track)).toEqual([])
  })

  it('is WebVTT in HLS: a cue stands whole in every segment that shows it', async () => {
    const house = await withFile(body)
    expect(await vttOf(house, only(house))).toEqual([
      ['1000-13000 line:0|Over two cuts', '5000-7000 |<b>Both</b>'],
      ['1000-13000 line:0|Over two cuts', '5000-7000 |<b>Both</b>'],
      ['1000-13000 line:0|Over two cuts'],
      [],
      [],
    ])
    expect(await house.text(house.media('text-1', '4.0.vtt'))).toBe(
      'WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\nSTYLE\n::cue { color: lime }\n',
    )
  })

  it('adds nothing to the film: its length, its target duration and its other tracks stay', async () => {
    const [plain, texts] = [await textHouse(film), await withFile(body)]
    const others = (house: TextHouse) => house.films.timeline.tracks.filter(({ type }) => type !== 'text')
    expect(others(texts)).toEqual(others(plain))
    expect(texts.films.durationSeconds).toBe(plain.films.durationSeconds)
    expect(await texts.text('/vod/film/0123456789abcdef/video-1.m3u8')).toBe(
      await plain.text('/vod/film/0123456789abcdef/video-1.m3u8'),
    )
  })

  it('beside sound alone is cut with the sound', async () => {
    const house = await textHouse(bytesSource(makeFilm([sound])), [{ name: 'en.vtt', body }])
    const seconds = only(house).segments.map(({ start, duration }) => (start + duration) / 48_000)
    expect(seconds.at(-1)).toBeCloseTo(30.08, 3)
    expect(seconds[0]).toBeCloseTo(6, 1)
    expect(await faultsOf(house, only(house))).toEqual([])
  })

  it('may be SubRip, in UTF-16', async () => {
    const srt = '\ufeff1\r\n00:00:01,000 --> 00:00:02,000\r\n{\\an8}<i>Olá</i>\r\n'
    const house = await withFile(Buffer.from(srt, 'utf16le'), 'film.pt-BR.forced.srt')
    expect(only(house)).toMatchObject({ language: 'pt-BR', roles: ['forced-subtitle'] })
    expect((await vttOf(house, only(house)))[0]).toEqual(['1000-2000 line:0|<i>Olá</i>'])
    expect(await faultsOf(house, only(house))).toEqual([])
  })

  it('is what asset.json says it is', async () => {
    const facts = { language: 'de', roles: ['caption', 'main'], label: 'Deutsch (Hörgeschädigte)' }
    expect(only(await withFile(body, 'en.vtt', facts))).toMatchObject({
      language: 'de',
      roles: ['caption', 'main'],
      name: 'Deutsch (Hörgeschädigte)',
    })
  })

  it.each([
    ['no WebVTT', 'hello', 'WEBVTT_SIGNATURE', /line 1/],
    ['Latin-1', Buffer.from('WEBVTT\n\n00:01.000 --> 00:02.000\n\xe9', 'latin1'), 'TEXT_ENCODING', /line 4/],
    ['no cues', 'WEBVTT\n', 'TEXT_EMPTY', /expected cues/],
    ['nothing at all', '', 'WEBVTT_SIGNATURE', /line 1/],
    ['cues of another film', 'WEBVTT\n\n01:00.000 --> 01:01.000\na', 'TEXT_CUES_BEYOND', /1 behind/],
    ['11 MB', Buffer.alloc(11 * 2 ** 20), 'TEXT_LARGE', /at most/],
  ])('of %s is left out with a reason, and the film plays', async (_name, bytes, code, reason) => {
    const house = await withFile(bytes)
    expect(house.texts).toEqual([])
    expect(house.films.skipped).toEqual([
      { file: 'vod/film/en.vtt', type: 'text', code, reason: expect.stringMatching(reason) },
    ])
    expect(await house.text('/vod/film/index.m3u8')).not.toContain('SUBTITLES')
  })

  it('with some broken cues plays the others, and says which', async () => {
    const house = await withFile(`${body}\n00:xx --> 00:09.000\nlost\n\n02:00.000 --> 02:01.000\nbeyond\n`)
    expect((await vttOf(house, only(house))).flat()).toHaveLength(5)
    expect(house.films.skipped).toEqual([
      expect.objectContaining({ code: 'TEXT_CUES_BROKEN', reason: expect.stringContaining('line 13: ') }),
      expect.objectContaining({ code: 'TEXT_CUES_BEYOND', reason: expect.stringMatching(/^1 cues/) }),
    ])
  })

  it('that says what another one says is one too many', async () => {
    const house = await textHouse(film, [
      { name: 'en.vtt', body },
      { name: 'copy.en.vtt', body },
      { name: 'de.vtt', body },
    ])
    expect(house.texts.map(({ language }) => language)).toEqual(['en', 'de'])
    expect(house.films.skipped.map(({ code }) => code)).toEqual(['PACKAGING_TEXT_REPEATED'])
  })

  it('of cues that all overlap is refused before it fills the memory', async () => {
    const cues = Array.from(
      { length: 5000 },
      (_, i) => `00:00.${String(i % 1000).padStart(3, '0')} --> 00:30.000\nx`,
    )
    const house = await withFile(`WEBVTT\n\n${cues.join('\n\n')}\n`)
    expect(house.films.skipped.map(({ code }) => code)).toEqual(['TEXT_OVERLAP'])
  })
})

describe('timed text in a film', () => {
  it('is WebVTT with its styles, its edits applied', async () => {
    const bold = '00000016 7374796c 0001 0000 0002 0001 03 12 ffffffff'
    const house = await withTexts(
      tx3g(
        [
          [tx3gSample(''), 2000],
          [tx3gSample('é<a> & b', bold), 3000],
          [tx3gSample('second\n\nline'), 1500],
        ],
        // A second of nothing first, and a second of the media left out.
        {
          edits: [
            { duration: 1000, mediaTime: -1, rate: 0x10000 },
            { duration: 5000, mediaTime: 1000, rate: 0x10000 },
          ],
        },
      ),
    )
    expect(only(house)).toMatchObject({ language: 'de', roles: ['subtitle'] })
    const [first = [], second = []] = await vttOf(house, only(house))
    expect(first).toEqual(['2000-5000 |<b><i>é&lt;</i></b>a&gt; &amp; b', '5000-6000 |second\n&nbsp;\nline'])
    expect(second).toEqual([])
    expect(await faultsOf(house, only(house))).toEqual([])
  })

  it('that is all forced, or at the top, says so', async () => {
    const forced = tx3g([[tx3gSample('a'), 1000]], { entry: tx3gEntry('80000000', '0000') })
    const house = await withTexts(forced)
    expect(only(house).roles).toEqual(['forced-subtitle'])
    expect((await vttOf(house, only(house)))[0]).toEqual(['0-1000 line:0 align:left|a'])
  })

  it('is read with its neighbours, and nothing of what lies far between', async () => {
    const samples = Array.from({ length: 300 }, (_, i) => [tx3gSample(`${i}`), 100] as const)
    const reads: number[] = []
    const bytes = makeTexts([tx3g(samples), tx3g(samples, { language: 'eng' })], 1000)
    const source = {
      ...bytesSource(bytes, 'texts.mp4'),
      read: async (offset: number, length: number) => {
        reads.push(length)
        return bytes.subarray(offset, offset + length)
      },
    }
    const house = await textHouse(film, [], [source])
    expect(house.texts.map(({ language }) => language)).toEqual(['de', 'en'])
    expect(reads.length).toBeLessThan(12)
  })

  it('that is a list of chapters, or of another kind, is left out with a reason', async () => {
    const chap = Buffer.from('00000014747265660000000c6368617000000001', 'hex')
    const house = await withTexts(
      tx3g([[tx3gSample('Chapter 1'), 1000]], { handler: 'text' }),
      tx3g([[tx3gSample('a'), 1000]], { inTrak: chap }),
      {
        handler: 'text',
        entry: boxBytes((to) => to.box('text', () => to.zeros(60))),
        samples: [[Buffer.from('x'), 9]],
      },
      tx3g([[Buffer.from('0009ff', 'hex'), 1000]]),
    )
    expect(house.texts).toHaveLength(1)
    expect(house.films.skipped.map(({ code, trackId, type }) => [code, trackId, type])).toEqual([
      ['MP4_CHAPTERS', 1, 'text'],
      ['MP4_CODEC_UNSUPPORTED', 3, 'text'],
      ['MP4_TX3G_LENGTH', 4, 'text'],
    ])
  })
})

describe('WebVTT in a film', () => {
  it('is put together from its parts, whether they say that they are some or not', async () => {
    const house = await withTexts(
      wvtt(
        [
          [[], 1000],
          [[{ sourceId: 9, id: 'a', settings: 'line:0', text: 'One' }], 3000],
          [[{ sourceId: 9, id: 'a', settings: 'line:0', text: 'One' }, { text: 'Two' }], 4000],
          [[{ text: 'Two' }], 1000],
          [[], 1000],
          [[{ text: 'Two' }], 1000],
        ],
        'WEBVTT\n\nSTYLE\n::cue { color: red }',
      ),
    )
    const texts = await vttOf(house, only(house))
    expect(texts[0]).toEqual(['1000-8000 line:0|One', '4000-9000 |Two'])
    expect(texts[1]).toEqual(['1000-8000 line:0|One', '4000-9000 |Two', '10000-11000 |Two'])
    expect(await house.text(house.media('text-1', '3.0.vtt'))).toContain('::cue { color: red }')
    expect(await faultsOf(house, only(house))).toEqual([])
  })

  it('has times within its texts on the clock of the film', async () => {
    const sung = wvtt([[[{ currentTime: '00:01:00.000', text: 'a <00:01:00.500>b' }], 2000]])
    const shift = {
      edits: [
        { duration: 3000, mediaTime: -1, rate: 0x10000 },
        { duration: 2000, mediaTime: 0, rate: 0x10000 },
      ],
    }
    const house = await withTexts({ ...sung, ...shift })
    expect((await vttOf(house, only(house)))[0]).toEqual(['3000-5000 |a <00:00:03.500>b'])
  })
})

describe('TTML in a film', () => {
  const ttml = 'http://www.w3.org/ns/ttml'
  const documentOf = (text: string, more = '') =>
    Buffer.from(
      `<tt xmlns="${ttml}" xmlns:ttp="${ttml}#parameter" ${more} xml:lang="fr"><body><div><p>${text}</p></div></body></tt>`,
    )
  const stpp = (
    samples: MadeText['samples'],
    entry: Partial<Parameters<typeof writeStpp>[1]> = {},
  ): MadeText => ({
    handler: 'subt',
    language: 'fra',
    entry: boxBytes((to) =>
      writeStpp(to, { namespace: ttml, schemaLocation: '', auxiliaryTypes: '', ...entry }),
    ),
    samples,
  })

  it('stands in every segment it is shown in, and nothing stands where nothing is', async () => {
    const house = await withTexts(
      stpp([
        [documentOf('a'), 8000],
        [documentOf('b'), 7000],
      ]),
    )
    const track = only(house)
    expect(track).toMatchObject({ language: 'fr', configs: [{ codec: 'stpp.ttml.im1t' }] })
    const texts: string[] = []
    for (const { number } of track.segments)
      texts.push(
        [...(await house.text(house.media(track.id, `${number}.0.m4s`))).matchAll(/<p>(.)|<body\/>/g)]
          .map(([, letter]) => letter ?? '-')
          .join(''),
      )
    expect(texts).toEqual(['a', 'ab', 'b-', '-', '-'])
    expect(await faultsOf(house, track)).toEqual([])
    expect((await house.get(house.media(track.id, '1.0.vtt'))).status).toBe(404)
  })

  it.each([
    ['its entry', stpp([[documentOf('a'), 1000]], { mediaType: 'application/ttml+xml;codecs=im2t' }), 'im2t'],
    [
      'its document',
      stpp([[documentOf('a', 'ttp:profile="http://www.w3.org/ns/ttml/profile/imsc1.1/text"'), 1000]]),
      'im2t',
    ],
    [
      'a European document',
      stpp([[documentOf('a', 'ttp:contentProfiles="urn:ebu:tt:distribution:2014-01"'), 1000]]),
      'etd1',
    ],
  ])('has the profile that %s states', async (_name, text, profile) => {
    expect(only(await withTexts(text)).configs[0]?.codec).toBe(`stpp.ttml.${profile}`)
  })

  it.each([
    ['pictures', stpp([[documentOf('a'), 1000]], { auxiliaryTypes: 'image/png' }), 'TEXT_PICTURES'],
    [
      'pictures, as the document says',
      stpp([[documentOf('a', 'ttp:profile="http://www.w3.org/ns/ttml/profile/imsc1/image"'), 1000]]),
      'TEXT_PICTURES',
    ],
    [
      'pictures in its samples',
      {
        ...stpp([[documentOf('a'), 1000]]),
        inTable: Buffer.from('00000010737562730000000000000000', 'hex'),
      },
      'TEXT_PICTURES',
    ],
    ['another language', stpp([[documentOf('a'), 1000]], { namespace: 'urn:other' }), 'TEXT_TTML'],
    ['no XML', stpp([[Buffer.from('<tt'), 1000]]), 'TEXT_TTML'],
    [
      'a clock of its own',
      {
        ...stpp([[documentOf('a'), 1000]]),
        edits: [
          { duration: 500, mediaTime: -1, rate: 0x10000 },
          { duration: 1000, mediaTime: 0, rate: 0x10000 },
        ],
      },
      'TEXT_TTML_SHIFTED',
    ],
  ])('of %s is left out with a reason', async (_name, text, code) => {
    const house = await withTexts(text)
    expect([house.texts, house.films.skipped.map((one) => one.code)]).toEqual([[], [code]])
  })
})

describe('what players are told', () => {
  const srt = '1\n00:00:01,000 --> 00:00:02,000\nx\n'
  const everything = () =>
    textHouse(film, [
      { name: 'de.sdh.srt', body: srt },
      { name: 'en.default.srt', body: srt },
      { name: 'en-forced.srt', body: srt },
      { name: 'film.srt', body: srt },
    ])

  it('keeps the rules of HLS, and names every track with its purpose', async () => {
    const house = await everything()
    const text = await house.text('/vod/film/index.m3u8')
    const media: Record<string, string> = {}
    for (const { id } of house.films.timeline.tracks) {
      const uri = `0123456789abcdef/${id}.m3u8`
      media[uri] = await house.text(`/vod/film/${uri}`)
      expect(checkMediaPlaylist(media[uri])).toEqual([])
    }
    expect(checkMultivariant(text, media)).toEqual([])
    const lines = text.split('\n').filter((line) => line.includes('TYPE=SUBTITLES'))
    const accessible =
      'CHARACTERISTICS="public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound"'
    expect(
      lines.map((line) =>
        line.replace('#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="text",', '').replace(/,URI=.*/, ''),
      ),
    ).toEqual([
      `NAME="de (captions)",LANGUAGE="de",DEFAULT=NO,AUTOSELECT=YES,${accessible}`,
      'NAME="en",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES',
      'NAME="en (forced)",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,FORCED=YES',
      'NAME="text-4",LANGUAGE="und",DEFAULT=NO,AUTOSELECT=YES',
    ])
    expect(text).not.toContain('wvtt')
    expect(media['0123456789abcdef/text-1.m3u8']).not.toContain('EXT-X-MAP')
    expect(media['0123456789abcdef/text-1.m3u8']).toContain('/text-1/5.0.vtt\n')
  })

  it('keeps the schema and the rules of DASH, each text a set of its own', async ({ skip }) => {
    skip(corpusMissing !== undefined, corpusMissing)
    const text = await (await everything()).text('/vod/film/index.mpd')
    expect(await validateMpd(text)).toEqual([])
    expect(checkMpd(text)).toEqual([])
    expect(text.match(/contentType="text" mimeType="application\/mp4"/g)).toHaveLength(4)
    expect(text.match(/role:2011" value="(caption|subtitle|forced-subtitle)"/g)).toHaveLength(4)
  })

  it('is less where the viewer wants less', async () => {
    const house = await everything()
    const english = await house.text('/vod/film/index.m3u8?aws.manifestfilter=subtitle_language:en')
    expect(english.match(/TYPE=SUBTITLES[^\n]*LANGUAGE="en"/g)).toHaveLength(2)
    expect(english.match(/TYPE=SUBTITLES/g)).toHaveLength(2)
    const none = await house.text('/vod/film/index.m3u8?aws.manifestfilter=subtitle_language:xx')
    expect(none).not.toContain('SUBTITLES')
    expect((await house.text('/vod/film/index.mpd?device=phone')).match(/contentType="text"/g)).toHaveLength(
      4,
    )
  })

  it('names TTML in CODECS, and not where WebVTT is beside it', async () => {
    const texts = makeTexts([
      {
        handler: 'subt',
        entry: boxBytes((to) =>
          writeStpp(to, { namespace: 'http://www.w3.org/ns/ttml', schemaLocation: '', auxiliaryTypes: '' }),
        ),
        samples: [[Buffer.from('<tt xmlns="http://www.w3.org/ns/ttml"/>'), 1000]],
      },
    ])
    const alone = await textHouse(film, [], [bytesSource(texts)])
    expect(await alone.text('/vod/film/index.m3u8')).toContain(
      'CODECS="avc1.64001f,mp4a.40.2,stpp.ttml.im1t"',
    )
    expect(await alone.text('/vod/film/0123456789abcdef/text-1.m3u8')).toContain('#EXT-X-MAP:URI=')
    const both = await textHouse(film, [{ name: 'en.srt', body: srt }], [bytesSource(texts)])
    expect(await both.text('/vod/film/index.m3u8')).not.toContain('stpp')
  })

  it('is served as it should be', async () => {
    const house = await everything()
    const path = house.media('text-1', '1.0.vtt')
    const { status, headers, bytes } = await house.get(path)
    expect([status, headers]).toEqual([
      200,
      {
        'content-type': 'text/vtt; charset=utf-8',
        'content-length': `${bytes.length}`,
        etag: '"0123456789abcdef-text-1-1.0.vtt"',
        'accept-ranges': 'bytes',
        'cache-control': 'public, max-age=31536000, immutable',
      },
    ])
    const part = await house.get(path, { range: 'bytes=6-20' })
    expect([part.status, Buffer.from(part.bytes)]).toEqual([206, Buffer.from(bytes.subarray(6, 21))])
    expect((await house.get(path, {}, 'HEAD')).bytes).toHaveLength(0)
    expect((await house.get(house.media('text-1', '1.0.m4s'))).headers['content-type']).toBe(
      'application/mp4',
    )
    for (const none of [house.media('video-1', '1.0.vtt'), house.media('text-1', '9.0.vtt')])
      expect((await house.get(none)).status).toBe(404)
  })
})
