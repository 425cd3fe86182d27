/** The judge itself: sound MPDs pass, each rule has one that breaks it, and the corpus's known results are found. */
import { describe, expect, it } from 'vitest'
import { corpusMissing, corpusText } from '../corpus.ts'
import { validateMpd } from '../xsd.ts'
import { checkMpd } from './rules.ts'

const sound = `<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" xmlns:cenc="urn:mpeg:cenc:2013" xmlns:xlink="http://www.w3.org/1999/xlink"
  profiles="urn:mpeg:dash:profile:isoff-live:2011" type="static" mediaPresentationDuration="PT16S" minBufferTime="PT6S" maxSegmentDuration="PT6S">
  <Period id="0" start="PT0S">
    <AdaptationSet id="0" contentType="video" mimeType="video/mp4" maxWidth="1280" segmentAlignment="true">
      <ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011" value="cbcs" cenc:default_KID="00112233-4455-6677-8899-aabbccddeeff"/>
      <Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>
      <Representation id="v1" bandwidth="3000000" codecs="avc1.64001f" width="1280">
        <SegmentTemplate timescale="10" startNumber="1" initialization="i.mp4" media="$Number$.m4s">
          <SegmentTimeline><S t="0" d="60" r="1"/><S d="40"/></SegmentTimeline>
        </SegmentTemplate>
      </Representation>
    </AdaptationSet>
    <AdaptationSet id="1" contentType="audio" mimeType="audio/mp4" lang="en" segmentAlignment="true">
      <AudioChannelConfiguration schemeIdUri="urn:mpeg:mpegB:cicp:ChannelConfiguration" value="2"/>
      <Representation id="a1" bandwidth="128000" codecs="mp4a.40.2" audioSamplingRate="48000">
        <SegmentTemplate duration="6" media="$Time$.m4s"/>
      </Representation>
    </AdaptationSet>
  </Period>
</MPD>`

const live = `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" type="dynamic"
  availabilityStartTime="2026-01-01T00:00:00Z" publishTime="2026-01-01T00:10:00Z" minimumUpdatePeriod="PT6S" minBufferTime="PT6S" timeShiftBufferDepth="PT18S">
  <Period id="a" start="PT0S">
    <AdaptationSet id="0" contentType="video" mimeType="video/mp4">
      <Representation id="v1" bandwidth="1">
        <SegmentTemplate timescale="1" startNumber="10" media="$Number$.m4s">
          <SegmentTimeline><S t="60" d="6" r="2"/></SegmentTimeline>
        </SegmentTemplate>
      </Representation>
    </AdaptationSet>
  </Period>
</MPD>`

function swap(from: string | RegExp, to: string, text = sound): string {
  const changed = text.replace(from, to)
  if (changed === text) throw new Error(`nothing to replace: ${from}`)
  return changed
}

const rules = (text: string, previous?: string) => [
  ...new Set(checkMpd(text, previous === undefined ? {} : { previous }).map(({ rule }) => rule)),
]
const dashIf = (text: string) =>
  swap('isoff-live:2011', 'isoff-live:2011,http://dashif.org/guidelines/dash264', text)
const reload = swap(
  '<S t="60" d="6" r="2"/>',
  '<S t="66" d="6" r="2"/>',
  swap('startNumber="10"', 'startNumber="11"', swap('T00:10:00Z', 'T00:10:06Z', live)),
)
const property = (inside: string) => swap('<Role', `<SupplementalProperty ${inside}/><Role`)

