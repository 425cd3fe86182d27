import { describe, expect, it } from 'vitest'
import { allPairs, everyOne, thatShow } from '../browser/matrix.ts'

describe('combinations', () => {
  const dimensions = { player: ['a', 'b', 'c', 'd'], scheme: ['cenc', 'cbcs'], film: [1, 2, 3] }

  it('are all of them where nothing may be left out', () => {
    const all = everyOne(dimensions)
    expect(all).toHaveLength(24)
    expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(24)
  })

  it('have every pair of values in CI, and are about as many as the two longest dimensions need', () => {
    const chosen = allPairs(dimensions)
    for (const player of dimensions.player)
      for (const film of dimensions.film)
        expect(chosen.some((one) => one.player === player && one.film === film)).toBe(true)
    for (const scheme of dimensions.scheme)
      for (const film of dimensions.film)
        expect(chosen.some((one) => one.scheme === scheme && one.film === film)).toBe(true)
    expect(chosen.length).toBeLessThanOrEqual(14)
  })

  it('are the values themselves where there is one dimension', () => {
    expect(allPairs({ player: ['a', 'b'] })).toEqual([{ player: 'a' }, { player: 'b' }])
  })
})

describe('things of several kinds', () => {
  const things = [
    { name: 'one', kinds: ['avc'] },
    { name: 'two', kinds: ['avc', 'aac'] },
    { name: 'three', kinds: ['vp9', 'aac'] },
  ]
  const namesOf = (had: readonly string[]) => thatShow(things, had).map(({ name }) => name)

  it('are as few as show each kind', () => {
    expect(namesOf([])).toEqual(['two', 'three'])
  })

  it('are those alone that show what was not had', () => {
    expect(namesOf(['aac', 'avc'])).toEqual(['three'])
    expect(namesOf(['aac', 'avc', 'vp9', 'opus'])).toEqual([])
  })
})
