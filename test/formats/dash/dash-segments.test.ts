import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeadendError } from '../../../lib/errors.ts'
import { dashSegments } from '../../../lib/formats/dash/dash-segments.ts'
import type { Mpd } from '../../../lib/formats/dash/mpd.ts'
import { printMpd } from '../../../lib/formats/dash/print-mpd.ts'
import { readMpd } from '../../../lib/formats/dash/read-mpd.ts'
import { type ListOptions, segmentsOf } from '../../../lib/formats/dash/segments-of.ts'
import { resolveUrl } from '../../../lib/formats/dash/url.ts'
import { fillTemplate } from '../../../lib/formats/dash/url-template.ts'
import { writeXml } from '../../../lib/formats/xml/tree.ts'
import { corpusFiles, corpusMissing, corpusText } from '../../judges/corpus.ts'
import { treeOf } from '../../judges/xml-tree.ts'
import { outcomes } from '../outcomes.ts'

const mpd = (inside: string, attributes = 'mediaPresentationDuration="PT16S"') =>
  `<MPD ${attributes}><Period>${inside}</Period></MPD>`

const set = (inside: string) =>
  `<AdaptationSet mimeType="video/mp4"><Representation id="v" bandwidth="900">${inside}</Representation></AdaptationSet>`

const period = (attributes: string) =>
  `<Period ${attributes}>${set('<SegmentTemplate media="$Number$" duration="5"/>')}</Period>`

/** `[uri, start, duration]` of every segment. */
const listed = (text: string, options: ListOptions = {}) =>
  segmentsOf(readMpd(text), options).flatMap(({ segments }) =>
    segments.map(({ uri, startSeconds, durationSeconds }) => [uri, startSeconds, durationSeconds]),
  )

