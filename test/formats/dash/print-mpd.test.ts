import { describe, expect, it } from 'vitest'
import type { AdaptationSet, Mpd, Representation } from '../../../lib/formats/dash/mpd.ts'
import { printMpd } from '../../../lib/formats/dash/print-mpd.ts'
import { corpusMissing } from '../../judges/corpus.ts'
import { checkMpd } from '../../judges/dash/rules.ts'
import { validateMpd } from '../../judges/xsd.ts'

const template = {
  timescale: 90_000,
  presentationTimeOffset: 0,
  startNumber: 1,
  media: '$RepresentationID$/$Number$.m4s',
  initialization: '$RepresentationID$/i.mp4',
  segments: [
    { start: 0, duration: 540_000 },
    { start: 540_000, duration: 540_000 },
    { start: 1_080_000, duration: 360_000 },
  ],
}
const video: Representation = {
  id: 'v1',
  bandwidth: 3_000_000,
  codecs: 'avc1.64001f',
  width: 1280,
  height: 720,
  sar: '1:1',
  frameRate: [30_000, 1001],
  template,
}
const pictures: AdaptationSet = {
  id: 0,
  contentType: 'video',
  mimeType: 'video/mp4',
  segmentAlignment: true,
  startWithSap: 1,
  pixelAspect: '16:9',
  roles: [{ schemeIdUri: 'urn:mpeg:dash:role:2011', value: 'main' }],
  representations: [video],
}
const film: Mpd = {
  type: 'static',
  profiles: ['urn:mpeg:dash:profile:isoff-live:2011'],
  minBufferSeconds: 6,
  durationSeconds: 16,
  periods: [{ id: '0', startSeconds: 0, adaptationSets: [pictures] }],
}

const withSet = (change: Partial<AdaptationSet>): Mpd => ({
  ...film,
  periods: [{ id: '0', startSeconds: 0, adaptationSets: [{ ...pictures, ...change }] }],
})

const withRepresentation = (change: Partial<Representation>): Mpd =>
  withSet({ representations: [{ ...video, ...change }] })

async function judged(mpd: Mpd): Promise<string> {
  const text = printMpd(mpd)
  expect({ text, broken: checkMpd(text) }).toEqual({ text, broken: [] })
  if (corpusMissing === undefined) expect(await validateMpd(text)).toEqual([])
  return text
}

const lines = (text: string, start: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith(start))

