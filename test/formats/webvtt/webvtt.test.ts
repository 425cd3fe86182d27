/** WebVTT: what people write is read as browsers read it, and what is written is read again. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Cue, maxCueBytes, maxCues } from '../../../lib/formats/webvtt/cue.ts'
import { decodeText } from '../../../lib/formats/webvtt/decode.ts'
import { escapeCueText, hasTimestamps, shiftTimestamps } from '../../../lib/formats/webvtt/payload.ts'
import { readWebVtt } from '../../../lib/formats/webvtt/read.ts'
import { timestamp } from '../../../lib/formats/webvtt/timestamp.ts'
import { webVttHeader, writeWebVtt } from '../../../lib/formats/webvtt/write.ts'
import { outcomes } from '../outcomes.ts'

const cues = (text: string) => readWebVtt(text).cues

describe('WebVTT', () => {
  // The examples of W3C WebVTT 1.1 to 1.5, put together.
  const whole = `WEBVTT - translation
X-TIMESTAMP-MAP=LOCAL:00:00:01.000,MPEGTS:900000
Kind: captions

STYLE
::cue {
  color: lime;
}

NOTE a comment
of two lines

REGION
id:fred
width:40%

STYLE
::cue(b) { color: red }

1
00:11.000 --> 00:13.000 vertical:rl line:0
<v Roger Bingham>We are in New York City

NOTE

second one
01:02:03.004  -->\t100:00:00.005
two
lines
`
  it('with all it may hold is read whole', () => {
    expect(readWebVtt(whole)).toEqual({
      timestampMap: { localMs: 1000, mpegTs: 900_000 },
      styles: ['::cue {\n  color: lime;\n}', '::cue(b) { color: red }'],
      regions: ['id:fred\nwidth:40%'],
      cues: [
        {
          startMs: 11_000,
          endMs: 13_000,
          id: '1',
          settings: 'vertical:rl line:0',
          text: '<v Roger Bingham>We are in New York City',
        },
        { startMs: 3_723_004, endMs: 360_000_005, id: 'second one', text: 'two\nlines' },
      ],
      problems: [],
      problemCount: 0,
    })
  })

  it.each([
    ['lines that end with CR LF', whole.replaceAll('\n', '\r\n')],
    ['lines that end with CR', whole.replaceAll('\n', '\r')],
    ['a byte order mark', `\ufeff${whole}`],
  ])('is the same with %s', (_name, text) => {
    expect(readWebVtt(text)).toEqual(readWebVtt(whole))
  })

  it.each([
    ['nothing behind the signature', 'WEBVTT', 0],
    ['no empty line behind the signature', 'WEBVTT\n00:01.000 --> 00:02.000\na\n', 1],
    ['no line end at the end', 'WEBVTT\n\n00:01.000 --> 00:02.000\na', 1],
    ['no empty line between cues', 'WEBVTT\n\n00:01.000 --> 00:02.000\na\n00:02.000 --> 00:03.000\nb', 2],
    ['no space around the arrow', 'WEBVTT\n\n00:01.000-->00:02.000\na', 1],
    ['hours of one digit', 'WEBVTT\n\n0:00:01.000 --> 0:00:02.000\na', 1],
    ['a cue of no text', 'WEBVTT\n\n00:01.000 --> 00:02.000\n\n', 1],
  ])('with %s is WebVTT', (_name, text, count) => {
    expect(cues(text)).toHaveLength(count)
    expect(readWebVtt(text).problemCount).toBe(0)
  })

  it.each([
    ['', 'got ""'],
    ['webvtt\n', 'got "webvtt"'],
    ['WEBVTTX\n', 'got "WEBVTTX"'],
    ['1\n00:00:01,000 --> 00:00:02,000\na', 'got "1"'],
  ])('%j is none', (text, got) => {
    expect(() => readWebVtt(text)).toThrow(
      expect.objectContaining({ code: 'WEBVTT_SIGNATURE', message: expect.stringContaining(got) }),
    )
  })

  it.each([
    ['times with commas', '00:00:01,000 --> 00:00:02,000\na', 3],
    ['an end before its start', '00:02.000 --> 00:01.000\na', 3],
    ['61 seconds', '00:61.000 --> 00:62.000\na', 3],
    ['words behind an empty line', 'what is this', 3],
    ['a style sheet behind a cue', '00:01.000 --> 00:02.000\na\n\nSTYLE\n::cue {}', 6],
  ])('with %s says so, and the rest is read', (_name, block, line) => {
    const { cues: read, problems } = readWebVtt(`WEBVTT\n\n${block}\n\n00:05.000 --> 00:06.000\nrest\n`)
    expect(problems.map((problem) => problem.line)).toEqual([line])
    expect(read.at(-1)?.text).toBe('rest')
  })

  it('counts all that is wrong, and keeps the first', () => {
    const { problems, problemCount } = readWebVtt(`WEBVTT\n\n${'no cue\n\n'.repeat(5000)}`)
    expect([problems.length, problemCount]).toEqual([20, 5000])
  })

  it(`of more than ${maxCues} cues is refused`, () => {
    const text = `WEBVTT\n\n${'00:01.000 --> 00:02.000\na\n\n'.repeat(maxCues + 1)}`
    expect(() => readWebVtt(text)).toThrow(expect.objectContaining({ code: 'TEXT_CUES_MANY' }))
  })

  it('written again says the same', () => {
    const line = fc.stringMatching(/^[a-z<>/ ü]{1,20}$/).filter((text) => text.trim() !== '')
    const cue = fc
      .record(
        {
          startMs: fc.nat({ max: 10 ** 8 }),
          length: fc.integer({ min: 1, max: 10 ** 6 }),
          id: fc.stringMatching(/^[a-z0-9]{1,8}$/),
          settings: fc.constantFrom('line:0', 'align:start position:10%'),
          text: fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => lines.join('\n')),
        },
        { requiredKeys: ['startMs', 'length', 'text'] },
      )
      .map(({ length, ...rest }): Cue => ({ ...rest, endMs: rest.startMs + length }))
    fc.assert(
      fc.property(fc.array(cue), fc.array(line), fc.array(line), (list, styles, regions) => {
        const file = { styles, regions, cues: list }
        expect(readWebVtt(writeWebVtt(file))).toMatchObject({ ...file, problemCount: 0 })
        expect(readWebVtt(webVttHeader(file))).toMatchObject({ styles, regions, cues: [] })
      }),
    )
  })

  it('whatever a cue holds is one cue once written', () => {
    const any = fc.string({ unit: fc.constantFrom('a', '\n', '\r', '-', '>', '<', '&', ' ', '\0', 'é') })
    fc.assert(
      fc.property(any, any, any, (id, settings, text) => {
        const out = writeWebVtt({
          styles: [],
          regions: [],
          cues: [
            { startMs: 0, endMs: 1, id, settings, text },
            { startMs: 1, endMs: 2, text: 'next' },
          ],
        })
        const read = readWebVtt(out)
        expect([read.cues.length, read.problemCount, read.cues[1]?.text]).toEqual([2, 0, 'next'])
      }),
    )
  })

  it('of a million empty lines in a text is written in no time', () => {
    const text = `a${'\n'.repeat(1_000_000)}b`
    const out = writeWebVtt({ styles: [], regions: [], cues: [{ startMs: 0, endMs: 1, text }] })
    expect(out.split('&nbsp;')).toHaveLength(1_000_000)
  })

  it('with any characters changed is read, or refused with a code', () => {
    const change = fc.tuple(
      fc.nat({ max: whole.length - 1 }),
      fc.constantFrom('', '\n', '-->', '0', '\0', 'x'),
    )
    const seen = outcomes()
    let cueCount = 0
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), (changes) => {
        let text = whole
        for (const [at, by] of changes) text = text.slice(0, at) + by + text.slice(at + 1)
        seen.count(() => {
          const read = readWebVtt(text)
          expect(read.cues.length).toBeLessThan(10)
          if (text === whole) expect([read.cues.length, read.problemCount]).toEqual([2, 0])
          cueCount += read.cues.length
        })
      }),
      { numRuns: 2000, seed: 9 },
    )
    seen.expectBoth(20)
    expect(cueCount).toBeGreaterThan(2000)
  })
})

describe('the text of a cue', () => {
  it('is escaped', () => expect(escapeCueText('a < b & c > d')).toBe('a &lt; b &amp; c &gt; d'))

  it('has times that move with it', () => {
    const text = '<00:01.000>one <01:00:02.500>two'
    expect([hasTimestamps(text), hasTimestamps('<i>one</i>')]).toEqual([true, false])
    expect(shiftTimestamps(text, 1500)).toBe('<00:00:02.500>one <01:00:04.000>two')
    expect(shiftTimestamps(text, -5000)).toBe('<00:00:00.000>one <00:59:57.500>two')
  })

  it('has times of many hours', () => expect(timestamp(360_000_005)).toBe('100:00:00.005'))
})

describe('bytes', () => {
  it.each([
    ['UTF-8', Buffer.from('é')],
    ['UTF-8 with a byte order mark', Buffer.from('\ufeffé')],
    ['UTF-16, little end first', Buffer.from('\ufeffé', 'utf16le')],
    ['UTF-16, big end first', Buffer.from('\ufeffé', 'utf16le').swap16()],
  ])('of %s are text', (_name, bytes) => expect(decodeText(bytes)).toBe('é'))

  it('of Latin-1 are refused, with the line', () => {
    expect(() => decodeText(Buffer.from('a\r\nb\r\n\xe9', 'latin1'))).toThrow(
      expect.objectContaining({ code: 'TEXT_ENCODING', message: expect.stringMatching(/^line 3: /) }),
    )
  })

  it('of more than any subtitles are not looked at', () => {
    expect(() => decodeText(new Uint8Array(maxCueBytes + 1))).toThrow(
      expect.objectContaining({ code: 'TEXT_LARGE' }),
    )
  })
})
