/** Times of TTML move with their track, and nothing else of a document changes. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeadendError } from '../../../lib/errors.ts'
import { moveTtml } from '../../../lib/packaging/text/move-ttml.ts'

const document = (body: string, head = '', of = ''): string =>
  `<?xml version="1.0"?>\n<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"${of}>${head}<body>${body}</body></tt>`

const byMs = 3_600_000

describe('a document of TTML that is moved', () => {
  it.each([
    ['<p begin="00:00:01.500" end="00:00:02">a</p>', '<p begin="01:00:01.500" end="01:00:02.000">a</p>'],
    ['<p begin="1.5s" dur="2s">a</p>', '<p begin="01:00:01.500" dur="2s">a</p>'],
    ['<p end="2500ms">a</p>', '<p begin="01:00:00.000" end="01:00:02.500">a</p>'],
    // Times within a timed element count from its beginning.
    [
      '<div begin="1s"><p begin="1s"><set begin="0.5s"/>a</p></div>',
      '<div begin="01:00:01.000"><p begin="1s"><set begin="0.5s"/>a</p></div>',
    ],
    [
      '<div timeContainer="seq"><p dur="1s">a</p></div>',
      '<div begin="01:00:00.000" timeContainer="seq"><p dur="1s">a</p></div>',
    ],
    [`<p title=' begin="1s"' begin='1s'>a</p>`, `<p title=' begin="1s"' begin="01:00:01.000">a</p>`],
    ['<p>always</p><!-- begin="1s" -->', '<p>always</p><!-- begin="1s" -->'],
  ])('%s is %s', (before, after) => {
    expect(moveTtml(document(before), byMs).text).toBe(document(after))
  })

  it.each([
    ['00:00:01:12', ' ttp:frameRate="24"', '01:00:01.500'],
    ['00:00:01:15', ' ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001"', '01:00:01.501'],
    ['45f', '', '01:00:01.500'],
    ['15000000t', ' ttp:tickRate="10000000"', '01:00:01.500'],
    ['498922:00:00', '', '498923:00:00.000'],
    ['0.5h', '', '01:30:00.000'],
  ])('counts %s as its root says', (time, of, wanted) => {
    expect(moveTtml(document(`<p begin="${time}">a</p>`, '', of), byMs).text).toContain(`begin="${wanted}"`)
  })

  it('has regions that come and go with it', () => {
    const layout = '<head><layout><region xml:id="r" begin="1s"/></layout></head>'
    expect(moveTtml(document('', layout), byMs).text).toContain('<region xml:id="r" begin="01:00:01.000"/>')
  })

  it('says when its texts are shown', () => {
    const text = document('<p begin="1s" end="2s">a</p><p begin="3s" dur="0.5s">b</p>')
    expect(moveTtml(text, 0)).toEqual({ text, shown: { fromMs: 1000, toMs: 3500 } })
    expect(moveTtml(document('<p>a</p>'), 0).shown).toBeUndefined()
  })

  it.each([
    ['<p begin="soon">a</p>', ''],
    ['<p begin="1s">a</p>', ' ttp:timeBase="clock"'],
    ['<p begin="1f">a</p>', ' ttp:frameRate="0"'],
  ])('is refused where its times are none of the media: %s%s', (body, of) => {
    expect(() => moveTtml(document(body, '', of), byMs)).toThrow(
      expect.objectContaining({ code: 'TEXT_TTML' }),
    )
  })

  it('ends, and throws nothing but its own errors, whatever is changed in it', () => {
    const whole = document('<div begin="1s"><p begin="00:00:01:12" end="3s">a</p></div>')
    const change = fc.record({ at: fc.nat(whole.length), by: fc.string({ maxLength: 3 }), cut: fc.nat(4) })
    fc.assert(
      fc.property(change, ({ at, by, cut }) => {
        try {
          moveTtml(whole.slice(0, at) + by + whole.slice(at + cut), byMs)
        } catch (error) {
          expect(error).toBeInstanceOf(HeadendError)
        }
      }),
      { numRuns: 500 },
    )
  })
})