describe('segments of an MPD', () => {
  it.each<[string, string, unknown[]]>([
    [
      'a template with numbers and a length',
      set(
        '<SegmentTemplate media="$RepresentationID$-$Bandwidth$-$Number%03d$" timescale="10" duration="60" startNumber="5"/>',
      ),
      [
        ['v-900-005', 0, 6],
        ['v-900-006', 6, 6],
        ['v-900-007', 12, 4],
      ],
    ],
    [
      'endNumber',
      set('<SegmentTemplate media="$Number$" duration="6" endNumber="2"/>'),
      [
        ['1', 0, 6],
        ['2', 6, 10],
      ],
    ],
    [
      'a timeline with times, an offset and repeats',
      set(
        '<SegmentTemplate media="$Time$" timescale="10" presentationTimeOffset="100"><SegmentTimeline>' +
          '<S t="100" d="60" r="1"/><S d="40"/></SegmentTimeline></SegmentTemplate>',
      ),
      [
        ['100', 0, 6],
        ['160', 6, 6],
        ['220', 12, 4],
      ],
    ],
    [
      'a repeat up to the next S',
      set(
        '<SegmentTemplate media="$Number$"><SegmentTimeline><S t="0" d="4" r="-1"/><S t="12" d="2"/>' +
          '</SegmentTimeline></SegmentTemplate>',
      ),
      [
        ['1', 0, 4],
        ['2', 4, 4],
        ['3', 8, 4],
        ['4', 12, 2],
      ],
    ],
    [
      'a repeat up to the end of the Period',
      set(
        '<SegmentTemplate media="$Number$" presentationTimeOffset="100"><SegmentTimeline><S t="100" d="6" r="-1"/>' +
          '</SegmentTimeline></SegmentTemplate>',
      ),
      [
        ['1', 0, 6],
        ['2', 6, 6],
        ['3', 12, 6],
      ],
    ],
    [
      'a list with a length',
      set('<SegmentList duration="8"><SegmentURL media="a"/><SegmentURL media="b"/></SegmentList>'),
      [
        ['a', 0, 8],
        ['b', 8, 8],
      ],
    ],
    [
      'a list with a timeline',
      set(
        '<SegmentList><SegmentTimeline><S d="5" r="2"/></SegmentTimeline><SegmentURL media="a"/><SegmentURL media="b"/></SegmentList>',
      ),
      [
        ['a', 0, 5],
        ['b', 5, 5],
      ],
    ],
    ['a single resource', set('<BaseURL>a.mp4</BaseURL><SegmentBase/>'), [['a.mp4', 0, 16]]],
    ['nothing but a URL', set('<BaseURL>a.vtt</BaseURL>'), [['a.vtt', 0, 16]]],
    [
      'attributes of the levels above',
      '<SegmentTemplate timescale="2" duration="16"/><AdaptationSet mimeType="video/mp4"><SegmentTemplate media="$Number$"/>' +
        '<Representation id="v"><SegmentTemplate startNumber="0"/></Representation></AdaptationSet>',
      [
        ['0', 0, 8],
        ['1', 8, 8],
      ],
    ],
  ])('%s', (_, inside, expected) => {
    expect(listed(mpd(inside))).toEqual(expected)
  })

  it('places Periods one behind the other', () => {
    const text = `<MPD mediaPresentationDuration="PT30S">${period('duration="PT10S"')}${period('')}${period('start="PT20S"')}</MPD>`
    expect(listed(text).map(([, start]) => start)).toEqual([0, 5, 10, 15, 20, 25])
  })

  it('counts live segments by the clock, within the time shift buffer', () => {
    const text = mpd(
      set('<SegmentTemplate media="$Number$" duration="2"/>'),
      'type="dynamic" availabilityStartTime="2026-01-01T00:00:00Z" timeShiftBufferDepth="PT6S"',
    )
    expect(listed(text, { nowMs: Date.UTC(2026, 0, 1, 0, 0, 21) }).map(([uri]) => uri)).toEqual([
      '8',
      '9',
      '10',
    ])
    expect(listed(text)).toEqual([])
  })

  it('resolves URLs, relative ones too', () => {
    const text =
      '<MPD mediaPresentationDuration="PT2S"><BaseURL>media/</BaseURL><Period><BaseURL>p/</BaseURL>' +
      `${set('<BaseURL>../v/</BaseURL><SegmentTemplate media="$Number$.m4s" initialization="/i.mp4" duration="2"/>')}</Period></MPD>`
    const resolved = (options: ListOptions) =>
      segmentsOf(readMpd(text), options).flatMap(({ segments }) =>
        segments.map(({ resolvedUri, init }) => [resolvedUri, init?.resolvedUri]),
      )
    expect(resolved({})).toEqual([['media/v/1.m4s', '/i.mp4']])
    expect(resolved({ baseUrl: 'https://a.example/x/y.mpd?z' })).toEqual([
      ['https://a.example/x/media/v/1.m4s', 'https://a.example/i.mp4'],
    ])
  })

  it('lists a Representation once for each of its locations', () => {
    const text = mpd(
      '<BaseURL serviceLocation="a">https://a.example/</BaseURL><BaseURL serviceLocation="b">https://b.example/</BaseURL>' +
        set('<SegmentTemplate media="$Number$" duration="16"/>'),
    )
    const found = segmentsOf(readMpd(text)).map(({ serviceLocation, segments }) => [
      serviceLocation,
      segments[0]?.resolvedUri,
    ])
    expect(found).toEqual([
      ['a', 'https://a.example/1'],
      ['b', 'https://b.example/1'],
    ])
  })

  it('gives byte ranges of segments, init and index', () => {
    const list = set(
      '<BaseURL>https://a.example/all.mp4</BaseURL><SegmentList duration="16"><Initialization range="0-99"/>' +
        '<SegmentURL mediaRange="100-299"/></SegmentList>',
    )
    expect(segmentsOf(readMpd(mpd(list)))[0]?.segments[0]).toMatchObject({
      resolvedUri: 'https://a.example/all.mp4',
      byteRange: { offset: 100, length: 200 },
      init: { byteRange: { offset: 0, length: 100 } },
    })
    const base = set(
      '<BaseURL>all.mp4</BaseURL><SegmentBase indexRange="100-199"><Initialization range="0-99"/></SegmentBase>',
    )
    const [representation] = segmentsOf(readMpd(mpd(base)))
    expect(representation?.segments).toEqual([])
    expect(representation?.index).toEqual({
      uri: 'all.mp4',
      resolvedUri: 'all.mp4',
      byteRange: { offset: 100, length: 100 },
    })
  })

  it.each([
    [
      'a repeat without end',
      set(
        '<SegmentTemplate media="$Number$"><SegmentTimeline><S d="1" r="999999999"/></SegmentTimeline></SegmentTemplate>',
      ),
      'DASH_SEGMENT_COUNT',
    ],
    [
      'a run of nothing',
      set(
        '<SegmentTemplate media="$Number$"><SegmentTimeline><S d="0" r="-1"/><S t="9007199254740991" d="1"/></SegmentTimeline></SegmentTemplate>',
      ),
      'DASH_SEGMENT_COUNT',
    ],
    [
      'a number past 2^53',
      set('<SegmentTemplate media="$Number$" startNumber="9007199254740993" duration="1"/>'),
      'DASH_ATTRIBUTE',
    ],
    ['a number that is none', set('<SegmentTemplate media="$Number$" duration="6s"/>'), 'DASH_ATTRIBUTE'],
  ])('refuses %s', (_, inside, code) => {
    expect(() => listed(mpd(inside))).toThrow(expect.objectContaining({ name: 'HeadendError', code }))
  })

  it('refuses what is no MPD', () => {
    expect(() => readMpd('<VAST/>')).toThrow(expect.objectContaining({ code: 'DASH_NOT_AN_MPD' }))
    expect(() => readMpd('<MPD mediaPresentationDuration="P1Y"/>')).toThrow(
      expect.objectContaining({ code: 'DASH_ATTRIBUTE' }),
    )
  })
})

