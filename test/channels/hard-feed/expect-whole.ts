/** What a planned feed has to come to, whatever its seed. */
import { expect } from 'vitest'
import { madeSeconds } from './made-feed.ts'
import { count, off, restartAt } from './plan.ts'
import type { Ran } from './run-plan.ts'

/** Holds it. */
export function expectWhole({ plan, shown, outcomes, takenBack }: Ran): void {
  expect(takenBack).toEqual([])
  expect(shown.size).toBe(2)
  expect(new Set([...shown.keys()].map((id) => id.split('-')[0]))).toEqual(new Set(['audio', 'video']))
  for (const [id, segments] of shown) {
    const timescale = id.startsWith('video') ? 90_000 : 48_000
    // Each once, and in order; gaps are what neither pipeline had.
    expect(segments.length, id).toBe(count)
    expect(
      segments.flatMap(({ gap }, i) => (gap === 'missing' ? [i] : [])),
      id,
    ).toEqual(plan.lost)
    // The restart, and nothing else.
    expect(
      segments.flatMap(({ discontinuity }, i) => (discontinuity ? [i] : [])),
      id,
    ).toEqual([restartAt])
    for (const [i, { start, duration }] of segments.entries()) {
      const next = segments[i + 1]
      if (next && i !== restartAt - 1) expect(next.start, `${id} ${i}`).toBe(start + duration)
      const first = segments[i < restartAt ? 0 : restartAt]?.start ?? 0
      const due = first + (i < restartAt ? i : i - restartAt) * madeSeconds * timescale
      // Audio is cut at its frames; the first picture's time is rounded once.
      if (timescale === 90_000) expect(Math.abs(start - due), `${id} ${i}`).toBeLessThan(2)
      expect(Math.abs(start - due) / timescale, `${id} ${i}`).toBeLessThan(0.025)
    }
  }
  const outlying = [...outcomes].flatMap(([path, of]) =>
    of.some(({ kind }) => kind === 'outlying') ? [path] : [],
  )
  const named = (path: string): number => Number(/(\d+)\.(?:ts|m4s)$/.exec(path)?.[1])
  expect(new Set(outlying.map(named))).toEqual(new Set([off.alone, off.both]))
}
