/** SubRip as it is found: with and without numbers, empty lines within, and little HTML. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSrt } from '../../../lib/formats/srt/read.ts'
import { subRipText } from '../../../lib/formats/srt/text.ts'
import { outcomes } from '../outcomes.ts'

const film = `1
00:00:01,000 --> 00:00:03,500
Hello & <i>welcome</i>

2
00:00:05,000 --> 00:00:08,000  X1:0 X2:1 Y1:0 Y2:1
first

third, for the second line is empty

3
01:00:00,000 --> 01:00:01,000
42
`

describe('SubRip', () => {
  it('becomes cues of WebVTT', () => {
    expect(readSrt(film)).toEqual({
      styles: [],
      regions: [],
      cues: [
        { startMs: 1000, endMs: 3500, text: 'Hello &amp; <i>welcome</i>' },
        { startMs: 5000, endMs: 8000, text: 'first\n\nthird, for the second line is empty' },
        { startMs: 3_600_000, endMs: 3_601_000, text: '42' },
      ],
      problems: [],
      problemCount: 0,
    })
  })

  it.each([
    ['CR LF and a byte order mark', `\ufeff${film.replaceAll('\n', '\r\n')}`],
    ['no empty lines between cues', film.replace('\n\n2\n', '\n2\n')],
    ['points for commas', film.replaceAll(',000', '.000')],
    ['empty lines in front', `\n\n${film}`],
    ['no end of its last line', film.trimEnd()],
  ])('with %s is the same', (_name, text) => {
    expect(readSrt(text)).toEqual(readSrt(film))
  })

  it('without numbers keeps a number that is text', () => {
    const text = '00:00:01,000 --> 00:00:02,000\n1984\n\n00:00:03,000 --> 00:00:04,5\nb'
    expect(readSrt(text).cues).toEqual([
      { startMs: 1000, endMs: 2000, text: '1984' },
      { startMs: 3000, endMs: 4500, text: 'b' },
    ])
  })

  it('says which times it can not read', () => {
    const { cues, problems } = readSrt(
      `${film}\n4\n00:00:0x,0 --> 1\nlost\n\n5\n00:00:02,000 --> 00:00:01,000\nx\n`,
    )
    expect([cues.length, problems.map(({ line }) => line)]).toEqual([3, [16, 20]])
  })

  it('that holds no times is refused', () => {
    expect(() => readSrt('just words\n')).toThrow(expect.objectContaining({ code: 'SRT_CUES' }))
  })

  it.each([
    ['<B>bold</B> <u>line</u>', '<b>bold</b> <u>line</u>', undefined],
    ['<font color="#ff0000" size=5>red</font>', 'red', undefined],
    ['{\\an8}above', 'above', 'line:0'],
    ['{\\an1}left{\\i1}', 'left', 'align:left'],
    ['{\\an6}', '', 'line:50% align:right'],
    ['1 < 2 > 0 & <3', '1 &lt; 2 &gt; 0 &amp; &lt;3', undefined],
    ['a &amp; b &nbsp;', 'a &amp; b &nbsp;', undefined],
    ['{curly} <what>', '{curly} &lt;what&gt;', undefined],
  ])('%j shows as %j', (text, shown, settings) => {
    expect(subRipText(text)).toEqual({ text: shown, ...(settings && { settings }) })
  })

  it.each(['{\\', '<b ', '{\\an', '\n', '&#'])('is read in no time if it is %j a million times', (piece) => {
    const { cues } = readSrt(`00:00:01,000 --> 00:00:02,000\n${piece.repeat(1_000_000)}x\n`)
    expect(cues).toHaveLength(1)
  })

  it('with any characters changed is read, or refused with a code', () => {
    const change = fc.tuple(
      fc.nat({ max: film.length - 1 }),
      fc.constantFrom('', '\n', '-->', '9', '<', '{\\'),
    )
    const seen = outcomes()
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), fc.nat(2 * film.length), (changes, length) => {
        let text = film.slice(0, length)
        for (const [at, by] of changes) text = text.slice(0, at) + by + text.slice(at + 1)
        seen.count(() => {
          const { cues, problemCount } = readSrt(text)
          expect(cues.length > 0 || problemCount > 0 || text.trim() === '').toBe(true)
          for (const { startMs, endMs } of cues) expect(endMs).toBeGreaterThan(startMs)
          if (text === film) expect(cues).toHaveLength(3)
        })
      }),
      { numRuns: 500, seed: 9 },
    )
    seen.expectBoth(20)
  })
})
