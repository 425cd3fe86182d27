/** The judge of presentations: a sound one passes, and each rule has one that breaks it. */
import { describe, expect, it } from 'vitest'
import { checkPresentation } from './presentation.ts'
import { type PresentationRule, presentationClauses } from './presentation-clauses.ts'
import { pictures, segmentOf, sound, unit } from './tracks.ts'

const template = (track: string, timescale: number, times: string): string =>
  `<SegmentTemplate timescale="${timescale}" startNumber="1" initialization="${track}/i.mp4" media="${track}/$Number$.m4s">` +
  `<SegmentTimeline>${times}</SegmentTimeline></SegmentTemplate>`

const mpd = `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" type="static"
  mediaPresentationDuration="PT0.32S" minBufferTime="PT2S"><Period id="0" start="PT0S">
  <AdaptationSet id="0" contentType="video" mimeType="video/mp4" par="16:9" maxWidth="1280" maxHeight="720" maxFrameRate="25" segmentAlignment="true" startWithSAP="1">
    <Representation id="v" bandwidth="20000" codecs="avc1.64001f" width="1280" height="720" frameRate="25" sar="1:1">
      ${template('v', 1000, '<S t="0" d="160" r="1"/>')}</Representation>
  </AdaptationSet>
  <AdaptationSet id="1" contentType="audio" mimeType="audio/mp4" lang="de" segmentAlignment="true">
    <Representation id="a" bandwidth="20000" codecs="mp4a.40.2" audioSamplingRate="48000">
      <AudioChannelConfiguration schemeIdUri="urn:mpeg:mpegB:cicp:ChannelConfiguration" value="2"/>
      ${template('a', 48_000, '<S t="0" d="2048"/><S t="2048" d="3072"/>')}</Representation>
  </AdaptationSet></Period></MPD>`

const files = new Map<string, Uint8Array>()
for (const [name, { init, segments }] of Object.entries({ v: pictures, a: sound })) {
  files.set(`http://x/${name}/i.mp4`, init)
  for (const [i, segment] of segments.entries()) files.set(`http://x/${name}/${i + 1}.m4s`, segment)
}

function judged(text: string, changed: Readonly<Record<string, Uint8Array>> = {}) {
  return checkPresentation('http://x/index.mpd', async (url) => {
    const bytes = url.endsWith('.mpd') ? Buffer.from(text) : (changed[url] ?? files.get(url))
    if (!bytes) throw new Error(`${url} is not there`)
    return bytes
  })
}

function swap(from: string | RegExp, to: string): string {
  const changed = mpd.replace(from, to)
  if (changed === mpd) throw new Error(`nothing to replace: ${String(from)}`)
  return changed
}

/** A second segment whose first picture is led by the one behind it. */
const led = segmentOf(1, [unit(0x65), unit(0x41), unit(0x41), unit(0x41)], {
  sequence: 2,
  decodeTime: 160,
  durations: Uint32Array.of(40, 40, 40, 40),
  compositionOffsets: Int32Array.of(40, -40, 0, 0),
  sync: Uint8Array.of(1, 0, 0, 0),
})

const broken: readonly (readonly [rule: PresentationRule, text: string, isLed: boolean])[] = [
  ['mpd.read', '<MPD', false],
  ['mpd.mime', swap('mimeType="audio/mp4"', 'mimeType="video/mp4"'), false],
  ['mpd.frame-rate', swap('frameRate="25"', 'frameRate="30000/1001"'), false],
  ['mpd.sar', swap('sar="1:1"', 'sar="4:3"'), false],
  ['mpd.channels', swap('value="2"', 'value="6"'), false],
  ['mpd.bandwidth', swap('bandwidth="20000"', 'bandwidth="100"'), false],
  ['mpd.sap', mpd, true],
  ['mpd.period', swap('PT0.32S', 'PT0.5S'), false],
  ['mpd.origin', swap('timescale="48000"', 'timescale="48000" presentationTimeOffset="4800"'), false],
]

describe('the judge of presentations', () => {
  it('finds nothing in a sound one, and reads all of it', async () => {
    expect(await judged(mpd)).toEqual({ broken: [], media: [], pieces: 6 })
  })

  it.each(broken)('finds %s', async (rule, text, isLed) => {
    const { broken: found } = await judged(text, isLed ? { 'http://x/v/2.m4s': led } : {})
    expect(found.map((one) => one.rule)).toContain(rule)
  })

  it('judges tracks by what the MPD says of them', async () => {
    const { broken: found } = await judged(swap('avc1.64001f', 'avc1.640028'))
    expect(found).toEqual([expect.objectContaining({ rule: 'facts.codec', where: 'v init' })])
  })

  it('has a broken presentation for every rule', () => {
    const shown = new Set<string>(broken.map(([rule]) => rule))
    expect(Object.keys(presentationClauses).filter((rule) => !shown.has(rule))).toEqual([])
  })
})
