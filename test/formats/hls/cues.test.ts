/** Cues of playlists in the dialects that are met; vectors of our own, each dialect as its writers describe it. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasCueTags, readPlaylistCues } from '../../../lib/formats/hls/index.ts'
import { splice, timeSignal } from '../../channels/cues/make-cues.ts'

const out = splice({ id: 5, pts: 900_000, out: true, duration: 30 * 90_000 })
const back = splice({ id: 5, pts: 3_600_000 })
const opportunity = timeSignal({ id: 6, typeId: 0x34, duration: 30 * 90_000 })
const opportunityEnd = timeSignal({ id: 6, typeId: 0x35 })
const programme = timeSignal({ id: 7, typeId: 0x10 })
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const hex = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString('hex').toUpperCase()}`

/** Six segments of 10 s, with lines before those of an index. */
function playlist(tags: Readonly<Record<number, string>>): string {
  const lines = ['#EXTM3U', '#EXT-X-TARGETDURATION:10', '#EXT-X-MEDIA-SEQUENCE:40']
  for (let i = 0; i < 6; i++)
    lines.push(...(tags[i] === undefined ? [] : [tags[i] ?? '']), '#EXTINF:10,', `${i}.ts`)
  return lines.concat(tags[6] ?? []).join('\n')
}

/** What is said where, without the lines. */
const told = (text: string) =>
  readPlaylistCues(text).cues.map(({ kind, before, durationSeconds, section }) => [
    kind,
    before,
    durationSeconds,
    ...(section ? [base64(section)] : []),
  ])

const pair = (seconds: number | undefined, ...sections: readonly Uint8Array[]) => {
  const [one, other] = sections.map(base64)
  return [
    ['out', 1, seconds, ...(one === undefined ? [] : [one])],
    ['in', 4, undefined, ...(other === undefined ? [] : [other])],
  ]
}

