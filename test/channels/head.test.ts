/** What a channel's head learns of its feed. */
import { expect, it } from 'vitest'
import { headFor } from '../../lib/channels/ingest/head.ts'
import type { FeedPorts } from '../../lib/channels/ingest/ports.ts'
import type { HeadRow } from '../../lib/channels/live/store.ts'
import { type FeedTrack, readFeedSegment } from '../../lib/packaging/index.ts'
import { makeSegment } from './make-segment.ts'

const channel = { id: 'news', revision: 1, updatedAtMs: 0, segmentSeconds: 2, windowSeconds: 3600 }

/** A head in memory, and the track that segments of a rate are said to be of. */
async function room() {
  const clock = { nowMs: 0 }
  const rows: HeadRow[] = []
  const ports = {
    channel: async () => channel,
    live: {
      head: async () => rows.at(-1),
      putHead: async (row: HeadRow) => rows.push(row) > 0,
    },
    putOnce: async () => ({ facts: {} }),
    randomBytes: (length: number) => new Uint8Array(length),
    now: () => clock.nowMs,
  } as unknown as FeedPorts
  const [made] = await readFeedSegment('a', new Uint8Array(0), makeSegment({ seconds: 2 }))
  if (!made) throw new Error('expected a track')
  const announced = async (atSeconds: number, changed: Partial<FeedTrack>) => {
    clock.nowMs = atSeconds * 1000
    const track = { ...made, ...changed }
    const headed = await headFor(ports, { channel, stream: 'a', track, writtenMs: clock.nowMs })
    return headed?.row.head.tracks[0]
  }
  return {
    async segment(atSeconds: number, bitsPerSecond: number) {
      const length = Math.round((bitsPerSecond * made.duration) / made.timescale / 8)
      return (await announced(atSeconds, { extents: [{ offset: 0, length }] }))?.bandwidth.peak ?? 0
    },
    /** A segment of video of two seconds that begins with a frame of so many bytes; what is said of its key frames. */
    async video(atSeconds: number, bytes: number, sync = true) {
      const fragment = { ...made.fragment, sizes: Uint32Array.of(bytes, 20) }
      const duration = 2 * made.timescale
      return (await announced(atSeconds, { type: 'video', duration, fragment, sync }))?.keyFrames
    },
    /** The head as it was before key frames were kept. */
    forget() {
      const row = rows.at(-1)
      if (!row) throw new Error('expected a head')
      const tracks = row.head.tracks.map((track) => {
        const { keyFrames: _, ...rest } = track
        return rest
      })
      rows.push({ ...row, head: { ...row.head, tracks } })
    },
    writes: () => rows.length,
  }
}

it('announces a rate that its first ten segments keep to, and does not change it afterwards', async () => {
  const feed = await room()
  expect(await feed.segment(0, 100_000)).toBeCloseTo(150_000, -3)
  expect(await feed.segment(2, 140_000)).toBeCloseTo(150_000, -3)
  expect(feed.writes()).toBe(1)
  expect(await feed.segment(6, 2_000_000)).toBeCloseTo(3_000_000, -4)
  expect(await feed.segment(8, 500_000)).toBeCloseTo(3_000_000, -4)
  expect(feed.writes()).toBe(2)
  expect(await feed.segment(60, 9_000_000)).toBeCloseTo(3_000_000, -4)
  expect(feed.writes()).toBe(2)
})

it('announces the rate of key frames, twice the heaviest of the first ten segments, and one for each', async () => {
  const feed = await room()
  // A segment of one sample has a head of 140 bytes.
  const told = await feed.video(0, 9860)
  expect(told).toEqual({ bandwidth: { average: 40_000, peak: 80_000 }, frameRate: [1, 2] })
  expect(await feed.video(2, 19_000)).toEqual(told)
  // What is no key frame says nothing of them.
  expect(await feed.video(4, 90_000, false)).toEqual(told)
  expect((await feed.video(6, 39_860))?.bandwidth).toEqual({ average: 160_000, peak: 320_000 })
  expect((await feed.video(60, 99_860))?.bandwidth).toEqual({ average: 160_000, peak: 320_000 })
})

it('says nothing of key frames where a track began before they were kept, and nothing of those of audio', async () => {
  const feed = await room()
  await feed.video(0, 1000)
  feed.forget()
  expect(await feed.video(2, 100_000)).toBeUndefined()
  const other = await room()
  await other.segment(0, 100_000)
  expect(await other.video(2, 1000)).toBeUndefined()
})
