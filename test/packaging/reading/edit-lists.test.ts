/** What an edit list cuts away is never seen or heard for longer than a picture, whatever the clocks. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Edit } from '../../../lib/formats/isobmff/elst.ts'
import type { Track } from '../../../lib/timeline/timeline.ts'
import { bytesSource } from '../films/films.ts'
import { faultsOf } from '../films/judged.ts'
import { type MadeSample, type MadeTrack, makeFilm } from '../films/make-film.ts'
import { type Shelf, shelve } from '../films/shelf.ts'
import { type DeliveredSample, deliveredSamples } from '../segments/delivered-samples.ts'

const rate = 0x10000
const pictureCount = 350

/** 14 s of 25 a second, a key frame each two; each fourth picture is stored before the three it is shown behind. */
function pictures(timescale: number, edits: readonly Edit[]): MadeTrack {
  const ticks = timescale / 25
  const shownAs = (i: number): number => {
    const inGroup = i % 50
    if (inGroup === 0 || inGroup === 49) return i
    return (inGroup - 1) % 3 === 0 ? i + 2 : i - 1
  }
  const samples: MadeSample[] = Array.from({ length: pictureCount }, (_, i) => ({
    size: 60 + (i % 50),
    duration: ticks,
    offset: (shownAs(i) - i + 1) * ticks,
    sync: i % 50 === 0,
  }))
  return { type: 'video', timescale, samples, edits }
}

const frames = (edits: readonly Edit[]): MadeTrack => ({
  type: 'audio',
  timescale: 48_000,
  samples: Array.from({ length: 657 }, (_, i) => ({ size: 30 + (i % 9), duration: 1024 })),
  edits,
})

interface Shown {
  readonly from: number
  readonly to: number
}

/** Both tracks with the same seconds shown. */
async function shown(
  { from, to }: Shown,
  { timescale = 12_800, movieTimescale = 1000 } = {},
): Promise<Shelf> {
  const duration = Math.round((to - from) * movieTimescale)
  const start = Math.round((from + 0.04) * timescale)
  const heard = Math.round(from * 48_000) + 1024
  return shelve(
    bytesSource(
      makeFilm(
        [
          pictures(timescale, [{ duration, mediaTime: start, rate }]),
          frames([{ duration, mediaTime: heard, rate }]),
        ],
        { movieTimescale },
      ),
    ),
  )
}

const pictureSeconds = 0.04

