/** What of a channel's range is shown, whatever its cues say, at any moment. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { piecesOf } from '../../lib/presentations/channel-clip.ts'
import type { Marker } from '../../lib/timeline/timeline.ts'
import { segmentsOf } from '../delivery/timelines.ts'

const lead = { timescale: 1000, segments: segmentsOf(60, 1000) }
const clip = { from: 5000, to: 55_000 }
const breakAt = (at: number, rest: Partial<Marker> = {}): Marker => ({
  id: `${at}`,
  at,
  kind: 'break',
  ...rest,
})
const marked = (breaks: 'keep' | 'remove' | 'replace', markers: readonly Marker[], through = 60_000) =>
  piecesOf({ ...clip, breaks }, lead, { through, markers })
/** Ranges alone. */
function shown(...asked: Parameters<typeof marked>) {
  const { pieces, isWhole } = marked(...asked)
  return {
    pieces: pieces.map((one) => (one === 'replacements' ? one : { from: one.from, to: one.to })),
    isWhole,
  }
}

it.each([
  [
    'that are over',
    [breakAt(10_000, { duration: 5000 })],
    [
      [5, 10],
      [15, 55],
    ],
  ],
  [
    'that overlap',
    [breakAt(10_000, { duration: 5000 }), breakAt(12_000, { duration: 6000 })],
    [
      [5, 10],
      [18, 55],
    ],
  ],
  ['at its begin', [breakAt(3000, { duration: 4000 })], [[7, 55]]],
  ['over its end', [breakAt(50_000, { duration: 9000 })], [[5, 50]]],
  [
    'that were announced and never ended',
    [breakAt(10_000, { planned: 5000 })],
    [
      [5, 10],
      [15, 55],
    ],
  ],
  ['that neither ended nor were announced', [breakAt(10_000)], [[5, 10]]],
  [
    'between segments',
    [breakAt(10_400, { duration: 5200 })],
    [
      [5, 10],
      [16, 55],
    ],
  ],
  [
    'a frame beside a boundary',
    [breakAt(9_980, { duration: 5030 })],
    [
      [5, 10],
      [15, 55],
    ],
  ],
  ['that are none', [{ ...breakAt(10_000, { duration: 5000 }), kind: 'chapter' as const }], [[5, 55]]],
])('leaves out breaks %s', (_, markers, seconds) => {
  const { pieces, isWhole } = shown('remove', markers)
  expect(isWhole).toBe(true)
  expect(pieces).toEqual(seconds.map(([from = 0, to = 0]) => ({ from: from * 1000, to: to * 1000 })))
})

it('tells which of them end at a break', () => {
  const breaks = [breakAt(10_000, { duration: 5000 }), breakAt(52_000, { duration: 9000 })]
  expect(marked('remove', breaks, 12_000).pieces).toEqual([{ from: 5000, to: 10_000, endsAtBreak: true }])
  expect(marked('remove', breaks).pieces).toEqual([
    { from: 5000, to: 10_000, endsAtBreak: true },
    { from: 15_000, to: 52_000, endsAtBreak: true },
  ])
  expect(marked('remove', breaks.slice(0, 1)).pieces.at(-1)).toEqual({ from: 15_000, to: 55_000 })
})

it('stops where a break begins until it is known to be over, and a segment before the end of what is published', () => {
  const announced = [breakAt(10_000, { planned: 5000 })]
  const upTo = (through: number, markers: readonly Marker[]) => shown('remove', markers, through).pieces
  const before = [{ from: 5000, to: 10_000 }]
  expect(upTo(9000, announced)).toEqual([{ from: 5000, to: 60_000 }].map((one) => ({ ...one, to: 8000 })))
  expect(upTo(12_000, announced)).toEqual(before)
  expect(upTo(20_000, announced)).toEqual(before)
  expect(upTo(26_000, announced)).toEqual([...before, { from: 15_000, to: 25_000 }])
  expect(upTo(16_000, [breakAt(10_000, { duration: 4000 })])).toEqual([
    ...before,
    { from: 14_000, to: 15_000 },
  ])
})

it('shows nothing of any break, and never takes back what it showed, though cues come with the segment behind their own', () => {
  const markers = fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: 60_000 }),
      duration: fc.integer({ min: 1, max: 20_000 }),
    }),
    { maxLength: 6 },
  )
  fc.assert(
    fc.property(markers, fc.integer({ min: 6, max: 54 }), (made, through) => {
      const breaks = made.map(({ at, duration }) => breakAt(at, { duration })).toSorted((a, b) => a.at - b.at)
      const whole = shown('remove', breaks).pieces.flatMap((one) => (one === 'replacements' ? [] : [one]))
      for (const { from, to } of whole)
        for (const { at, duration = 0 } of breaks)
          expect(Math.min(to, at + duration) - Math.max(from, at)).toBeLessThanOrEqual(50)
      const segments = { ...lead, segments: lead.segments.slice(0, through) }
      const part = piecesOf({ ...clip, breaks: 'remove' }, segments, {
        through: through * 1000,
        markers: breaks.filter(({ at }) => at < (through - 1) * 1000),
      })
      for (const [i, piece] of part.pieces.entries()) {
        const later = whole[i]
        if (piece === 'replacements' || !later) throw new Error('expected pieces as they are in the end')
        expect(piece.from).toBe(later.from)
        expect(piece.to).toBeLessThanOrEqual(later.to)
      }
    }),
  )
})

it('puts replacements in the place of each break as it begins', () => {
  const markers = [breakAt(10_000, { duration: 5000 }), breakAt(30_000, { duration: 5000 })]
  const r = 'replacements'
  const ranges = [
    { from: 5000, to: 10_000 },
    r,
    { from: 15_000, to: 30_000 },
    r,
    { from: 35_000, to: 55_000 },
  ]
  expect(shown('replace', markers).pieces).toEqual(ranges)
  expect(shown('replace', markers, 31_000).pieces).toEqual(ranges.slice(0, 4))
})
