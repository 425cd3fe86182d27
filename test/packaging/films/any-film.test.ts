/** Films of any shape: every sample comes out with its bytes and its time, segments tile, nobody lies about sizes. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Segment, Track } from '../../../lib/timeline/timeline.ts'
import { samplesOf } from '../segments/delivered-samples.ts'
import { bytesSource } from './films.ts'
import { faultsOf } from './judged.ts'
import { type FilmLayout, type MadeSample, type MadeTrack, makeFilm, sampleBytes } from './make-film.ts'
import { mediaPath, type Shelf, shelve } from './shelf.ts'

const ticksOfPicture = 512
const timescale = 12_800

/** Groups of pictures of any length, pictures within shown in any order; the first one shown first. */
const group: fc.Arbitrary<MadeSample[]> = fc
  .tuple(
    fc.integer({ min: 0, max: 30 }),
    fc.array(fc.nat({ max: 2000 }), { minLength: 31, maxLength: 31 }),
    fc.infiniteStream(fc.nat()),
  )
  .map(([more, sizes, chances]) => {
    const order = Array.from({ length: more }, (_, i) => i + 1)
    for (let i = order.length - 1; i > 0; i--) {
      const j = (chances.next().value ?? 0) % (i + 1)
      ;[order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0]
    }
    return [0, ...order].map((shownAs, i) => ({
      size: sizes[i] ?? 1,
      duration: ticksOfPicture,
      offset: (shownAs - i) * ticksOfPicture,
      sync: i === 0,
    }))
  })

const layouts: fc.Arbitrary<FilmLayout> = fc.record({
  moovFirst: fc.boolean(),
  movieTimescale: fc.constantFrom(600, 1000, 48_000, timescale),
  gapBytes: fc.constantFrom(0, 13),
})

const films = fc
  .record({
    pictures: fc.array(group, { minLength: 1, maxLength: 30 }).map((groups) => groups.flat()),
    perChunk: fc.integer({ min: 1, max: 9 }),
    soundPerChunk: fc.integer({ min: 1, max: 40 }),
    priming: fc.constantFrom(0, 1024, 2112),
    emptyMs: fc.constantFrom(0, 40, 1500),
    moved: fc.constantFrom(0, 1, 2),
    co64: fc.boolean(),
    layout: layouts,
  })
  .map((film) => ({ ...film, tracks: tracksOf(film) }))

interface KeyRequestOfDocument {
  readonly pictures: readonly MadeSample[]
  readonly perChunk: number
  readonly soundPerChunk: number
  readonly priming: number
  readonly emptyMs: number
  /** Pictures are stored this many pictures late, and an edit list takes it back. */
  readonly moved: number
  readonly co64: boolean
  readonly layout: FilmLayout
}

function tracksOf({
  pictures,
  perChunk,
  soundPerChunk,
  priming,
  emptyMs,
  moved,
  co64,
  layout,
}: KeyRequestOfDocument): MadeTrack[] {
  const { movieTimescale = 1000 } = layout
  const seconds = (pictures.length * ticksOfPicture) / timescale
  const late = moved * ticksOfPicture
  const normal = 0x10000
  return [
    {
      type: 'video',
      timescale,
      samples: pictures.map((sample) => ({ ...sample, offset: (sample.offset ?? 0) + late })),
      samplesPerChunk: perChunk,
      edits: [{ duration: 0, mediaTime: late, rate: normal }],
      tables: { co64 },
    },
    {
      type: 'audio',
      timescale: 48_000,
      // More than the priming takes: of a track that is hidden whole nothing is delivered.
      samples: Array.from({ length: Math.max(3, Math.round((seconds * 48_000) / 1024)) }, (_, i) => ({
        size: 100 + (i % 50),
        duration: 1024,
      })),
      samplesPerChunk: soundPerChunk,
      edits: [
        ...(emptyMs
          ? [{ duration: Math.round((emptyMs * movieTimescale) / 1000), mediaTime: -1, rate: normal }]
          : []),
        { duration: 0, mediaTime: priming, rate: normal },
      ],
      language: 'eng',
    },
  ]
}

