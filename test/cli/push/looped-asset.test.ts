/** A film in a loop: each track goes on without a hole, and none drifts from the other. */
import { describe, expect, it } from 'vitest'
import { loopedAsset } from '../../../bin/local/looped-asset.ts'
import { type FeedTrack, readFeedSegment } from '../../../lib/packaging/index.ts'
import { madeInit, madeSegment } from './made-feed.ts'

const frameTicks = 1024
const timescale = 48_000

/** Three segments; the last one lasts so much longer, which moves the beginning of the next loop off the grid of frames. */
async function segments(longerTicks = 0): Promise<readonly FeedTrack[]> {
  return Promise.all(
    [1, 2, 3].map(async (number) => {
      const media = madeSegment(number)
      const [track] = await readFeedSegment('a', madeInit(), media)
      if (!track) throw new Error('a segment has a track')
      const more = number === 3 ? longerTicks : 0
      const durations = Uint32Array.from(track.fragment.durations)
      durations[durations.length - 1] = frameTicks + more
      const fragment = { ...track.fragment, durations }
      return { ...track, duration: track.duration + more, fragment }
    }),
  )
}

/** Where the segments of a track begin and end in a minute of the feed, in ticks. */
async function places(looped: ReturnType<typeof loopedAsset>, name: string) {
  const fromMs = Date.UTC(2026, 11, 1, 12, 0, 0.5)
  const objects = looped.between(fromMs, fromMs + 60_000).filter(({ path }) => path.startsWith(`${name}/`))
  const init = looped.inits.find(({ path }) => path === `${name}/init.mp4`)?.bytes() ?? new Uint8Array(0)
  const read = await Promise.all(objects.map(({ path, bytes }) => readFeedSegment(path, init, bytes())))
  return read.flat().map(({ start, duration }) => ({ start, end: start + duration }))
}

describe('a film in a loop', () => {
  // In the last case a loop wants a frame more than the film has.
  it.each([0, -300, -1023, 300])('of %i ticks beside whole frames goes on for ever', async (longer) => {
    const looped = loopedAsset({ video: await segments(longer), audio: await segments() })
    expect(looped.segmentSeconds).toBe(3)
    const [video, audio] = [await places(looped, 'video'), await places(looped, 'audio')]
    for (const track of [video, audio]) {
      expect(track.length).toBeGreaterThan(25)
      expect(track.slice(1).map(({ start }) => start)).toEqual(track.slice(0, -1).map(({ end }) => end))
    }
    // Of each loop the beginnings, wherever the minute began.
    const begins = new Set(video.map(({ start }) => start))
    const apart = audio.map(({ start }) => Math.min(...[...begins].map((begin) => Math.abs(begin - start))))
    expect(Math.max(...apart.slice(1, -1))).toBeLessThanOrEqual(2 * frameTicks)
    // On the wall clock: what ends in this minute is what an encoder would have written in it.
    const endMs = ((video.at(-1)?.end ?? 0) / timescale) * 1000
    expect(Date.UTC(2026, 11, 1, 12, 1, 0.5) - endMs).toBeLessThan(3000)
  })

  it('names objects by numbers that grow, each once, however often it is asked', async () => {
    // A loop's audio may end a frame behind its video.
    const looped = loopedAsset({ video: await segments(-300), audio: await segments() })
    const atMs = Date.UTC(2026, 11, 1)
    const whole = looped.between(atMs, atMs + 60_000).map(({ path }) => path)
    const parts = Array.from({ length: 60_000 / 5 }, (_, i) =>
      looped.between(atMs + i * 5, atMs + (i + 1) * 5),
    )
    expect(
      parts
        .flat()
        .map(({ path }) => path)
        .toSorted(),
    ).toEqual(whole.toSorted())
    const numbers = whole
      .filter((path) => path.startsWith('video/'))
      .map((path) => Number(/(\d+)\.m4s$/.exec(path)?.[1]))
    expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] ?? 0) + i))
    expect(looped.inits.map(({ path }) => path)).toEqual(['video/init.mp4', 'audio/init.mp4'])
  })
})
