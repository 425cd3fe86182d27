/** Breaks in the tags of Elemental's enhanced dialect. */
import { describe, expect, it } from 'vitest'
import { withCueTags } from '../../lib/delivery/index.ts'
import { readPlaylistCues } from '../../lib/formats/hls/index.ts'
import type { Marker, Track } from '../../lib/timeline/timeline.ts'
import { splice, timeSignal } from '../channels/cues/make-cues.ts'

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const out = (id: number): string => base64(splice({ id, pts: 0, out: true }))
const back = (id: number): string => base64(splice({ id, pts: 0 }))

/** Segments of 2 s from a time on, in ticks of 90 kHz. */
const track = (from = 0, count = 6): Track => ({
  id: 'video-1',
  type: 'video',
  timescale: 90_000,
  roles: [],
  bandwidth: { peak: 1, average: 1 },
  configs: [],
  before: { segments: 0, discontinuities: 0 },
  segments: Array.from({ length: count }, (_, i) => ({
    number: i,
    cut: 0,
    start: (from + 2 * i) * 90_000,
    duration: 180_000,
    bytes: 1,
    configId: 'c',
    sync: true,
    gap: 'none',
    discontinuity: false,
  })),
})

const marker = (id: number, at: number, more: Partial<Marker> = {}): Marker => ({
  id: String(id),
  at,
  kind: 'break',
  scte35: out(id),
  ...more,
})

const shown = (markers: readonly Marker[], from = 0): readonly (readonly string[])[] =>
  withCueTags(track(from), markers, 1000).segments.map(({ tags = [] }) => tags)

/** What our own reader gets of them. */
const readBack = (tags: readonly (readonly string[])[]) => {
  const { cues, problems } = readPlaylistCues(
    `#EXTM3U\n${tags.map((lines, i) => [...lines, '#EXTINF:2,', `${i}.ts`].join('\n')).join('\n')}\n`,
  )
  expect(problems).toEqual([])
  return cues.map(({ kind, before, durationSeconds, elapsedSeconds, section }) => [
    kind,
    before,
    durationSeconds ?? elapsedSeconds,
    section && base64(section),
  ])
}

describe('tags of cues', () => {
  it('say a break where it begins, in each segment of it, and where it ends', () => {
    const tags = shown([marker(1, 4000, { planned: 5500, duration: 4000, endScte35: back(1) })])
    expect(tags).toEqual([
      [],
      [],
      [`#EXT-OATCLS-SCTE35:${out(1)}`, '#EXT-X-CUE-OUT:5.5'],
      [`#EXT-X-CUE-OUT-CONT:ElapsedTime=2,Duration=5.5,SCTE35=${out(1)}`],
      [`#EXT-OATCLS-SCTE35:${back(1)}`, '#EXT-X-CUE-IN'],
      [],
    ])
    expect(readBack(tags)).toEqual([
      ['out', 2, 5.5, out(1)],
      ['in', 4, undefined, back(1)],
    ])
  })

  it('stand at the first segment behind a time that is no boundary', () => {
    const tags = shown([marker(1, 3500, { duration: 3000 })])
    expect(readBack(tags)).toEqual([
      ['out', 2, undefined, out(1)],
      ['in', 4, undefined, undefined],
    ])
    expect(tags[3]).toEqual([`#EXT-X-CUE-OUT-CONT:ElapsedTime=2.5,SCTE35=${out(1)}`])
  })

  it('say that a break runs which began before all segments, until it ends or was to end', () => {
    expect(readBack(shown([marker(1, 4000, { duration: 5000, endScte35: back(1) })], 6))).toEqual([
      ['running', 0, 2, out(1)],
      ['in', 2, undefined, back(1)],
    ])
    expect(shown([marker(1, 4000, { planned: 5000 })], 6)[2]).toEqual([])
    expect(shown([marker(1, 4000)], 6).every(([tag]) => tag?.startsWith('#EXT-X-CUE-OUT-CONT'))).toBe(true)
  })

  it('say nothing of what is over, of what lies between two boundaries, and of what has no section', () => {
    const nothing = [marker(1, 1000, { duration: 500 }), marker(2, 2100, { duration: 100 })]
    const { scte35: _, ...ours } = marker(3, 4000, { duration: 2000 })
    expect(shown([...nothing, ours], 2).flat()).toEqual([])
  })

  it('say an end before the beginning at the same boundary', () => {
    const tags = shown([
      marker(1, 2000, { duration: 2000, endScte35: back(1) }),
      marker(2, 4000, { duration: 2000, endScte35: back(2) }),
    ])
    expect(readBack(tags)).toEqual([
      ['out', 1, undefined, out(1)],
      ['in', 2, undefined, back(1)],
      ['out', 2, undefined, out(2)],
      ['in', 3, undefined, back(2)],
    ])
  })

  it('say breaks within a break by their sections alone', () => {
    const [inner, innerEnd] = [0x30, 0x31].map((typeId) => base64(timeSignal({ id: 9, typeId })))
    const tags = shown([
      marker(1, 2000, { duration: 8000, endScte35: back(1) }),
      marker(9, 2000, { duration: 4000, scte35: inner ?? '', endScte35: innerEnd ?? '' }),
    ])
    expect(tags.flat().filter((tag) => /CUE-(?:OUT|IN)(?!-CONT)/.test(tag))).toHaveLength(2)
    expect(readBack(tags)).toEqual([
      ['out', 1, undefined, out(1)],
      ['out', 1, undefined, inner],
      ['in', 3, undefined, innerEnd],
      ['in', 5, undefined, back(1)],
    ])
  })

  it('say a programme by its section alone', () => {
    const [start, end] = [0x10, 0x11].map((typeId) => base64(timeSignal({ id: 9, typeId })))
    const programme = {
      kind: 'programme',
      scte35: start ?? '',
      endScte35: end ?? '',
      duration: 4000,
    } as const
    expect(shown([marker(9, 2000, programme)])).toEqual([
      [],
      [`#EXT-OATCLS-SCTE35:${start}`],
      [],
      [`#EXT-OATCLS-SCTE35:${end}`],
      [],
      [],
    ])
  })
})
