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
  return {
    async segment(atSeconds: number, bitsPerSecond: number) {
      clock.nowMs = atSeconds * 1000
      const length = Math.round((bitsPerSecond * made.duration) / made.timescale / 8)
      const track: FeedTrack = { ...made, extents: [{ offset: 0, length }] }
      const headed = await headFor(ports, { channel, stream: 'a', track, writtenMs: clock.nowMs })
      return headed?.row.head.tracks[0]?.bandwidth.peak ?? 0
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
