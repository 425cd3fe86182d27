/** Writers that end between a segment's object and its row, and rows that are filled while somebody looks at a hole. */
import { describe, expect, it } from 'vitest'
import type { FeedPorts } from '../../../lib/channels/ingest/ports.ts'
import { takeObject } from '../../../lib/channels/ingest/take-object.ts'
import { madeStream } from './made-feed.ts'
import { memoryFeed } from './memory-feed.ts'
import { virtualTime } from './virtual-time.ts'

const beginMs = Date.UTC(2026, 11, 1, 10, 20)

function room() {
  const time = virtualTime(beginMs)
  const feed = memoryFeed({ now: time.now, sleep: time.sleep, channel: {} })
  const take = (i: number, ports: FeedPorts = feed.ports) =>
    takeObject(ports, {
      channelId: 'news',
      path: `index${i}.ts`,
      bytes: madeStream({ fromSeconds: 2 * i }),
      writtenMs: beginMs + 2000 * (i + 1),
    })
  const states = () =>
    [...feed.shown().values()].map((segments) =>
      segments.map(({ gap, discontinuity }) => (discontinuity ? 'anew' : gap)),
    )
  return { ...time, ...feed, take, states }
}

describe('a segment whose object is written', () => {
  it.each([
    ['one', [5]],
    ['two in a row', [5, 6]],
    ['two apart', [5, 7]],
  ])('is recorded by whoever finds its hole, if its writer ended before: %s', async (_, ended) => {
    const { at, run, ports, take, states } = room()
    const live = { ...ports.live, putMinute: () => Promise.reject(new Error('ended')) }
    for (let i = 0; i < 14; i++)
      at(beginMs + 2000 * (i + 1), async () => {
        if (!ended.includes(i)) await take(i)
        else await expect(take(i, { ...ports, live })).rejects.toThrow('ended')
      })
    await run()
    const [video = [], audio = []] = states()
    expect(video).toEqual(Array.from({ length: 14 }, () => 'none'))
    // Of audio nothing was written: its writer ended with the video.
    expect(audio.filter((one) => one === 'missing')).toHaveLength(ended.length)
  })
})

describe('what comes at once behind an outage', () => {
  it('is waited for as long as it fills holes, however long that takes', async () => {
    const { at, run, take, states } = room()
    for (let i = 0; i < 4; i++) at(beginMs + 2000 * (i + 1), () => take(i))
    // From the end to the beginning, one a second.
    for (let i = 4; i < 30; i++) at(beginMs + 62_000 + 1000 * (30 - i), () => take(i))
    for (let i = 30; i < 50; i++) at(beginMs + 92_000 + 2000 * (i - 30), () => take(i))
    await run()
    for (const of of states()) expect(of).toEqual(Array.from({ length: 50 }, () => 'none'))
  })
})