describe('cues of a playlist', () => {
  it.each<[string, string, string, unknown[]]>([
    ['CUE-OUT alone', '#EXT-X-CUE-OUT', '#EXT-X-CUE-IN', pair(undefined)],
    ['CUE-OUT with a colon alone', '#EXT-X-CUE-OUT:', '#EXT-X-CUE-IN', pair(undefined)],
    ['CUE-OUT with seconds', '#EXT-X-CUE-OUT:30', '#EXT-X-CUE-IN', pair(30)],
    ['CUE-OUT with decimals', '#EXT-X-CUE-OUT:30.03', '#EXT-X-CUE-IN', pair(30.03)],
    ['CUE-OUT with a name', '#EXT-X-CUE-OUT:DURATION=30', '#EXT-X-CUE-IN', pair(30)],
    ['CUE-OUT with a quoted value', '#EXT-X-CUE-OUT:Duration="30"', '#EXT-X-CUE-IN', pair(30)],
    [
      'MediaConvert',
      '#EXT-X-CUE-OUT:30,SpliceType=VOD_DAI,Action=REPLACE, PAID=a/1',
      '#EXT-X-CUE-IN:30,SpliceType=VOD_DAI',
      pair(30),
    ],
    ['Envivio', `#EXT-X-CUE-OUT:DURATION=30,ID=5,CUE="${base64(out)}"`, '#EXT-X-CUE-IN:ID=5', pair(30, out)],
    [
      'Elemental, enhanced',
      `#EXT-OATCLS-SCTE35:${base64(opportunity)}\n#EXT-X-ASSET:CAID=0x20\n#EXT-X-CUE-OUT:29.97`,
      `#EXT-OATCLS-SCTE35:${base64(opportunityEnd)}\n#EXT-X-CUE-IN`,
      pair(29.97, opportunity, opportunityEnd),
    ],
    [
      'sections alone, of Elemental',
      `#EXT-OATCLS-SCTE35:${base64(opportunity)}`,
      `#EXT-OATCLS-SCTE35:${base64(opportunityEnd)}`,
      pair(30, opportunity, opportunityEnd),
    ],
    [
      'sections alone, of splice points',
      `#EXT-X-SPLICEPOINT-SCTE35:${base64(out)}`,
      `  #EXT-X-SPLICEPOINT-SCTE35:${base64(back)}`,
      pair(30, out, back),
    ],
    [
      'sections alone, listed',
      `#EXT-SCTE35: CUE="${base64(out)}", ID="5", TIME=123.12`,
      `#EXT-X-SCTE35:CUE="${base64(back)}"`,
      pair(30, out, back),
    ],
    [
      'EXT-X-SCTE35 with typographic quotes',
      `#EXT-X-SCTE35:TYPE=0x34,DURATION=15.0,CUE-OUT=YES,UPID="0x08:0x94",CUE=”${base64(opportunity)}”,ID=”a”`,
      `#EXT-X-SCTE35:TYPE=0x35,CUE-IN=YES,CUE=“${base64(opportunityEnd)}”`,
      pair(15, opportunity, opportunityEnd),
    ],
    [
      'Adobe',
      '#EXT-X-CUE:DURATION="30.0",ID="0",TYPE="SpliceOut",TIME="414.171"',
      '#EXT-X-CUE:ID="0",TYPE="SpliceIn",TIME="444.171"',
      pair(30),
    ],
    [
      'DATERANGE',
      `#EXT-X-DATERANGE:ID="5",START-DATE="2026-01-01T00:00:10Z",PLANNED-DURATION=30,SCTE35-OUT=${hex(out)}`,
      `#EXT-X-DATERANGE:ID="5",DURATION=30,SCTE35-IN=${hex(back)}`,
      pair(30, out, back),
    ],
    [
      'DATERANGE whose end has no section',
      `#EXT-X-DATERANGE:ID="5",START-DATE="2026-01-01T00:00:10Z",SCTE35-OUT=${hex(out)}`,
      '#EXT-X-DATERANGE:ID="5",START-DATE="2026-01-01T00:00:10Z",END-DATE="2026-01-01T00:00:40Z"',
      pair(undefined, out),
    ],
    [
      'DATERANGE beside CUE-OUT',
      `#EXT-X-DATERANGE:ID="5",START-DATE="2026-01-01T00:00:10Z",PLANNED-DURATION=30,SCTE35-OUT=${hex(out)}\n#EXT-X-CUE-OUT:30`,
      `#EXT-X-CUE-IN\n#EXT-X-DATERANGE:ID="5",DURATION=30,SCTE35-IN=${hex(back)}`,
      pair(30, out, back),
    ],
  ])('of %s are a break', (_, first, second, wanted) => {
    const text = playlist({ 1: first, 2: '#EXT-X-CUE-OUT-CONT:10/30', 4: second })
    expect(hasCueTags(text)).toBe(true)
    expect(readPlaylistCues(text).problems).toEqual([])
    expect(told(text)).toEqual(wanted)
  })

  it.each([
    ['#EXT-X-CUE-OUT-CONT:8.308/30', 8.308, 30],
    ['#EXT-X-CUE-OUT-CONT: 10/4, SpliceType=VOD_DAI', 10, 4],
    [`#EXT-X-CUE-OUT-CONT:ElapsedTime=5.9,Duration=201.4,SCTE35=${base64(out)}`, 5.9, 201.4],
    ['#EXT-X-CUE-SPAN:TIMEFROMSIGNAL=PT1M20S,ID=16777323', 80, undefined],
    ['#EXT-X-SCTE35:CUE-OUT=CONT,DURATION=30,ELAPSED=7,ID=1', 7, 30],
    ['#EXT-X-CUE-OUT-CONT', undefined, undefined],
  ])('that run when the playlist begins are one break: %s', (tag, elapsedSeconds, durationSeconds) => {
    const { cues, problems } = readPlaylistCues(playlist({ 0: tag, 1: tag, 2: tag, 3: '#EXT-X-CUE-IN' }))
    expect(problems).toEqual([])
    expect(cues.map(({ kind, before }) => [kind, before])).toEqual([
      ['running', 0],
      ['in', 3],
    ])
    expect([cues[0]?.elapsedSeconds, cues[0]?.durationSeconds]).toEqual([elapsedSeconds, durationSeconds])
  })

  it('have the dates their tags say, and segments those of the playlist, until a discontinuity', () => {
    const { cues, segments } = readPlaylistCues(
      playlist({
        1: '#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:10Z',
        2: `#EXT-X-DATERANGE:ID="5",START-DATE="2026-01-01T00:00:15Z",DURATION=20,SCTE35-OUT=${hex(out)},SCTE35-IN=${hex(back)}`,
        3: `#EXT-X-DATERANGE:ID="7",START-DATE="2026-01-01T00:00:33Z",SCTE35-CMD=${hex(programme)}`,
        4: '#EXT-X-DISCONTINUITY',
      }),
    )
    const zero = Date.UTC(2026, 0, 1)
    expect(cues.map(({ kind, atMs = 0, isExact }) => [kind, atMs - zero, isExact])).toEqual([
      ['in', 35_000, undefined],
      ['out', 15_000, true],
      ['section', 33_000, undefined],
    ])
    expect(segments.map(({ startMs, sequence }) => [startMs && startMs - zero, sequence])).toEqual([
      [undefined, 40],
      [10_000, 41],
      [20_000, 42],
      [30_000, 43],
      [undefined, 44],
      [undefined, 45],
    ])
  })

  it('keep what else is said of a break, and stand behind the last segment if none follows', () => {
    const { cues } = readPlaylistCues(
      playlist({ 6: '#EXT-X-ASSET:CAID=0x20FB,GENRE="A, B"\n#EXT-X-CUE-OUT:30,Action=REPLACE' }),
    )
    expect(cues).toMatchObject([{ before: 6, facts: { CAID: '0x20FB', GENRE: 'A, B', ACTION: 'REPLACE' } }])
  })

  it.each([
    ['#EXT-OATCLS-SCTE35:AAAA', /SCTE35_/],
    ['#EXT-X-CUE-OUT:30,CUE=%%', /BASE64_TEXT/],
    [`#EXT-X-CUE-OUT:30,CUE=${base64(out).replace('/DA', '/DB')}`, /SCTE35_/],
    ['#EXT-X-DATERANGE:ID="1",START-DATE="yesterday",SCTE35-OUT=0xF', /START-DATE: expected a date.*/],
    ['#EXT-X-CUE:TYPE="Other"', /expected SpliceOut or SpliceIn/],
    ['#EXT-SCTE35:ID=1', /expected CUE/],
    [`#EXT-X-CUE-OUT:${'9'.repeat(20_000)}`, /at most 16384 characters/],
    [`#EXT-OATCLS-SCTE35:${'/'.repeat(9000)}`, /at most 4098 bytes/],
  ])('that can not be read are said with their line: %#', (tag, reason) => {
    const { problems } = readPlaylistCues(playlist({ 0: tag }))
    expect(problems.length).toBeGreaterThan(0)
    expect(problems[0]).toMatchObject({ line: 4, reason: expect.stringMatching(reason) })
  })

  it('of a break whose section can not be read are a break nevertheless', () => {
    expect(told(playlist({ 1: '#EXT-X-CUE-OUT:30,CUE=AAAA' }))).toEqual([['out', 1, 30]])
  })

  it('are bounded in number, and what is left out is said', () => {
    const text = `#EXTM3U\n${'#EXT-X-CUE-OUT\n#EXTINF:1,\na\n#EXT-X-CUE-IN\n#EXTINF:1,\nb\n'.repeat(5000)}`
    const { cues, problems } = readPlaylistCues(text)
    expect(cues).toHaveLength(6000)
    expect(problems.at(-1)?.reason).toContain('at most 6000')
  })

  it('are read of any text without an error', () => {
    const whole = playlist({
      1: `#EXT-OATCLS-SCTE35:${base64(opportunity)}\n#EXT-X-CUE-OUT:30`,
      2: `#EXT-X-DATERANGE:ID="5",START-DATE="2026-01-01T00:00:10Z",DURATION=1,SCTE35-OUT=${hex(out)}`,
      3: `#EXT-X-SCTE35:CUE-OUT=CONT,CUE="${base64(out)}",ELAPSED=3`,
    })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length), fc.string({ maxLength: 4 }), fc.nat(8)), { maxLength: 12 }),
        (edits) => {
          let text = whole
          for (const [at, put, cut] of edits) text = text.slice(0, at) + put + text.slice(at + cut)
          const { cues, segments, problems } = readPlaylistCues(text)
          expect(cues.every(({ before }) => before <= segments.length)).toBe(true)
          expect(problems.length).toBeLessThanOrEqual(100)
        },
      ),
    )
  })

  it.each([
    '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n',
    '',
    'GIF89a',
    '#EXTM3U\n#EXT-X-DATERANGE:ID="a"',
  ])('are none in %j', (text) => {
    expect([hasCueTags(text), readPlaylistCues(text).cues]).toEqual([false, []])
  })
})
