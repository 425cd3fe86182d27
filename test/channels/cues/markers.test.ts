/** What cues mean together, however often and in which order they come. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Cue } from '../../../lib/channels/cues/cue.ts'
import { boundariesOf, markersOf } from '../../../lib/channels/cues/markers.ts'
import { cueOf } from '../../../lib/channels/cues/read-cue.ts'
import { type MadeSplice, splice } from './make-cues.ts'

const second = 90_000
/** Some time in 2026. */
const base = Date.UTC(2026, 11, 1, 10) * 90

/** A cue at so many seconds. */
const at = (seconds: number, made: Omit<MadeSplice, 'pts'>): Cue =>
  cueOf(splice({ ...made, pts: seconds * second }), base + seconds * second)

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
    ['a return from nothing', [at(40, { id: 2 })], [['other', 40, undefined, undefined]]],
    [
      'one that is cancelled in time',
      [at(10, { id: 1, out: true }), cueOf(splice({ id: 1, cancel: true }), base + 5 * second)],
      [['break', 10, undefined, undefined]],
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
    ]
    const [markers, boundaries] = [markersOf(cues), boundariesOf(cues)]
    expect(markers).toHaveLength(3)
    // A pipeline's times may differ by a tick.
    const other = cues.map((cue) => ({ ...cue, at: cue.at + 1 }))
    fc.assert(
      fc.property(fc.shuffledSubarray([...cues, ...cues, ...cues, ...other], { minLength: 20 }), (order) => {
        expect(markersOf(order)).toEqual(markers)
        expect(boundariesOf(order)).toEqual(boundaries)
      }),
    )
  })
})
