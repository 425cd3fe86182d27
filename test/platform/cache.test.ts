/** The cache of warm functions: one load for all who ask at once, bounds of weight and age, no failure kept. */
import { describe, expect, it } from 'vitest'
import { Cache, type CacheLimits, cached } from '../../lib/platform/cache.ts'

/** A cache of letters that notes what it loads, under a clock of its own. */
function noted(limits: CacheLimits) {
  let nowMs = 0
  const loads: string[] = []
  const cache = new Cache<string>({ ...limits, now: () => nowMs })
  return {
    cache,
    loads,
    pass: (ms: number) => {
      nowMs += ms
    },
    get: (key: string, weight = 1, maxAgeMs?: number) =>
      cache.get(
        key,
        async () => {
          loads.push(key)
          return { value: `${key}${loads.length}`, weight }
        },
        maxAgeMs,
      ),
  }
}

describe('a cache', () => {
  it('loads once for all who ask at once, and drops what was not used for longest', async () => {
    const { get, loads } = noted({ maxWeight: 2 })
    await Promise.all([get('a'), get('a'), get('b')])
    await get('a')
    await get('c')
    await Promise.all([get('a'), get('b')])
    expect(loads).toEqual(['a', 'b', 'c', 'b'])
  })

  it('counts weight, and keeps one value that is too heavy until the next comes', async () => {
    const { get, loads } = noted({ maxWeight: 10 })
    await get('light', 4)
    await get('heavy', 11)
    await get('heavy', 11)
    await get('light', 4)
    await get('heavy', 11)
    expect(loads).toEqual(['light', 'heavy', 'light', 'heavy'])
  })

  it('does not count a value again that was loaded anew', async () => {
    const { get, loads, pass } = noted({ maxWeight: 2, maxAgeMs: 10 })
    for (let turn = 0; turn < 5; turn++) {
      await get('a')
      pass(10)
    }
    await get('b')
    await get('a')
    await get('b')
    expect(loads).toEqual(['a', 'a', 'a', 'a', 'a', 'b', 'a'])
  })

  it('loads what is too old for the cache, or for who asks', async () => {
    const { get, pass } = noted({ maxWeight: 2, maxAgeMs: 10 })
    expect(await get('a')).toBe('a1')
    pass(9)
    expect(await get('a')).toBe('a1')
    expect(await get('a', 1, 5)).toBe('a2')
    pass(10)
    expect(await get('a')).toBe('a3')
  })

  it('keeps no failure, and forgets what it is told to', async () => {
    const { cache, get, loads } = noted({ maxWeight: 2 })
    await expect(cache.get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await get('a')).toBe('a1')
    cache.delete('a')
    expect(await get('a')).toBe('a2')
    expect(loads).toEqual(['a', 'a'])
  })

  it('does not lose a newer value to a load that ended late', async () => {
    const { cache, get } = noted({ maxWeight: 1 })
    const late = Promise.withResolvers<{ value: string }>()
    const first = cache.get('a', () => late.promise)
    cache.delete('a')
    expect(await get('a')).toBe('a1')
    late.resolve({ value: 'late' })
    expect(await first).toBe('late')
    expect(await get('a')).toBe('a1')
  })
})

describe('one cached value', () => {
  it('is loaded again when it is too old, or failed', async () => {
    let nowMs = 0
    let loads = 0
    const value = cached(
      10,
      () => nowMs,
      () => (++loads === 2 ? Promise.reject(new Error('no')) : Promise.resolve(loads)),
    )
    expect(await Promise.all([value(), value()])).toEqual([1, 1])
    nowMs = 10
    await expect(value()).rejects.toThrow('no')
    expect(await value()).toBe(3)
    nowMs = 15
    expect(await value()).toBe(3)
    expect(await value(5)).toBe(4)
  })
})
