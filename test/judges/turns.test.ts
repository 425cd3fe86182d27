import { describe, expect, it } from 'vitest'
import { fileSeconds, turnsOf } from '../turns.ts'

const browser = Array.from({ length: 6 }, (_, i) => ({ path: `test/browser/${i}.test.ts`, inBrowser: true }))
const others = Array.from({ length: 30 }, (_, i) => ({ path: `test/unit/${i}.test.ts`, inBrowser: false }))

describe('turns', () => {
  it('have one browser at a time as long as there is anything else to do', () => {
    const order = turnsOf([...browser, ...others])
    expect(new Set(order).size).toBe(36)
    // All take as long here, so neighbours run side by side.
    for (let i = 0; i < 12; i += 2)
      expect([order[i], order[i + 1]].filter((one) => one?.inBrowser)).toHaveLength(1)
  })

  it('leave nothing out where only browsers are left', () => {
    expect(turnsOf(browser)).toHaveLength(6)
    expect(turnsOf([])).toEqual([])
  })

  it('know how long files take', () => {
    for (const seconds of Object.values(fileSeconds)) expect(seconds).toBeGreaterThan(0)
  })
})
