/** Where films are cut. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bandwidthOf } from '../../../lib/packaging/indexing/bandwidth.ts'
import { chooseCuts } from '../../../lib/packaging/indexing/choose-cuts.ts'
import { audioBoundaries } from '../../../lib/packaging/indexing/cut-audio.ts'
import type { CutPlace } from '../../../lib/packaging/indexing/ladder.ts'
import type { Segment } from '../../../lib/timeline/timeline.ts'
import { bytesSource, demoFilm, fileSource } from '../films/films.ts'
import { type MadeTrack, makeFilm } from '../films/make-film.ts'
import { shelve } from '../films/shelf.ts'

/** The places chosen where pictures may be cut at these seconds, at a constant bit rate. */
function cutsOf(seconds: readonly number[], bytesPerSecond = 100_000) {
  const places: CutPlace[] = seconds.map((at, i) => ({ seconds: at, at: [i], change: false, leading: false }))
  const rung = { gops: { bytes: seconds.map((at) => at * bytesPerSecond) } }
  return { places, cuts: chooseCuts(places, [rung]) }
}

/** Lengths of the segments between them. */
function lengths(seconds: readonly number[], bytesPerSecond?: number): number[] {
  const cuts = cutsOf(seconds, bytesPerSecond).cuts.map((cut) => cut.seconds)
  return cuts.slice(1).map((cut, i) => Number((cut - (cuts[i] ?? 0)).toFixed(3)))
}

const every = (step: number, end: number): number[] => [
  ...Array.from({ length: Math.ceil(end / step - 1e-9) }, (_, i) => i * step),
  end,
]

describe('pictures', () => {
  it.each([
    ['key frames every 2 s', every(2, 30), [6, 6, 6, 6, 6]],
    ['something left over', every(2, 32), [6, 6, 6, 6, 6, 2]],
    ['a last group too short to stand alone', every(2, 30.2), [6, 6, 6, 6, 6.2]],
    ['key frames every 4 s', every(4, 24), [4, 4, 4, 4, 4, 4]],
    ['key frames every 10 s', every(10, 30), [10, 10, 10]],
    ['all key frames', every(0.04, 18), [6, 6, 6]],
    ['the demo film', [0, 10.417, 11.875, 15.75, 23.042, 30], [10.417, 5.333, 7.292, 6.958]],
    ['nothing but one group', [0, 300], [300]],
  ])('with %s', (_name, seconds, wanted) => {
    expect(lengths(seconds)).toEqual(wanted)
  })

  it('are cut shorter where 6 s would pass 6 MB', () => {
    expect(lengths(every(1, 12), 2_000_000)).toEqual([2, 2, 2, 2, 2, 2])
    expect(lengths(every(1, 3), 9_000_000)).toEqual([1, 1, 1])
  })

  it('are cut where 18 s would be passed, even if a short segment comes of it', () => {
    expect(lengths([0, 0.3, 17.9])).toEqual([17.9])
    expect(lengths([0, 0.3, 18.3])).toEqual([0.3, 18])
  })

  it('use only places there are, first and last among them, and stay within 18 s and 6 MB where they can', () => {
    const gap = fc.oneof(fc.integer({ min: 1, max: 9000 }), fc.integer({ min: 9000, max: 30_000 }))
    const gaps = fc.array(gap, { minLength: 1, maxLength: 200 })
    let wide = 0
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1000, max: 3_000_000 }), (ms, rate) => {
        const seconds = [0]
        for (const one of ms) seconds.push((seconds.at(-1) ?? 0) + one / 1000)
        const { places, cuts } = cutsOf(seconds, rate)
        expect([cuts[0], cuts.at(-1)]).toEqual([places[0], places.at(-1)])
        const chosen = cuts.map((cut) => places.indexOf(cut))
        expect(chosen).not.toContain(-1)
        expect(chosen).toEqual([...new Set(chosen)].toSorted((a, b) => a - b))
        for (const [i, to] of chosen.entries()) {
          const from = chosen[i - 1]
          if (from === undefined) continue
          const length = (seconds[to] ?? 0) - (seconds[from] ?? 0)
          if (length <= 18 && length * rate <= 6_000_000) continue
          wide += 1
          // Of places within a quarter of a second the first counts; there is no other to cut at.
          for (const inside of seconds.slice(from + 1, to))
            expect(inside - (seconds[from] ?? 0)).toBeLessThan(0.252)
        }
      }),
    )
    expect(wide).toBeGreaterThan(100)
  })
})

describe('sound', () => {
  it('is cut with the pictures', () => {
    expect(audioBoundaries([0, 6, 12, 15], { from: -0.02, to: 15.01, aim: 6 })).toEqual([6, 12])
  })

  it('is cut every 6 s where there are none, without a stub at the end', () => {
    expect(audioBoundaries([], { from: 0, to: 20, aim: 6 })).toEqual([6, 12])
    expect(audioBoundaries([], { from: 0, to: 21.5, aim: 6 })).toEqual([6, 12, 18])
  })

  it('that begins before the pictures or goes on after them is cut there, too', () => {
    expect(audioBoundaries([10, 16, 22], { from: 0, to: 40, aim: 6 })).toEqual([4, 10, 16, 22, 28, 34])
  })
})

const gop = (length: number, size = 900): MadeTrack['samples'] =>
  Array.from({ length }, (_, i) => ({ size, duration: 512, sync: i === 0 }))
