/** Trying again: how long, how often, and what comes of it. */
import { describe, expect, it } from 'vitest'
import { HeadendError } from '../../lib/errors.ts'
import { again, pauseMs, untilDone } from '../../lib/platform/retry.ts'

const exhausted = () => new HeadendError('KEY_RACE', 'others were always quicker', { status: 503 })

describe('pauseMs', () => {
  it('is nothing before the first try, then up to a bound that doubles and ends', () => {
    const longest = Array.from({ length: 9 }, (_, turn) => pauseMs(turn, () => 1))
    expect(longest).toEqual([0, 25, 50, 100, 200, 400, 800, 800, 800])
  })

  it('is spread over all of that', () => {
    expect([0, 0.25, 0.5].map((random) => pauseMs(3, () => random))).toEqual([0, 25, 50])
  })
})

describe('untilDone', () => {
  it('gives what the first attempt gives that is not again, and pauses in between', async () => {
    const slept: number[] = []
    const pauses = { random: () => 0.5, sleep: async (ms: number) => void slept.push(ms) }
    const attempt = async (turn: number) => (turn < 3 ? again : turn)
    expect(await untilDone(attempt, { most: 5, exhausted, pauses })).toBe(3)
    expect(slept).toEqual([12.5, 25, 50])
  })

  it('takes undefined for an answer', async () => {
    expect(await untilDone(async () => undefined, { most: 5, exhausted })).toBeUndefined()
  })

  it('throws in the end what the caller says, after as many attempts as it says', async () => {
    let tried = 0
    const attempt = async () => {
      tried++
      return again
    }
    const pauses = { random: () => 0, sleep: () => Promise.resolve() }
    await expect(untilDone(attempt, { most: 4, exhausted, pauses })).rejects.toMatchObject({
      code: 'KEY_RACE',
    })
    expect(tried).toBe(4)
  })

  it('leaves an error of an attempt to the caller', async () => {
    const broken = async () => {
      throw new Error('broken')
    }
    await expect(untilDone(broken, { most: 4, exhausted })).rejects.toThrow('broken')
  })
})