describe('an edit list that shows a part of a film', () => {
  it.each<[from: number, to: number, timescale: number, movieTimescale: number]>([
    [0, 7, 12_800, 1000],
    [1.572, 4.461, 600, 600],
    [0, 13.2, 12_800, 1000],
    [4, 9, 12_800, 1000],
    [3.36, 9.48, 12_800, 1000],
    [3.373, 9.497, 12_800, 600],
    [1.96, 2.12, 12_800, 90_000],
    [0, 0.2, 600, 600],
    [5.88, 11, 600, 600],
    [5.88, 11, 25, 600],
    [0.04, 13.96, 25, 25],
    [1.2, 14, 90_000, 30],
    [13.97, 14, 12_800, 1000],
    [3.37, 3.4, 12_800, 1000],
  ])('from %f s to %f s, on a clock of %i, shows just that', async (from, to, timescale, movieTimescale) => {
    await expectShown(await shown({ from, to }, { timescale, movieTimescale }), { from, to })
  })

  it('behind nothing, is heard from where it begins', async () => {
    const empty = { duration: 500, mediaTime: -1, rate }
    const sound = frames([empty, { duration: 6000, mediaTime: 5 * 48_000, rate }])
    const film = makeFilm([
      pictures(12_800, [empty, { duration: 6000, mediaTime: 5.04 * 12_800, rate }]),
      sound,
    ])
    const shelf = await shelve(bytesSource(film))
    const [, heard] = shelf.played
    if (!heard) throw new Error('sound goes in')
    const [first] = await deliveredSamples(shelf, heard)
    const start = (heard.segments[0]?.start ?? 0) / heard.timescale
    expect(start).toBeGreaterThan(0.5 - 1024 / 48_000)
    expect(start).toBeLessThanOrEqual(0.5)
    expect(first?.size).toBe(sound.samples[Math.floor((5 * 48_000) / 1024)]?.size)
  })

  it('whatever part it is, shows just that', async () => {
    const places = fc.tuple(fc.integer({ min: 0, max: 13_800 }), fc.integer({ min: 100, max: 14_000 }))
    await fc.assert(
      fc.asyncProperty(
        places,
        fc.constantFrom(600, 12_800, 90_000),
        fc.constantFrom(600, 1000, 90_000),
        async ([start, length], timescale, movieTimescale) => {
          const part = { from: start / 1000, to: Math.min(14, (start + length) / 1000) }
          await expectShown(await shown(part, { timescale, movieTimescale }), part)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('behind an empty one begins then, with no picture from in front of it', async () => {
    const empty: Edit = { duration: 1500, mediaTime: -1, rate }
    const edits = (mediaTime: number): Edit[] => [empty, { duration: 5000, mediaTime, rate }]
    const film = makeFilm([pictures(12_800, edits(512 + 3.36 * 12_800)), frames(edits(1024 + 3.36 * 48_000))])
    const shelf = await shelve(bytesSource(film))
    const video = trackOf(shelf, 'video')
    const samples = await deliveredSamples(shelf, video)
    expect(video.segments[0]?.start).toBe(1.5 * 12_800)
    expect(endOf(video)).toBeCloseTo(6.5, 3)
    expect(endOf(trackOf(shelf, 'audio'))).toBeCloseTo(6.5, 1)
    const times = samples.map(({ presentationTime }) => presentationTime).toSorted((a, b) => a - b)
    expect(times.filter((time, i) => (times[i + 1] ?? 6.5 * 12_800) - time > 256)).toHaveLength(125)
    const until = Math.max(...samples.map(({ presentationTime, duration }) => presentationTime + duration))
    expect(until - startOf(samples)).toBeLessThan(5.02 * 12_800)
  })

  it.each([
    ['behind the last picture', 512 + 14 * 12_800, 1000],
    ['for less than a tick', 512, 0.01],
  ])('%s shows nothing, and the film fails', async (_name, mediaTime, duration) => {
    const film = makeFilm([pictures(12_800, [{ duration: Math.ceil(duration), mediaTime, rate }])], {
      movieTimescale: duration < 1 ? 90_000 : 1000,
    })
    await expect(shelve(bytesSource(film))).rejects.toMatchObject({
      message: expect.stringContaining('expected an edit list that shows some of its samples'),
    })
  })

  it('longer than the film shows all of it, without a word', async () => {
    for (const to of [14.001, 14.04, 20]) {
      const shelf = await shown({ from: 0, to })
      expect(shelf.films.durationSeconds).toBeGreaterThan(13.97)
      expect(shelf.films.durationSeconds).toBeLessThan(14.03)
      expect([...shelf.films.skipped, ...shelf.films.warnings]).toEqual([])
      expect(await deliveredSamples(shelf, trackOf(shelf, 'video'))).toHaveLength(pictureCount)
    }
  })
})

describe('an edit that holds a picture', () => {
  const run = (mediaTime: number, duration = 14_000): Edit => ({ duration, mediaTime, rate })
  const hold = (mediaTime: number): Edit => ({ duration: 2000, mediaTime, rate: 0 })
  const empty: Edit = { duration: 2000, mediaTime: -1, rate }
  const film = (edits: readonly Edit[], sound: readonly Edit[]) =>
    shelve(bytesSource(makeFilm([pictures(12_800, edits), frames(sound)])))

  it('in front of the film shows nothing for so long, so that sound stays in step', async () => {
    const shelf = await film([hold(512), run(512)], [empty, run(1024)])
    expect(trackOf(shelf, 'video').segments[0]?.start).toBe(2 * 12_800)
    expect(endOf(trackOf(shelf, 'video'))).toBeCloseTo(16, 3)
    expect(endOf(trackOf(shelf, 'audio'))).toBeCloseTo(16, 1)
    expect(shelf.films.warnings).toMatchObject([{ trackId: 1, type: 'video', code: 'MP4_EDIT_HOLDS' }])
  })

  it('behind the film is left out', async () => {
    const shelf = await film([run(512), hold(512 * 349)], [run(1024)])
    expect(shelf.films.durationSeconds).toBeCloseTo(14, 1)
    expect(await deliveredSamples(shelf, trackOf(shelf, 'video'))).toHaveLength(pictureCount)
    expect(shelf.films.warnings).toMatchObject([{ code: 'MP4_EDIT_HOLDS' }])
  })

  it('amid the film is refused with what to do', async () => {
    await expect(film([run(512, 7000), hold(90_112), run(90_112, 7000)], [run(1024)])).rejects.toMatchObject({
      message: expect.stringContaining('expected one run of media'),
    })
  })

  it('and nothing else is refused', async () => {
    await expect(film([hold(512)], [hold(1024)])).rejects.toMatchObject({
      message: expect.stringContaining('expected rate 1, got 0'),
    })
  })
})

describe('several edits', () => {
  it('that go on within a tick of the movie are one', async () => {
    const edits = [0, 1, 2, 3].map((i) => ({
      duration: 3500,
      mediaTime: 512 + i * 44_800 + (i % 2) * 12,
      rate,
    }))
    const shelf = await shelve(bytesSource(makeFilm([pictures(12_800, edits)])))
    expect(shelf.films.durationSeconds).toBeCloseTo(14, 2)
    expect(await deliveredSamples(shelf, trackOf(shelf, 'video'))).toHaveLength(pictureCount)
  })
})

/** Of all that is shown nothing is missing, and nothing else is seen or heard. */
async function expectShown(shelf: Shelf, { from, to }: Shown): Promise<void> {
  const video = trackOf(shelf, 'video')
  const length = to - from
  const samples = await deliveredSamples(shelf, video)
  // The judge counts hidden pictures in the rate that a brand allows.
  expect((await faultsOf(shelf, video)).filter(({ rule }) => rule !== 'brand.profile')).toEqual([])
  const { timescale } = video
  const times = samples
    .map(({ presentationTime }) => presentationTime - startOf(samples))
    .toSorted((a, b) => a - b)
  const end = Math.max(
    ...samples.map(({ presentationTime, duration }) => presentationTime + duration - startOf(samples)),
  )
  // A tick of the file's clock and one of the movie's, in which edits are written.
  const rounding = 1 / 600 + 1 / 25 / 4
  expect(Math.abs(endOf(video) - length)).toBeLessThan(pictureSeconds)
  expect(end / timescale).toBeLessThan(length + pictureSeconds + rounding)
  const all = Array.from({ length: pictureCount }, (_, i) => i * pictureSeconds - from)
  const shownFor = (seconds: number) =>
    all.filter((at) => Math.min(length, at + pictureSeconds) - Math.max(0, at) > seconds).length
  // Each is seen until the next one, the last until the end of the edit.
  const starts = times
    .filter((time, i) => (times[i + 1] ?? end) - time > (pictureSeconds / 2) * timescale)
    .map((time) => time / timescale)
  // Of the first and of the last about half may be shown, and either is right.
  expect(starts.length).toBeLessThanOrEqual(shownFor(pictureSeconds / 2 - rounding))
  expect(starts.length).toBeGreaterThanOrEqual(shownFor(pictureSeconds / 2 + rounding))
  for (const at of starts)
    expect(Math.min(...all.map((one) => Math.abs(Math.max(0, one) - at)))).toBeLessThan(
      rounding + pictureSeconds / 4,
    )
  expect(video.configs[0]?.frameRate).toEqual([25, 1])
  for (const segment of video.segments) expectLasts(segment, samples, video)
  const sound = trackOf(shelf, 'audio')
  const heard = await deliveredSamples(shelf, sound)
  expect(Math.abs(endOf(sound) - length)).toBeLessThan(2048 / 48_000)
  const last = heard.at(-1)
  const first = heard.find(({ presentationTime }) => presentationTime >= (sound.segments[0]?.start ?? 0))
  expect(last && first).toBeDefined()
  expect(heard.length).toBeLessThan((length + 1) * 46.875 + 4)
}

/** What its segments say they last is what their pictures do. */
function expectLasts(
  { start, duration }: Track['segments'][number],
  samples: readonly DeliveredSample[],
  { timescale }: Track,
): void {
  const from = startOf(samples)
  const within = samples.filter(
    ({ presentationTime }) => presentationTime - from >= start && presentationTime - from < start + duration,
  )
  const lasts = within.reduce((sum, one) => sum + one.duration, 0) / timescale
  expect(Math.abs(lasts - duration / timescale)).toBeLessThan(pictureSeconds * 1.5)
}

const startOf = (samples: readonly DeliveredSample[]): number =>
  Math.min(...samples.map(({ presentationTime }) => presentationTime))

function trackOf({ played }: Shelf, type: Track['type']): Track {
  const track = played.find((one) => one.type === type)
  if (!track) throw new Error(`${type} goes in`)
  return track
}

function endOf({ segments, timescale }: Track): number {
  const last = segments.at(-1)
  return last ? (last.start + last.duration) / timescale : 0
}