const pictures = (...lengthsOfGroups: number[]): MadeTrack => ({
  type: 'video',
  timescale: 12_800,
  samples: lengthsOfGroups.flatMap((length) => gop(length)),
})
const sound = (count: number, size = 50): MadeTrack => ({
  type: 'audio',
  timescale: 48_000,
  samples: Array.from({ length: count }, () => ({ size, duration: 1024 })),
})

describe('a ladder', () => {
  const groups = Array.from({ length: 10 }, () => 50)

  it('is cut at the same times in all renditions, in whatever timescale they count', async () => {
    const fine = { ...pictures(...groups), timescale: 90_000 }
    const second = { ...fine, samples: fine.samples.map((sample) => ({ ...sample, duration: 3600 })) }
    const { films } = await shelve(
      bytesSource(makeFilm([pictures(...groups)]), 'a.mp4'),
      bytesSource(makeFilm([second]), 'b.mp4'),
    )
    const [a, b] = films.timeline.tracks.map(({ segments, timescale }) =>
      segments.map(({ start, duration }) => [start / timescale, duration / timescale]),
    )
    expect(a).toEqual([
      [0, 6],
      [6, 6],
      [12, 6],
      [18, 2],
    ])
    expect(b).toEqual(a)
  })

  it('leaves out, and names, a rendition whose key frames stand elsewhere', async () => {
    const { films } = await shelve(
      bytesSource(makeFilm([pictures(...groups)]), 'a.mp4'),
      bytesSource(makeFilm([pictures(30, ...groups.slice(1), 70)]), 'b.mp4'),
    )
    expect(films.timeline.tracks.map(({ id }) => id)).toEqual(['video-1', 'video-1-trick'])
    expect(films.skipped).toEqual([
      expect.objectContaining({ file: 'b.mp4', code: 'PACKAGING_LADDER_UNALIGNED' }),
    ])
  })

  it('offers the same sound once, other sound beside it', async () => {
    const { films } = await shelve(
      bytesSource(makeFilm([pictures(...groups), sound(900)]), 'a.mp4'),
      bytesSource(makeFilm([pictures(...groups), sound(900)]), 'b.mp4'),
      bytesSource(makeFilm([sound(900, 60)]), 'c.mp4'),
    )
    expect(films.timeline.tracks.map(({ id, roles }) => [id, roles[0]])).toEqual([
      ['video-1', 'main'],
      ['video-2', 'main'],
      ['audio-1', 'main'],
      ['audio-2', 'alternate'],
      ['video-1-trick', undefined],
    ])
    expect(films.skipped).toEqual([
      expect.objectContaining({ file: 'b.mp4', code: 'PACKAGING_SOUND_REPEATED' }),
    ])
  })
})

const edit = (mediaTime: number, duration = 0) => [{ duration, mediaTime, rate: 0x10000 }]

describe('an edit list', () => {
  const groups = [50, 50, 50, 50]

  it('that starts amid a group keeps the group, hidden by its timing, and drops those before', async () => {
    const film = { ...pictures(...groups), edits: edit(75 * 512) }
    const { films } = await shelve(bytesSource(makeFilm([film])))
    const [track] = films.timeline.tracks
    expect(track?.segments.map(({ start, duration }) => [start / 12_800, duration / 12_800])).toEqual([
      [0, 5],
    ])
    const { index } = films.placement.tracks['video-1']?.sampleIndex ?? {}
    expect(index?.key).toContain('video-1/samples.bin')
  })

  it('that ends early ends the last segment and keeps no picture behind it', async () => {
    const film = { ...pictures(...groups), edits: edit(0, 5000) }
    const { films } = await shelve(bytesSource(makeFilm([film])))
    const [track] = films.timeline.tracks
    expect(track?.segments.map(({ start, duration }) => [start / 12_800, duration / 12_800])).toEqual([
      [0, 5],
    ])
    expect(films.durationSeconds).toBe(5)
  })
})

const segment = (seconds: number, bytes: number): Segment => ({
  number: 1,
  cut: 0,
  start: 0,
  duration: seconds * 1000,
  bytes,
  configId: '1',
  sync: true,
  gap: 'none',
  discontinuity: false,
})

describe('bit rates', () => {
  it('are those of whole segments, the peak without stubs (RFC 8216bis 4.1)', () => {
    expect(bandwidthOf([segment(6, 750_000), segment(6, 1_500_000), segment(0.1, 100_000)], 1000)).toEqual({
      peak: 2_098_361,
      average: 1_553_720,
    })
  })
})

describe('reading the demo film', () => {
  it('takes three requests, a dozen looks at pictures, and little more than its moov', async () => {
    const source = fileSource(demoFilm)
    const read: number[] = []
    await shelve({
      ...source,
      read: (offset, length) => {
        read.push(length)
        return source.read(offset, length)
      },
    })
    expect(read.filter((length) => length !== 512)).toHaveLength(2)
    expect(read.length).toBeLessThanOrEqual(3 + 12)
    expect(read.reduce((a, b) => a + b)).toBeLessThan(20_000 + 64 * 1024)
  })

  it('gives the same bytes every time', async () => {
    const [a, b] = await Promise.all([shelve(fileSource(demoFilm)), shelve(fileSource(demoFilm))])
    expect(b.media).toEqual(a.media)
    expect(a.films.timeline).toEqual(b.films.timeline)
  })
})
