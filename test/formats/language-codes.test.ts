/** Three letters for a language. */
import { describe, expect, it } from 'vitest'
import { threeLetters } from '../../lib/formats/language-codes.ts'

const letters = Array.from('abcdefghijklmnopqrstuvwxyz')
const pairs = letters.flatMap((a) => letters.map((b) => a + b))

describe('three letters', () => {
  it('name the language the two did', () => {
    const coded = pairs.filter((pair) => threeLetters(pair) !== 'und')
    expect(coded.length).toBeGreaterThan(175)
    for (const pair of coded) {
      // Twi counts as Akan by now.
      if (pair === 'tw') continue
      const [canonical] = Intl.getCanonicalLocales(threeLetters(pair))
      expect(canonical, pair).toBe(Intl.getCanonicalLocales(pair)[0])
    }
  })

  it.each([
    ['en', 'eng'],
    ['sv-SE', 'swe'],
    ['de', 'ger'],
    ['yue', 'yue'],
    ['xx', 'und'],
    ['r ', 'und'],
    [undefined, 'und'],
  ])('of %s are %s', (tag, code) => {
    expect(threeLetters(tag)).toBe(code)
  })
})