describe('a URL template', () => {
  it.each([
    ['$$', '$'],
    ['$Number%5d$', '$Number%5d$'],
    ['$Time%012d$', '000000000090'],
    ['$SubNumber$', '$SubNumber$'],
    ['a$b', 'a$b'],
    ['$RepresentationID%03d$', 'v'],
    ['$Number$$Number$', '77'],
  ])('%s gives %s', (template, filled) => {
    expect(fillTemplate(template, { RepresentationID: 'v', Number: 7, Time: 90, Bandwidth: 5 })).toBe(filled)
  })
})

describe('a relative base', () => {
  it.each([
    ['', 'a/b', 'a/b'],
    ['a/b', 'c', 'a/c'],
    ['a/b/', '../c', 'a/c'],
    ['a/', '../../c', '../c'],
    ['../a/', './c', '../a/c'],
    ['/a/b', 'c?d/../e', '/a/c?d/../e'],
    ['/a/b', '..', '/'],
    ['a/b', '', 'a/b'],
    ['a/', 'https://x.example/', 'https://x.example/'],
    ['https://x.example/a/b', '//y.example/c', 'https://y.example/c'],
    ['urn:a', 'b', 'b'],
  ])('%j with %j is %j', (base, reference, resolved) => {
    expect(resolveUrl(base, reference)).toBe(resolved)
  })
})