describe('any film', () => {
  it('comes out sample by sample, in time, in segments that tile', async () => {
    await fc.assert(
      fc.asyncProperty(films, async ({ tracks, layout, emptyMs, priming, moved }) => {
        const shelf = await shelve(bytesSource(makeFilm(tracks, layout)))
        expect(shelf.films.skipped).toEqual([])
        const [pictures, sound] = shelf.films.timeline.tracks
        if (!pictures || !sound) throw new Error('two tracks go in')
        const { movieTimescale = 1000 } = layout
        const shift = Math.round((Math.round((emptyMs * movieTimescale) / 1000) * 48_000) / movieTimescale)
        const late = moved * ticksOfPicture
        await expectTrack(shelf, { track: pictures, made: tracks[0], index: 0, time: -late })
        await expectTrack(shelf, {
          track: sound,
          made: tracks[1],
          index: 1,
          time: shift - priming,
          // An empty edit leaves less of it to take off.
          priming: Math.max(0, priming - shift),
        })
        expectTiles(pictures.segments)
        expectTiles(sound.segments)
        expectTogether(pictures, sound)
      }),
      { numRuns: 60 },
    )
  })
})

interface Expected {
  readonly track: Track
  readonly made: MadeTrack | undefined
  readonly index: number
  /** Presentation time of media time 0. */
  readonly time: number
  /** What the init segment's edit list takes off. */
  readonly priming?: number
}

async function expectTrack(shelf: Shelf, { track, made, index, time, priming = 0 }: Expected): Promise<void> {
  const whole = await shelf.track(track)
  expect(await faultsOf(shelf, track)).toEqual([])
  const samples = samplesOf(whole)
  let decodeTime = 0
  const wanted = (made?.samples ?? []).map(({ duration, offset = 0, size, sync = true }) => {
    const presentationTime = decodeTime + offset + time
    decodeTime += duration
    return { presentationTime, size, sync }
  })
  expect(
    samples.map(({ presentationTime, size, sync }) => ({
      presentationTime: presentationTime - priming,
      size,
      sync,
    })),
  ).toEqual(wanted)
  // Decoded in order and never later than shown, from when the first one is shown for as long as the film lasts.
  const late = samples.filter((one) => one.decodeTime > one.presentationTime)
  expect(late).toEqual([])
  const firstShown = Math.min(...samples.map(({ presentationTime }) => presentationTime))
  expect(samples[0]?.decodeTime).toBe(firstShown)
  const total = samples.reduce((sum, { duration }) => sum + duration, 0)
  expect(total).toBe(decodeTime)
  if (made?.type === 'audio')
    expect(samples.map(({ duration }) => duration)).toEqual(made.samples.map(({ duration }) => duration))
  for (const [i, { offset, size }] of samples.entries())
    expect(Buffer.compare(whole.subarray(offset, offset + size), sampleBytes(index, i, size))).toBe(0)
  for (const { number, cut, bytes } of track.segments) {
    const path = mediaPath(shelf.films, track.id, `${number}.${cut}.m4s`)
    expect((await shelf.get(path)).bytes).toHaveLength(bytes)
  }
}

function expectTiles(segments: readonly Segment[]): void {
  expect(segments[0]?.start).toBeGreaterThanOrEqual(0)
  for (const [i, { number, start, duration }] of segments.entries()) {
    expect(duration).toBeGreaterThan(0)
    const next = segments[i + 1]
    if (next) expect([next.number, next.start]).toEqual([number + 1, start + duration])
  }
}

/** Each cut of the sound, but the last, lies less than a frame before a cut of the pictures or in their absence. */
function expectTogether(pictures: Track, sound: Track): void {
  const cuts = pictures.segments.map(({ start }) => start / timescale)
  const end = Math.max(...pictures.segments.map(({ start, duration }) => (start + duration) / timescale))
  for (const { start } of sound.segments.slice(1)) {
    const at = start / 48_000
    const next = cuts.find((cut) => cut >= at - 1e-9) ?? Number.POSITIVE_INFINITY
    if (at < end - 0.02) expect(next - at).toBeLessThan(1024 / 48_000)
  }
}
