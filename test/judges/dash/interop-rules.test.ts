/** The judge itself: a sound MPD passes, and each rule has one that breaks it. */
import { describe, expect, it } from 'vitest'
import { treeOf } from '../xml-tree.ts'
import { type InteropRule, interopClauses, interopRules } from './interop-rules.ts'

const template = '<SegmentTemplate media="$Number$.m4s" duration="6"/>'
const picture = (id: string, width: number, height: number, more = '') =>
  `<Representation id="${id}" bandwidth="1" codecs="avc1.64001f" width="${width}" height="${height}" frameRate="25" sar="1:1"${more}>${template}</Representation>`
const main = '<Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>'
const period = (start: number) => `<Period id="${start}" start="PT${start}S" duration="PT10S">
  <AdaptationSet id="0" contentType="video" mimeType="video/mp4" par="16:9" maxWidth="1280" maxHeight="720" maxFrameRate="25" segmentAlignment="true" startWithSAP="1">
    <SupplementalProperty schemeIdUri="urn:mpeg:dash:adaptation-set-switching:2016" value="1"/>${main}
    ${picture('v1', 1280, 720)}${picture('v2', 640, 360)}</AdaptationSet>
  <AdaptationSet id="1" contentType="video" mimeType="video/mp4" par="16:9" maxWidth="1280" maxHeight="720" maxFrameRate="25" segmentAlignment="true">
    <EssentialProperty schemeIdUri="http://dashif.org/guidelines/trickmode" value="0"/>
    ${picture('t', 1280, 720, ' maxPlayoutRate="25" codingDependency="false"')}</AdaptationSet>
  <AdaptationSet id="2" contentType="audio" mimeType="audio/mp4" lang="en">${main}
    <Representation id="a1" bandwidth="1" codecs="mp4a.40.2" audioSamplingRate="48000">
      <AudioChannelConfiguration schemeIdUri="urn:mpeg:mpegB:cicp:ChannelConfiguration" value="2"/>${template}</Representation></AdaptationSet>
  <AdaptationSet id="3" contentType="audio" mimeType="audio/mp4" lang="de">
    <Representation id="a2" bandwidth="1" codecs="mp4a.40.2" audioSamplingRate="48000">
      <AudioChannelConfiguration schemeIdUri="urn:mpeg:mpegB:cicp:ChannelConfiguration" value="2"/>${template}</Representation></AdaptationSet>
  </Period>`
const sound = `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" type="static" minBufferTime="PT2S">${period(0)}${period(10)}</MPD>`

function swap(from: string | RegExp, to: string): string {
  const changed = sound.replace(from, to)
  if (changed === sound) throw new Error(`nothing to replace: ${String(from)}`)
  return changed
}

const rules = (text: string): string[] => {
  const tree = treeOf(text)
  if (!tree) throw new Error('not well-formed')
  return interopRules(tree).map(({ rule }) => rule)
}

const broken: readonly (readonly [rule: InteropRule, text: string])[] = [
  ['interop.start', swap('start="PT0S"', 'start="PT1S"')],
  ['interop.periods', swap('start="PT10S"', 'start="PT12S"')],
  ['interop.profiles', swap('<AdaptationSet id="0"', '<AdaptationSet id="0" profiles="urn:x"')],
  [
    'interop.cmaf',
    swap('isoff-live:2011', 'isoff-live:2011,urn:mpeg:dash:profile:cmaf:2019').replace(
      template,
      '<SegmentList duration="6"/>',
    ),
  ],
  ['interop.set', swap('contentType="audio"', '')],
  ['interop.set', swap('mimeType="audio/mp4"', 'mimeType="audio/webm"')],
  ['interop.aligned', swap('segmentAlignment="true"', '')],
  ['interop.sap', swap('startWithSAP="1"', 'startWithSAP="3"')],
  ['interop.limits', swap('maxFrameRate="25"', '')],
  ['interop.par', swap('par="16:9"', '')],
  ['interop.par', swap('par="16:9"', 'par="4:3"')],
  ['interop.video', swap('frameRate="25" sar', 'sar')],
  ['interop.audio', swap('audioSamplingRate="48000"', '')],
  ['interop.audio', swap(/<AudioChannelConfiguration[^>]*>/, '')],
  ['interop.codecs', swap('codecs="mp4a.40.2"', 'codecs="mp4a.40.2,ec-3"')],
  ['interop.main', sound.replaceAll(main, '')],
  ['interop.trick', swap('trickmode" value="0"', 'trickmode" value="9"')],
  ['interop.trick', swap('maxPlayoutRate="25"', '')],
  ['interop.switching', swap('2016" value="1"', '2016" value="7"')],
]

describe('the judge of what every player is to play', () => {
  it('finds nothing in a sound MPD', () => {
    expect(rules(sound)).toEqual([])
  })

  it.each(broken)('finds %s', (rule, text) => {
    expect(rules(text)).toContain(rule)
  })

  it('has a broken MPD for every rule', () => {
    const shown = new Set<string>(broken.map(([rule]) => rule))
    expect(Object.keys(interopClauses).filter((rule) => !shown.has(rule))).toEqual([])
  })
})