describe('what is printed', () => {
  const facts = fc.record({
    offset: fc.integer({ min: 0, max: 1e9 }),
    startNumber: fc.integer({ min: 0, max: 1e6 }),
    steps: fc.array(
      fc.record({ gap: fc.constantFrom(0, 0, 0, 3), duration: fc.integer({ min: 1, max: 4 }) }),
      {
        minLength: 1,
        maxLength: 40,
      },
    ),
  })

  it('lists the segments it was printed from', () => {
    fc.assert(
      fc.property(facts, ({ offset, startNumber, steps }) => {
        let at = offset
        const segments = steps.map(({ gap, duration }) => {
          const start = at + gap
          at = start + duration
          return { start, duration }
        })
        const template = {
          timescale: 8,
          presentationTimeOffset: offset,
          startNumber,
          media: '$Number$-$Time$',
          segments,
        }
        const pictures = {
          id: 0,
          contentType: 'video' as const,
          mimeType: 'video/mp4',
          segmentAlignment: true,
          roles: [],
          representations: [{ id: 'v', bandwidth: 1, template }],
        }
        const whole: Mpd = {
          type: 'static',
          profiles: ['urn:mpeg:dash:profile:isoff-live:2011'],
          minBufferSeconds: 1,
          durationSeconds: (at - offset) / 8,
          periods: [{ id: '0', startSeconds: 2, adaptationSets: [pictures] }],
        }
        const text = printMpd(whole)
        expect(writeXml(readMpd(text).document)).toBe(text)
        expect(listed(text)).toEqual(
          segments.map(({ start, duration }, i) => [
            `${startNumber + i}-${start}`,
            2 + (start - offset) / 8,
            duration / 8,
          ]),
        )
      }),
      { numRuns: 200 },
    )
  })

  it('is read or refused with a code after any change', () => {
    const text = mpd(
      set(
        '<BaseURL>a/</BaseURL><SegmentTemplate media="$Number%05d$" timescale="10" duration="60" startNumber="5">' +
          '<SegmentTimeline><S t="0" d="60" r="2"/></SegmentTimeline></SegmentTemplate>',
      ),
    )
    const seen = outcomes()
    let listedCount = 0
    const change = fc.tuple(
      fc.nat(text.length),
      fc.oneof(fc.constant(0), fc.nat(8)),
      fc.constantFrom('', '<', '"', '&', '/>', '9', '-', '$', '%', ' '),
    )
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), (changes) => {
        const input = changes.reduce(
          (now, [at, length, by]) => now.slice(0, at) + by + now.slice(at + length),
          text,
        )
        seen.count(() => {
          for (const { segments } of dashSegments(input).playlists) listedCount += segments.length
        })
      }),
      { numRuns: 1500, seed: 9 },
    )
    seen.expectBoth(30)
    expect(listedCount).toBeGreaterThan(500)
  })
})

describe.skipIf(corpusMissing !== undefined)(
  `the DASH corpus${corpusMissing ? ` (${corpusMissing})` : ''}`,
  () => {
    const folder = 'standards/dash'
    const expectations = corpusFiles(`${folder}/mpd-parser`, '.expected.json')

    it.each(expectations)('%s is what another parser lists', (file) => {
      const text = corpusText(folder, 'mpd-parser', file.replace('.expected.json', '.mpd'))
      expect(JSON.parse(JSON.stringify(dashSegments(text)))).toEqual(
        JSON.parse(corpusText(folder, 'mpd-parser', file)),
      )
    })

    it.each(corpusFiles(folder, '.mpd'))('%s is listed, or refused with a code', (file) => {
      const text = corpusText(folder, file)
      try {
        const { playlists } = dashSegments(text, {
          nowMs: Date.UTC(2026, 0, 1),
          baseUrl: 'https://a.example/b.mpd',
        })
        const uris = playlists.flatMap(({ segments }) => segments.map(({ resolvedUri }) => resolvedUri))
        expect(uris.filter((uri) => !URL.canParse(uri))).toEqual([])
      } catch (error) {
        expect(error).toBeInstanceOf(HeadendError)
        const isEndless = error instanceof HeadendError && error.code === 'DASH_SEGMENT_COUNT'
        if (!isEndless) expect(treeOf(text)).toBeUndefined()
      }
    })
  },
)