describe('an MPD', () => {
  it('prints a film', async () => {
    expect(await judged({ ...film, title: 'Big & small', baseUrls: ['https://a.example/?x=1&y=2'] })).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" type="static" mediaPresentationDuration="PT16S" minBufferTime="PT6S">
  <ProgramInformation>
    <Title>Big &amp; small</Title>
  </ProgramInformation>
  <BaseURL>https://a.example/?x=1&amp;y=2</BaseURL>
  <Period id="0" start="PT0S">
    <AdaptationSet id="0" contentType="video" mimeType="video/mp4" par="16:9" maxWidth="1280" maxHeight="720" maxFrameRate="30000/1001" segmentAlignment="true" startWithSAP="1">
      <Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>
      <Representation id="v1" bandwidth="3000000" codecs="avc1.64001f" width="1280" height="720" sar="1:1" frameRate="30000/1001">
        <SegmentTemplate timescale="90000" presentationTimeOffset="0" startNumber="1" initialization="$RepresentationID$/i.mp4" media="$RepresentationID$/$Number$.m4s">
          <SegmentTimeline>
            <S t="0" d="540000" r="1"/>
            <S d="360000"/>
          </SegmentTimeline>
        </SegmentTemplate>
      </Representation>
    </AdaptationSet>
  </Period>
</MPD>
`,
    )
  })

  it('prints everything the model holds in the order of the schema', async () => {
    const text = await judged({
      type: 'dynamic',
      profiles: ['urn:mpeg:dash:profile:isoff-live:2011'],
      minBufferSeconds: 2.5,
      availabilityStartMs: Date.UTC(2026, 10, 21),
      publishMs: Date.UTC(2026, 10, 21, 10, 0, 0, 500),
      minimumUpdateSeconds: 6,
      timeShiftBufferSeconds: 3723.25,
      suggestedDelaySeconds: 18,
      maxSegmentSeconds: 6.5,
      utcTimings: [{ schemeIdUri: 'urn:mpeg:dash:utc:http-iso:2014', value: 'https://a.example/time' }],
      periods: [
        {
          id: 'p',
          startSeconds: 3600,
          durationSeconds: 16,
          assetIdentifier: { schemeIdUri: 'urn:org:dashif:asset-id:2013', value: 'film', id: 'a' },
          supplemental: [{ schemeIdUri: 'urn:mpeg:dash:period-continuity:2015', value: 'o' }],
          eventStreams: [
            {
              schemeIdUri: 'urn:scte:scte35:2014:xml+bin',
              timescale: 90_000,
              presentationTimeOffset: 5,
              events: [
                {
                  id: 7,
                  presentationTime: 90_000,
                  duration: 2_700_000,
                  xml: '<scte35:Signal><scte35:Binary>/DA=</scte35:Binary></scte35:Signal>',
                },
                { id: 8, presentationTime: 0, messageData: 'a<b' },
              ],
            },
          ],
          adaptationSets: [
            {
              ...pictures,
              label: 'Picture "one"',
              selectionPriority: 2,
              essential: [{ schemeIdUri: 'urn:a:essential' }],
              supplemental: [{ schemeIdUri: 'urn:mpeg:dash:adaptation-set-switching:2016', value: '3' }],
              inbandEvents: [{ schemeIdUri: 'urn:scte:scte35:2013:bin', value: '1' }],
              accessibilities: [{ schemeIdUri: 'urn:scte:dash:cc:cea-608:2015', value: 'CC1=eng' }],
              protections: [
                {
                  schemeIdUri: 'urn:mpeg:dash:mp4protection:2011',
                  value: 'cbcs',
                  defaultKid: '00112233-4455-6677-8899-aabbccddeeff',
                },
                {
                  schemeIdUri: 'urn:uuid:9a04f079-9840-4286-ab92-e65be0885f95',
                  value: 'MSPR 2.0',
                  robustness: '2000',
                  pssh: 'AAAA',
                  pro: 'BBBB',
                  licenceUrl: 'https://a.example/licence?a=1&b=2',
                },
              ],
            },
            {
              id: 1,
              contentType: 'audio',
              mimeType: 'audio/mp4',
              language: 'en',
              segmentAlignment: true,
              roles: [{ schemeIdUri: 'urn:mpeg:dash:role:2011', value: 'main' }],
              representations: [
                {
                  id: 'a1',
                  bandwidth: 128_000,
                  codecs: 'mp4a.40.2',
                  audioSamplingRate: 48_000,
                  audioChannels: [{ schemeIdUri: 'urn:mpeg:mpegB:cicp:ChannelConfiguration', value: '2' }],
                  supplemental: [{ schemeIdUri: 'urn:a:supplemental' }],
                  template: { ...template, media: 'a/$Time$.m4s' },
                },
              ],
            },
          ],
        },
      ],
    })
    expect(lines(text, '<MPD')).toEqual([
      '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" xmlns:cenc="urn:mpeg:cenc:2013" xmlns:mspr="urn:microsoft:playready" ' +
        'xmlns:dashif="https://dashif.org/CPS" xmlns:scte35="http://www.scte.org/schemas/35/2016" ' +
        'profiles="urn:mpeg:dash:profile:isoff-live:2011" type="dynamic" availabilityStartTime="2026-11-21T00:00:00Z" ' +
        'publishTime="2026-11-21T10:00:00.500Z" minimumUpdatePeriod="PT6S" minBufferTime="PT2.5S" ' +
        'timeShiftBufferDepth="PT1H2M3.25S" suggestedPresentationDelay="PT18S" maxSegmentDuration="PT6.5S">',
    ])
    expect(lines(text, '<Period')).toEqual(['<Period id="p" start="PT1H" duration="PT16S">'])
    expect(text).toContain('<Event presentationTime="0" id="8">a&lt;b</Event>')
    expect(text).toContain('<dashif:Laurl>https://a.example/licence?a=1&amp;b=2</dashif:Laurl>')
    expect(lines(text, '<Label')).toEqual(['<Label>Picture "one"</Label>'])
  })

  it('declares no namespace that is not used', () => {
    expect(lines(printMpd(film), '<MPD')[0]).not.toContain('xmlns:')
    const own = '<scte35:Signal xmlns:scte35="urn:a"/>'
    const period = { id: '0', startSeconds: 0, adaptationSets: [] }
    const eventStreams = [
      { schemeIdUri: 'urn:x', timescale: 1, events: [{ id: 1, presentationTime: 0, xml: own }] },
    ]
    expect(lines(printMpd({ ...film, periods: [{ ...period, eventStreams }] }), '<MPD')[0]).not.toContain(
      'xmlns:scte35',
    )
  })

  it('says a template all Representations share once', async () => {
    const small = { ...video, id: 'v2', bandwidth: 1_000_000, width: 640, height: 360 }
    const shared = await judged(withSet({ representations: [video, small] }))
    expect(lines(shared, '<SegmentTemplate')).toHaveLength(1)
    expect(shared.indexOf('<SegmentTemplate')).toBeLessThan(shared.indexOf('<Representation'))
    const shorter = {
      ...template,
      segments: template.segments.slice(0, 2).concat({ start: 1_080_000, duration: 300_000 }),
    }
    const own = await judged(withSet({ representations: [video, { ...small, template: shorter }] }))
    expect(lines(own, '<SegmentTemplate')).toHaveLength(2)
  })

  it('prints a list where no template names the segments', async () => {
    const { media: _, startNumber: __, ...common } = template
    const mpd = {
      ...withSet({
        representations: [{ id: 'v', bandwidth: 1, list: { ...common, media: ['a', 'b&c', 'd'] } }],
      }),
      profiles: ['urn:mpeg:dash:profile:isoff-main:2011'],
    }
    const text = await judged(mpd)
    expect(lines(text, '<SegmentURL')).toEqual([
      '<SegmentURL media="a"/>',
      '<SegmentURL media="b&amp;c"/>',
      '<SegmentURL media="d"/>',
    ])
    expect(lines(text, '<Initialization')).toEqual(['<Initialization sourceURL="$RepresentationID$/i.mp4"/>'])
  })

  it('says how fast a Representation can be played, and whether its pictures need one another', async () => {
    const text = await judged(withRepresentation({ maxPlayoutRate: 24, codingDependency: false }))
    expect(lines(text, '<Representation')[0]).toContain(' maxPlayoutRate="24" codingDependency="false">')
    expect(printMpd(film)).not.toMatch(/maxPlayoutRate|codingDependency/)
  })

  it.each<[string, [number, number][], string[]]>([
    ['one', [[7, 5]], ['<S t="7" d="5"/>']],
    [
      'a run',
      [
        [0, 5],
        [5, 5],
        [10, 5],
      ],
      ['<S t="0" d="5" r="2"/>'],
    ],
    [
      'a change of length',
      [
        [0, 5],
        [5, 4],
        [9, 4],
      ],
      ['<S t="0" d="5"/>', '<S d="4" r="1"/>'],
    ],
    [
      'a gap',
      [
        [0, 5],
        [6, 5],
        [11, 5],
      ],
      ['<S t="0" d="5"/>', '<S t="6" d="5" r="1"/>'],
    ],
    [
      'an overlap',
      [
        [0, 5],
        [4, 5],
      ],
      ['<S t="0" d="5"/>', '<S t="4" d="5"/>'],
    ],
    ['nothing', [], []],
  ])('joins segments: %s', (_, segments, expected) => {
    const text = printMpd(
      withRepresentation({
        template: { ...template, segments: segments.map(([start, duration]) => ({ start, duration })) },
      }),
    )
    expect(lines(text, '<S ')).toEqual(expected)
  })

  it.each([
    [0, 'PT0S'],
    [0.000001, 'PT0.000001S'],
    [59.9999999, 'PT1M'],
    [60, 'PT1M'],
    [3600, 'PT1H'],
    [3661.5, 'PT1H1M1.5S'],
    [90_061.25, 'PT25H1M1.25S'],
  ])('prints %d s as %s', (durationSeconds, printed) => {
    expect(printMpd({ ...film, durationSeconds })).toContain(`mediaPresentationDuration="${printed}"`)
  })

  it.each<[string, string, Mpd]>([
    ['a negative duration', 'DASH_TIME_RANGE', { ...film, durationSeconds: -1 }],
    ['no duration', 'DASH_TIME_RANGE', { ...film, minBufferSeconds: Number.NaN }],
    ['a clock past 9999', 'DASH_TIME_RANGE', { ...film, publishMs: 1e15 }],
    ['half a bit', 'DASH_NUMBER_RANGE', withRepresentation({ bandwidth: 0.5 })],
    [
      'a start that is no whole number',
      'DASH_NUMBER_RANGE',
      withRepresentation({ template: { ...template, segments: [{ start: 0.5, duration: 1 }] } }),
    ],
    [
      'a list with too few URLs',
      'DASH_LIST_LENGTH',
      withSet({ representations: [{ id: 'v', bandwidth: 1, list: { ...template, media: [] } }] }),
    ],
    ['a control character', 'XML_CHARACTER', { ...film, title: '\u0001' }],
  ])('refuses %s', (_, code, mpd) => {
    expect(() => printMpd(mpd)).toThrow(expect.objectContaining({ name: 'HeadendError', code }))
  })
})