describe('the judge of MPDs', () => {
  it('finds nothing in sound ones, nor between their updates', () => {
    expect(checkMpd(sound)).toEqual([])
    expect(checkMpd(live)).toEqual([])
    expect(checkMpd(reload, { previous: live })).toEqual([])
  })

  it.each<[string, string]>([
    ['xml', sound.slice(0, -2)],
    ['MPD.root', '<Period/>'],
    ['MPD.root', swap('schema:mpd:2011', 'schema:MPD:2011')],
    ['MPD.availabilityStartTime', swap(/availabilityStartTime="[^"]*"/, '', live)],
    ['MPD.publishTime', swap(/publishTime="[^"]*"/, '', live)],
    ['MPD.duration', swap(/mediaPresentationDuration="[^"]*"/, '')],
    ['MPD.static', swap('type="static"', 'type="static" minimumUpdatePeriod="PT6S"')],
    ['MPD.on-demand-static', swap('isoff-live', 'isoff-on-demand', live)],
    ['MPD.profiles', swap('isoff-live', 'isoff-alive')],
    ['MPD.time', swap('minBufferTime="PT6S"', 'minBufferTime="6"')],
    ['Period.id-unique', swap(/(<Period[^]*<\/Period>)/, '$1$1')],
    ['Period.dynamic-id', swap('<Period id="a"', '<Period', live)],
    ['Period.empty', swap('start="PT0S"', 'start="PT0S" duration="PT0S"')],
    [
      'Period.addressing',
      sound.replace(/<SegmentTemplate t[^]*?<\/SegmentTemplate>/, '').replace(/<SegmentTemplate d.*/, ''),
    ],
    [
      'Period.bitstreamSwitching',
      swap('<Period', '<Period bitstreamSwitching="true"').replace(
        'contentType="audio"',
        'contentType="audio" bitstreamSwitching="false"',
      ),
    ],
    [
      'Period.main-role',
      swap('isoff-live:2011', 'isoff-ext-live:2014')
        .replace(/<Role.*/, '')
        .replace('contentType="audio"', 'contentType="video"'),
    ],
    ['Period.coverage', swap('PT16S', 'PT40S')],
    ['Period.coverage', swap('timescale="10"', 'timescale="10" presentationTimeOffset="900"')],
    ['AdaptationSet.id-unique', swap('<AdaptationSet id="1"', '<AdaptationSet id="0"')],
    ['AdaptationSet.representation', swap(/<Representation id="a1"[^]*?<\/Representation>/, '')],
    ['AdaptationSet.common', swap('mimeType="video/mp4"', 'mimeType="video/mp4" codecs="avc1.64001f"')],
    ['AdaptationSet.min-max', swap('maxWidth="1280"', 'maxWidth="1280" minWidth="1281"')],
    ['AdaptationSet.range', swap('maxWidth="1280"', 'maxWidth="640"')],
    ['AdaptationSet.range', swap('maxWidth="1280"', 'maxBandwidth="1"')],
    [
      'ContentComponent.id-unique',
      swap('<Role', '<ContentComponent id="1"/><ContentComponent id="1"/><Role'),
    ],
    ['ContentComponent.repeats', swap('<Role', '<ContentComponent contentType="video"/><Role')],
    ['Representation.id-unique', swap('id="a1"', 'id="v1"')],
    ['Representation.mimeType', swap('mimeType="audio/mp4"', '')],
    [
      'Representation.live-template',
      swap(
        '<SegmentTemplate duration="6" media="$Time$.m4s"/>',
        '<SegmentList duration="16"><SegmentURL media="a"/></SegmentList>',
      ),
    ],
    [
      'SubRepresentation.bandwidth',
      swap('<SegmentTemplate d', '<SubRepresentation level="1"/><SegmentTemplate d'),
    ],
    ['addressing.one', swap('<SegmentTemplate d', '<SegmentBase/><SegmentTemplate d')],
    ['addressing.indexRangeExact', swap('duration="6"', 'duration="6" indexRangeExact="true"')],
    [
      'addressing.timeShiftBufferDepth',
      swap('startNumber="10"', 'startNumber="10" timeShiftBufferDepth="PT6S"', live),
    ],
    ['addressing.duration', swap('timescale="10"', 'timescale="10" duration="60"')],
    ['addressing.no-duration', swap('duration="6" media', 'media')],
    [
      'SegmentList.length',
      swap(
        '<SegmentTemplate duration="6" media="$Time$.m4s"/>',
        '<SegmentList><SegmentTimeline><S d="8" r="1"/></SegmentTimeline><SegmentURL media="a"/></SegmentList>',
      ),
    ],
    ['SegmentTemplate.fixed', swap('i.mp4', 'i-$Number$.mp4')],
    ['SegmentTemplate.identifier', swap('$Number$', '$Name$')],
    ['SegmentTemplate.identifier', swap('$Number$', '$Number')],
    ['SegmentTemplate.format', swap('$Number$', '$RepresentationID%03d$$Number$')],
    ['SegmentTimeline.longest', swap('maxSegmentDuration="PT6S"', 'maxSegmentDuration="PT5S"')],
    ['SegmentTimeline.number', swap('d="40"', 'd="0"')],
    ['SegmentTimeline.overlap', swap('<S d="40"', '<S t="110" d="50"')],
    ['SegmentTimeline.open', swap('d="60" r="1"', 'd="60" r="-1"')],
    [
      'ProgramInformation.lang',
      swap('<Period', '<ProgramInformation lang="en"/><ProgramInformation/><Period'),
    ],
    ['xlink.actuate', swap('<Period', '<Period xlink:actuate="onLoad"')],
    ['EventStream.schemeIdUri', swap('<AdaptationSet', '<EventStream/><AdaptationSet')],
    ['UTCTiming.schemeIdUri', swap('</MPD>', '<UTCTiming value="x"/></MPD>')],
    ['UTCTiming.value', swap('</MPD>', '<UTCTiming schemeIdUri="urn:mpeg:dash:utc:sundial:2014"/></MPD>')],
    ['Role.value', swap('value="main"', 'value="hero"')],
    ['Role.value', swap('role:2011" value="main"', 'stereoid:2011" value="x"')],
    [
      'FramePacking.value',
      swap(
        '<Role',
        '<FramePacking schemeIdUri="urn:mpeg:dash:14496:10:frame_packing_arrangement_type:2011" value="9"/><Role',
      ),
    ],
    ['FramePacking.value', swap('<Role', '<FramePacking schemeIdUri="urn:x" value="1"/><Role')],
    [
      'AudioChannelConfiguration.value',
      swap('urn:mpeg:mpegB:cicp:ChannelConfiguration', 'urn:mpeg:dash:outputChannelPositionList:2012'),
    ],
    [
      'AudioChannelConfiguration.value',
      swap(
        'urn:mpeg:mpegB:cicp:ChannelConfiguration" value="2"',
        'urn:mpeg:dash:23003:3:audio_channel_configuration:2011" value="stereo"',
      ),
    ],
    ['ContentProtection.value', swap('value="cbcs"', 'value="aes"')],
    [
      'ContentProtection.value',
      swap(
        '<Role',
        '<ContentProtection schemeIdUri="urn:mpeg:dash:13818:1:CA_descriptor:2011" value="0B00"/><Role',
      ),
    ],
    [
      'ContentProtection.set',
      swap('<SegmentTemplate d', '<ContentProtection schemeIdUri="urn:x"/><SegmentTemplate d'),
    ],
    ['ContentProtection.scheme', swap('urn:mpeg:dash:mp4protection:2011', 'urn:x')],
    ['ContentProtection.kid', swap(/cenc:default_KID="[^"]*"/, '')],
    [
      'SupplementalProperty.value',
      property('schemeIdUri="http://dashif.org/guidelines/thumbnail_tile" value="10"'),
    ],
    [
      'SupplementalProperty.value',
      property('schemeIdUri="http://dashif.org/guidelines/trickmode" value="99"'),
    ],
    ['SupplementalProperty.value', property('schemeIdUri="urn:mpeg:dash:srd:2014" value="0,0"')],
    ['SupplementalProperty.value', property('schemeIdUri="urn:mpeg:dash:fallback:2016" value="a"')],
    ['SupplementalProperty.value', property('schemeIdUri="urn:mpeg:dash:chaining:2016"')],
    [
      'SupplementalProperty.value',
      swap('</MPD>', '<SupplementalProperty schemeIdUri="urn:mpeg:dash:srd:2014" value="0,0,0,1,1"/></MPD>'),
    ],
    [
      'SupplementalProperty.value',
      swap('</MPD>', '<SupplementalProperty schemeIdUri="urn:mpeg:dash:fallback:2016" value=" "/></MPD>'),
    ],
    [
      'EssentialProperty.value',
      swap(
        '<SegmentTemplate d',
        '<EssentialProperty schemeIdUri="http://dashif.org/guidelines/thumbnail_tile" value="5x5"/><SegmentTemplate d',
      ),
    ],
    ['dashif.video', dashIf(sound)],
    ['dashif.video', dashIf(swap('maxWidth="1280"', 'maxWidth="1280" scanType="interlaced"'))],
    ['dashif.audio', dashIf(swap('lang="en"', ''))],
    ['dashif.audio', dashIf(swap(/<AudioChannelConfiguration[^>]*>/, ''))],
    ['dashif.alignment', dashIf(swap('segmentAlignment="true"', ''))],
    ['dashif.codecs', dashIf(swap('mp4a.40.2', 'mp4a.40.2,ec-3'))],
    ['dashif.profiles', swap('urn:mpeg:dash:profile:isoff-live:2011', 'urn:com:dashif:dash264', live)],
  ])('finds %s', (rule, text) => {
    expect(rules(text)).toContain(rule)
  })

  it.each<[string, string]>([
    ['update.fixed', swap('2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z', reload)],
    ['update.fixed', swap('mimeType="video/mp4"', 'mimeType="video/webm"', reload)],
    ['update.publishTime', swap('T00:10:06Z', 'T00:09:00Z', reload)],
    ['update.period', swap('start="PT0S"', 'start="PT1S"', reload)],
    ['update.id', swap('<AdaptationSet id="0"', '<AdaptationSet id="9"', reload)],
    ['update.id', swap('id="v1"', 'id="v9"', reload)],
    ['update.addressing', swap('timescale="1"', 'timescale="2"', reload)],
    ['update.segment', swap('startNumber="11"', 'startNumber="10"', reload)],
    ['update.segment', swap('<S t="66" d="6" r="2"/>', '<S t="66" d="5" r="2"/>', reload)],
    ['update.segment', swap('<S t="66" d="6" r="2"/>', '<S t="66" d="6"/><S t="78" d="6"/>', reload)],
  ])('finds %s between two updates', (rule, text) => {
    expect(rules(text, live)).toContain(rule)
  })

  it('finds a Period that goes while an earlier one stays', () => {
    const two = swap(/(<Period[^]*<\/Period>)/, '$1<Period id="b" start="PT90S"/>', live)
    expect(rules(live, two)).toContain('update.period')
    expect(rules(swap(/<Period id="a"[^]*?<\/Period>/, '', two), two)).not.toContain('update.period')
  })
})

/** Words of the public Schematron sheet's findings, and the rule here that says the same. */
const sameRules: readonly (readonly [RegExp, string])[] = [
  [/publishTime shall be defined/, 'MPD.publishTime'],
  [/shall have the mimeType attribute/, 'Representation.mimeType'],
  [/level attribute is defined for a SubRepresentation/, 'SubRepresentation.bandwidth'],
  [/duration attribute or SegmentTimeline element shall be present but not both/, 'addressing.duration'],
  [/If indexRange is not present/, 'addressing.indexRangeExact'],
  [/shall be included in the initialization attribute/, 'SegmentTemplate.fixed'],
  [/value of FramePacking shall be 0 to 6/, 'FramePacking.value'],
  [/At most one of SegmentBase, SegmentTemplate and SegmentList/, 'addressing.one'],
  [/outputChannelPositionList/, 'AudioChannelConfiguration.value'],
  [/4CC contained in the Scheme Type Box/, 'ContentProtection.value'],
  [/For live profile, the SegmentTemplate element shall be present/, 'Representation.live-template'],
  [/Common attributes for AdaptationSet and Representation/, 'AdaptationSet.common'],
  [/id of each AdaptationSet within a Period/, 'AdaptationSet.id-unique'],
  [/SegmentTimeline shall not exceed the value/, 'SegmentTimeline.longest'],
]

const rows = (file: string) =>
  corpusMissing === undefined
    ? corpusText('standards/dash', file)
        .trim()
        .split('\n')
        .slice(1)
        .map((row) => row.split('\t') as [string, string, string])
    : []

describe.skipIf(corpusMissing !== undefined)(
  `the DASH corpus${corpusMissing ? ` (${corpusMissing})` : ''}`,
  () => {
    it.each(rows('schematron-result.tsv'))(
      '%s breaks the rules another judge names',
      (file, _, texts = '') => {
        const found = rules(corpusText('standards/dash', file))
        for (const [words, rule] of sameRules) if (words.test(texts)) expect(found).toContain(rule)
      },
    )

    it.each(rows('xsd-result.tsv'))('%s is %s by the schema', async (file, result) => {
      expect((await validateMpd(corpusText('standards/dash', file))).length === 0).toBe(result === 'valid')
    })
  },
)
