/** Where a segment that a playlist names begins: as it was recorded, which may be a little from where it came. */
import { expect, it } from 'vitest'
import { segmentStart } from '../../../lib/channels/manifests/segment-start.ts'
import { readFeedSegment } from '../../../lib/packaging/index.ts'
import { makeSegment } from '../make-segment.ts'
import { headOf } from '../memory-room.ts'

const bytes = makeSegment({ seconds: 2 })
const named = { feed: 'live/news', path: 'a1.mp4', writtenMs: 1_000_000 }

/** The segment ends as it is written; another began so many seconds from where it did. */
async function startBeside(behindSeconds: number | undefined, ids: readonly string[] = ['audio-1']) {
  const [track] = await readFeedSegment('a', new Uint8Array(0), bytes)
  if (!track) throw new Error('expected a track')
  const { start, duration, timescale } = track
  const addSeconds = named.writtenMs / 1000 - (start + duration) / timescale
  const at = Math.round((start / timescale + addSeconds + (behindSeconds ?? 0)) * 1000)
  const segment = {
    number: at,
    cut: 0,
    start: at,
    duration: 2000,
    bytes: 1,
    configId: 'c',
    sync: true,
    gap: 'none',
    discontinuity: false,
  } as const
  const rows = [{ minute: 16, trackId: ids[0] ?? '', revision: 1, segments: [segment], runs: [0] }]
  const ports = {
    live: {
      inits: async () => new Map(),
      numbered: async () => undefined,
      minutes: async () => (behindSeconds === undefined ? [] : rows),
    },
    object: async () => undefined,
    upload: async () => bytes,
  }
  const row = { head: headOf(ids, 0), revision: 1, streams: {}, runs: [{ addSeconds, sinceMs: 0 }] }
  const found = await segmentStart(ports, row, named)
  return typeof found === 'string' ? found : Math.round((found - start / timescale - addSeconds) * 1000)
}

it.each([
  [0.02, 20],
  [-0.02, -20],
  [0.5, 0],
  [undefined, 0],
])('where one was recorded %s s from it, it is %i ms from where it came', async (behind, moved) => {
  expect(await startBeside(behind)).toBe(moved)
})

it('is not known before a run of its encoder is', async () => {
  const ports = {
    live: { inits: async () => new Map(), numbered: async () => undefined, minutes: async () => [] },
    object: async () => undefined,
    upload: async () => bytes,
  }
  const row = { head: headOf(['audio-1'], 0), revision: 1, streams: {}, runs: [] }
  expect(await segmentStart(ports, row, named)).toBe('waits')
  expect(await segmentStart({ ...ports, upload: async () => undefined }, row, named)).toBe('waits')
})

it('of audio is not asked where there is video, which is what breaks are cut by', async () => {
  expect(await startBeside(0, ['audio-1', 'video-2'])).toBe('beside')
})
