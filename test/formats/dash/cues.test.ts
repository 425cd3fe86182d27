/** Cues of MPDs: events of SCTE 35 in every form they are written in. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasCueEvents, readMpdCues } from '../../../lib/formats/dash/index.ts'
import { eventsOf, readSpliceInfoSection, sectionXml } from '../../../lib/formats/scte35/index.ts'
import { splice } from '../../channels/cues/make-cues.ts'

const out = splice({ id: 5, pts: 900_000, out: true, duration: 30 * 90_000 })
const base64 = Buffer.from(out).toString('base64')
const xml = sectionXml(readSpliceInfoSection(out)).replace(/^<\?xml[^>]*>\s*/, '')

const mpd = (events: string, scheme = 'urn:scte:scte35:2014:xml+bin'): string => `<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="dynamic" availabilityStartTime="2026-01-01T00:00:00Z">
<Period id="1" start="PT100S">
<EventStream schemeIdUri="${scheme}" timescale="1000" presentationTimeOffset="50000">${events}</EventStream>
<AdaptationSet mimeType="audio/mp4"><SegmentTemplate timescale="48000" presentationTimeOffset="1"/></AdaptationSet>
<AdaptationSet><SegmentTemplate timescale="90000" presentationTimeOffset="63000000">
<SegmentTimeline><S t="63000000" d="180000" r="9"/></SegmentTimeline></SegmentTemplate>
<Representation id="v" mimeType="video/mp4" bandwidth="1"/></AdaptationSet>
</Period></MPD>`

describe('cues of an MPD', () => {
  it.each([
    [
      'Signal/Binary',
      `<Signal xmlns="http://www.scte.org/schemas/35"><Binary>\n${base64}\n</Binary></Signal>`,
    ],
    [
      'elements whose prefix nothing binds',
      `<scte35:Signal><scte35:Binary>${base64}</scte35:Binary></scte35:Signal>`,
    ],
    ['elements in lower case', `<scte35:signal><scte35:binary>${base64}</scte35:binary></scte35:signal>`],
    ['a section as XML', xml],
    ['a section as XML in Signal', `<Signal xmlns="http://www.scte.org/schemas/35">${xml}</Signal>`],
    ['text', base64],
  ])('in %s are at the time of their event', (_, content) => {
    const text = mpd(`<Event presentationTime="57000" duration="24000" id="9">${content}</Event>`)
    expect(hasCueEvents(text)).toBe(true)
    const { cues, throughSeconds, problems } = readMpdCues(text)
    expect(problems).toEqual([])
    expect(cues).toMatchObject([{ id: '9', atSeconds: 107, mediaSeconds: 707, durationSeconds: 24 }])
    const [event] = eventsOf(readSpliceInfoSection(cues[0]?.section ?? new Uint8Array(0)))
    expect(event).toMatchObject({ id: 5, kind: 'out', duration: 2_700_000 })
    expect(throughSeconds).toBe(720)
  })

  it.each([
    ['urn:scte:scte35:2013:xml', 1],
    ['urn:scte:scte35:2013:bin', 1],
    ['urn:scte:scte35:2014:bin', 1],
    ['urn:scte:scte35:2014:xml+bin', 1],
    ['urn:mpeg:dash:event:2012', 0],
  ])('are those of the scheme %s', (scheme, count) => {
    const { cues } = readMpdCues(mpd(`<Event messageData="${base64}"/>`, scheme))
    expect(cues).toHaveLength(count)
  })

  it('whose event says no time begin with their Period', () => {
    const text = mpd(`<Event>${base64}</Event>`).replace(' presentationTimeOffset="50000"', '')
    expect(readMpdCues(text).cues).toMatchObject([{ atSeconds: 100, mediaSeconds: 700 }])
  })

  it('have times past 2^53 exactly', () => {
    const text = mpd(`<Event presentationTime="15516962501159406">${base64}</Event>`)
      .replace('timescale="1000"', 'timescale="10000000"')
      .replace(' presentationTimeOffset="50000"', '')
    expect(readMpdCues(text).cues[0]?.atSeconds).toBeCloseTo(1_551_696_350.1159406, 6)
  })

  it.each([
    ['<Event>AAAA</Event>', 1, /SCTE35_/],
    ['<Event><Signal><Other/></Signal></Event>', 1, /SCTE35_XML/],
    [`<Event presentationTime="soon">${base64}</Event>`, 0, /DASH_ATTRIBUTE.*soon/],
    ['<Event>', 0, /XML_/],
  ])('that can not be read are said with their line: %s', (events, count, reason) => {
    const { cues, problems } = readMpdCues(mpd(events))
    expect(cues).toHaveLength(count)
    expect(cues.every(({ section }) => section === undefined)).toBe(true)
    expect(problems).toMatchObject([{ reason: expect.stringMatching(reason) }])
  })

  it('are refused a stream that counts in nothing', () => {
    const text = mpd(`<Event>${base64}</Event>`).replace('timescale="1000"', 'timescale="0"')
    expect(readMpdCues(text)).toMatchObject({ cues: [], problems: [{ line: 4 }] })
  })

  it('are bounded in number', () => {
    const { cues, problems } = readMpdCues(mpd(`<Event>${base64}</Event>`.repeat(6100)))
    expect(cues).toHaveLength(6000)
    expect(problems.at(-1)?.reason).toContain('at most 6000')
  })

  it('are read of any text without an error', () => {
    const whole = mpd(`<Event presentationTime="57000">${xml}</Event><Event id="1">${base64}</Event>`)
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length), fc.string({ maxLength: 4 }), fc.nat(8)), { maxLength: 8 }),
        (edits) => {
          let text = whole
          for (const [at, put, cut] of edits) text = text.slice(0, at) + put + text.slice(at + cut)
          expect(readMpdCues(text).cues.length).toBeLessThanOrEqual(2)
        },
      ),
    )
  })
})
