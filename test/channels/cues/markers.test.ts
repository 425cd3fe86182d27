/** What cues mean together, however often and in which order they come. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Cue } from '../../../lib/channels/cues/cue.ts'
import { boundariesOf, markersOf } from '../../../lib/channels/cues/markers.ts'
import { cueOf, cuesOf } from '../../../lib/channels/cues/read-cue.ts'
import { type MadeSplice, schedule, splice } from './make-cues.ts'

const second = 90_000
/** Some time in 2026. */
const base = Date.UTC(2026, 11, 1, 10) * 90

/** A cue at so many seconds, said some before. */
const at = (seconds: number, made: Omit<MadeSplice, 'pts'>, said = seconds - 8): Cue =>
  cueOf(splice({ ...made, pts: seconds * second }), base + seconds * second, base + said * second)

const cancelled = (seconds: number, id: number): Cue =>
  cueOf(splice({ id, cancel: true }), base + seconds * second, base + seconds * second)

/** A splice_schedule said at the beginning; without a time, its cancellation a while later. */
const scheduled = (seconds: number | undefined, { id }: { readonly id: number }): readonly Cue[] => {
  const said = base + (seconds === undefined ? 6 * second : 0)
  const utcMs = seconds === undefined ? undefined : base / 90 + seconds * 1000
  return cuesOf(schedule(id, utcMs), said, said)
}

const told = (cues: readonly Cue[]) =>
  markersOf(cues).map(({ kind, at: start, duration, planned }) => [
    kind,
    start / 1000 - base / second,
    duration === undefined ? undefined : duration / 1000,
    planned === undefined ? undefined : planned / 1000,
  ])

describe('cues of a channel', () => {
  it.each<[string, readonly Cue[], unknown[]]>([
    ['out and in', [at(10, { id: 1, out: true }), at(40, { id: 1 })], [['break', 10, 30, undefined]]],
    [
      'out with a duration, and no way back yet',
      [at(10, { id: 1, out: true, duration: 30 * second })],
      [['break', 10, undefined, 30]],
    ],
    [
      'out that returns by itself',
      [at(10, { id: 1, out: true, duration: 30 * second, autoReturn: true })],
      [['break', 10, 30, 30]],
    ],
    [
      'an early return',
      [at(10, { id: 1, out: true, duration: 30 * second, autoReturn: true }), at(25, { id: 1 })],
      [['break', 10, 15, 30]],
    ],
    [
      'a return of another number',
      [at(10, { id: 1, out: true }), at(40, { id: 2 })],
      [['break', 10, 30, undefined]],
    ],
    [
      'a break that is prolonged',
      [
        at(10, { id: 1, out: true, duration: 30 * second, autoReturn: true }),
        at(20, { id: 1, out: true, duration: 40 * second, autoReturn: true }),
      ],
      [['break', 10, 50, 50]],
    ],
    [
      'a break without end before the next',
      [at(10, { id: 1, out: true }), at(50, { id: 2, out: true })],
      [
        ['break', 10, 40, undefined],
        ['break', 50, undefined, undefined],
      ],
    ],
    [
      'ways out at one time under two numbers',
      [at(10, { id: 1, out: true }), at(10.1, { id: 2, out: true }), at(40, { id: 2 })],
      [['break', 10, 30, undefined]],
    ],
    ['a return from nothing', [at(40, { id: 2 })], [['other', 40, undefined, undefined]]],
    ['one that is cancelled in time', [at(10, { id: 1, out: true }), cancelled(5, 1)], []],
    [
      'one that is cancelled when it runs',
      [at(10, { id: 1, out: true }), cancelled(12, 1), at(40, { id: 1 })],
      [['break', 10, 30, undefined]],
    ],
    [
      'one that is cancelled beside another',
      [at(10, { id: 1, out: true }), at(50, { id: 2, out: true }, 3), cancelled(5, 1)],
      [['break', 50, undefined, undefined]],
    ],
    [
      'one that is cancelled and announced anew',
      [at(10, { id: 1, out: true }), cancelled(5, 1), at(20, { id: 1, out: true }, 6)],
      [['break', 20, undefined, undefined]],
    ],
    [
      'a return that is cancelled',
      [at(10, { id: 1, out: true }), at(40, { id: 1 }), cancelled(35, 1), at(60, { id: 1 })],
      [['break', 10, 50, undefined]],
    ],
    [
      'one that was scheduled and is cancelled as it was, or by its number',
      [
        ...scheduled(7200, { id: 1 }),
        ...scheduled(9000, { id: 2 }),
        cancelled(5, 1),
        ...scheduled(undefined, { id: 2 }),
      ],
      [],
    ],
    [
      'one that was scheduled, hours before',
      scheduled(7200, { id: 1 }),
      [['break', 7200, undefined, undefined]],
    ],
    [
      'a number that was cancelled once, used again much later',
      [at(10, { id: 1, out: true }), cancelled(5, 1), at(3000, { id: 1, out: true }), at(3030, { id: 1 })],
      [['break', 3000, 30, undefined]],
    ],
  ])('%s', (_, cues, wanted) => {
    expect(told(cues)).toEqual(wanted)
  })

  it('mean the same sent three times from two pipelines in any order', () => {
    const cues = [
      at(10, { id: 1, out: true, duration: 30 * second }),
      at(41, { id: 1 }),
      at(100, { id: 2, out: true, duration: 20 * second, autoReturn: true }),
      at(200, { id: 3, out: true }),
      at(230, { id: 3 }),
      at(300, { id: 4, out: true }),
      cancelled(295, 4),
    ]
    const [markers, boundaries] = [markersOf(cues), boundariesOf(cues)]
    expect(markers).toHaveLength(3)
    // A pipeline's times may differ by a tick.
    const other = cues.map((cue) => ({ ...cue, at: cue.at + 1 }))
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...cues, ...cues, ...cues, ...other], { minLength: 4 * cues.length }),
        (order) => {
          expect(markersOf(order)).toEqual(markers)
          expect(boundariesOf(order)).toEqual(boundaries)
        },
      ),
    )
  })
})
