/** Key periods: which index a time falls in, when keys are made and how long licences may be had. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isLicensable,
  newPlan,
  type PeriodPlan,
  periodsDue,
  withEra,
  withRotation,
} from '../../../lib/rights/keys/key-periods.ts'
import { periodAt, periodEndMs, periodStart, periodsBetween } from '../../../lib/timeline/key-periods.ts'

const startMs = Date.UTC(2026, 0, 1)
const hourMs = 3_600_000
const made = (plan: PeriodPlan, madeThrough: number): PeriodPlan => ({ ...plan, madeThrough })

describe('periods of a film', () => {
  const film = newPlan('vod/film', startMs, 12)

  it('count media time from 0, whenever the film is watched', () => {
    expect(periodsBetween(film, 0, 30_000)).toEqual([
      { index: 0, fromMs: 0 },
      { index: 1, fromMs: 12_000 },
      { index: 2, fromMs: 24_000 },
    ])
    expect(periodsBetween(film, 0, 24_000)).toHaveLength(2)
    expect(periodAt(film, 11_999).index).toBe(0)
  })

  it('are one where nothing rotates', () => {
    expect(periodsBetween(newPlan('vod/film', startMs), 0, 9e9)).toEqual([
      { index: 0, fromMs: expect.any(Number) },
    ])
  })

  it('begin anew for all of the film when its keys are retired', () => {
    const retired = withEra(made(film, 2), startMs + hourMs, 12)
    expect(periodsBetween(retired, 0, 24_000)).toEqual([
      { index: 3, fromMs: 0 },
      { index: 4, fromMs: 12_000 },
    ])
    expect(periodEndMs(retired, 1)).toBe(startMs + hourMs)
    expect(isLicensable(retired, 1, startMs + 48 * hourMs)).toBe(true)
    expect(isLicensable(retired, 1, startMs + 49 * hourMs)).toBe(false)
    expect(isLicensable(retired, 3, startMs + 9999 * hourMs)).toBe(true)
  })
})

describe('periods of live content', () => {
  const live = newPlan('live/one', startMs, 3600)

  it('go by the wall clock', () => {
    expect(periodAt(live, startMs + 3.5 * hourMs)).toEqual({ index: 3, fromMs: startMs + 3 * hourMs })
    // What was recorded before anybody asked for a key belongs to the first period.
    expect(periodAt(live, startMs - hourMs).index).toBe(0)
  })

  it('are due five minutes ahead', () => {
    expect(periodsDue(live, startMs + 54 * 60_000).map(({ index }) => index)).toEqual([0])
    expect(periodsDue(live, startMs + 56 * 60_000).map(({ index }) => index)).toEqual([0, 1])
  })

  it('stay licensable for two days after they are over', () => {
    expect(isLicensable(live, 0, startMs + 48.9 * hourMs)).toBe(true)
    expect(isLicensable(live, 0, startMs + 49 * hourMs)).toBe(false)
  })

  it('end at once when retired, and the next has a key nobody was given', () => {
    const nowMs = startMs + 1.5 * hourMs
    const retired = withEra(made(live, 6), nowMs, 3600)
    expect(periodAt(retired, nowMs - 1).index).toBe(1)
    expect(periodAt(retired, nowMs)).toEqual({ index: 7, fromMs: nowMs })
    expect(periodEndMs(retired, 1)).toBe(nowMs)
    expect(periodsBetween(retired, startMs, nowMs + hourMs)).toEqual([
      { index: 0, fromMs: startMs },
      { index: 1, fromMs: startMs + hourMs },
      { index: 7, fromMs: nowMs },
    ])
  })

  it('take another length from the moment a policy says so, and not again', () => {
    const changed = withRotation(live, startMs + hourMs, 60)
    expect(withRotation(changed, startMs + 2 * hourMs, 60)).toBe(changed)
    expect(periodAt(changed, startMs + hourMs + 61_000).index).toBe(3)
  })
})

it('no index comes twice, and each begins where it is found, whatever was changed when', () => {
  const change = fc.record({
    afterMs: fc.integer({ min: 1, max: 10 * hourMs }),
    rotationSeconds: fc.option(fc.integer({ min: 10, max: 7200 }), { nil: undefined }),
    ahead: fc.integer({ min: 0, max: 8 }),
  })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 5 }), (changes) => {
      let plan = newPlan('live/one', startMs, 600)
      let nowMs = startMs
      for (const { afterMs, rotationSeconds, ahead } of changes) {
        nowMs += afterMs
        plan = withEra(made(plan, periodAt(plan, nowMs).index + ahead), nowMs, rotationSeconds)
      }
      const all = periodsBetween(plan, startMs, nowMs + hourMs)
      const indexes = all.map(({ index }) => index)
      expect(indexes).toEqual([...new Set(indexes)].toSorted((a, b) => a - b))
      for (const period of all) {
        expect(periodAt(plan, period.fromMs)).toEqual(period)
        expect(periodStart(plan, period.index)).toEqual(period)
      }
    }),
    { numRuns: 50 },
  )
})
