/** Of two pipelines the better segment is published: one that is damaged, or a filler, waits for the other's. */
import { describe, expect, it } from 'vitest'
import { takeObject } from '../../../lib/channels/ingest/take-object.ts'
import type { Segment } from '../../../lib/timeline/timeline.ts'
import { madeFragments, madeInits, madeStream } from './made-feed.ts'
import { memoryFeed } from './memory-feed.ts'
import { virtualTime } from './virtual-time.ts'

const beginMs = Date.UTC(2026, 11, 1, 10, 20)

function room(pipelines: readonly string[] = ['a', 'b']) {
  const time = virtualTime(beginMs)
  const feed = memoryFeed({ now: time.now, sleep: time.sleep, channel: { pipelines } })
  return {
    ...time,
    ...feed,
    comes: (afterMs: number, path: string, bytes: Uint8Array): void => {
      time.at(beginMs + afterMs, async () =>
        takeObject(feed.ports, { channelId: 'news', path, bytes, writtenMs: beginMs + afterMs }),
      )
    },
  }
}

/** With noise in the place of some packets. */
function broken(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes)
  copy.fill(0xff, 188 * 20, 188 * 26)
  return copy
}

const sizes = (segments: readonly Segment[] | undefined): readonly number[] =>
  (segments ?? []).map(({ bytes }) => bytes)

describe('of two pipelines', () => {
  it.each([
    ['sooner', 0],
    ['later', 700],
  ])('the whole segment is published, though the damaged one comes %s', async (_, laterMs) => {
    const { comes, run, shown } = room()
    for (let i = 0; i < 8; i++) {
      const bytes = madeStream({ fromSeconds: 2 * i })
      comes(2000 * (i + 1) + laterMs, `a/index${i}.ts`, i === 4 ? broken(bytes) : bytes)
      comes(2000 * (i + 1) + 400, `b/index${i}.ts`, bytes)
    }
    await run()
    const [first = 0, ...others] = sizes(shown().get('video-1'))
    expect(others).toHaveLength(7)
    expect(new Set(others)).toEqual(new Set([first]))
  })

  it('the damaged one is published if there is no other, and what comes after that replaces nothing', async () => {
    const { comes, run, shown } = room()
    for (let i = 0; i < 12; i++) {
      const bytes = madeStream({ fromSeconds: 2 * i })
      comes(2000 * (i + 1), `a/index${i}.ts`, i === 4 ? broken(bytes) : bytes)
      comes(2000 * (i + 1) + (i === 4 ? 10_000 : 400), `b/index${i}.ts`, bytes)
    }
    await run()
    const of = sizes(shown().get('video-1'))
    expect(of).toHaveLength(12)
    expect(
      shown()
        .get('video-1')
        ?.every(({ gap }) => gap === 'none'),
    ).toBe(true)
    expect(of[4]).toBeLessThan(of[3] ?? 0)
  })

  it('a filler gives way to a segment', async () => {
    const { comes, run, shown } = room()
    for (const pipeline of ['a', 'b'])
      for (const { path, bytes } of madeInits) comes(0, `${pipeline}/${path}`, bytes)
    for (let i = 0; i < 8; i++)
      for (const { path, bytes } of madeFragments(2 * i, String(i))) {
        // A filler says so among the brands of its styp; it is told from the segment by a sample that is longer.
        const filler = madeFragments(2 * i, String(i), { brand: 'slat', sampleBytes: 11 })
        const other = filler.find((one) => one.path === path)
        comes(2000 * (i + 1), `a/${path}`, i === 4 && other ? other.bytes : bytes)
        comes(2000 * (i + 1) + 400, `b/${path}`, bytes)
      }
    await run()
    for (const segments of shown().values()) expect(segments).toHaveLength(8)
    expect(new Set(sizes(shown().get('video-1'))).size).toBe(1)
  })

  it('nothing waits where there is one', async () => {
    const { comes, run, now } = room([])
    comes(2000, 'index0.ts', broken(madeStream({ fromSeconds: 0 })))
    await run()
    expect(now() - beginMs).toBe(2000)
  })
})
