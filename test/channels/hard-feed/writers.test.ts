/** A hundred writers of one minute at once, over the wire, and readers who look all the time. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { takeObject } from '../../../lib/channels/ingest/take-object.ts'
import { liveStore } from '../../../lib/channels/live/store.ts'
import { liveSource } from '../../../lib/channels/source/live-source.ts'
import { respond } from '../../../lib/delivery/index.ts'
import { writeSegment } from '../../../lib/formats/isobmff/segment.ts'
import { textIfAny } from '../../../lib/platform/aws/objects.ts'
import { checkMediaPlaylist } from '../../judges/hls/rules.ts'
import { manifestPath, playlistUris, startChannels } from '../feeds.ts'
import { madeInits } from './made-feed.ts'
import { randomOf } from './plan.ts'

const begin = Date.UTC(2026, 11, 1, 10)
/** Of AAC at 48 kHz: 0.597 s, so a hundred begin in a minute. */
const framesASegment = 28
const segmentMs = (framesASegment * 1024) / 48
const led = 4
const writers = 100

function segmentOf(number: number): Uint8Array {
  return writeSegment({
    sequence: 1,
    trackId: 1,
    decodeTime: number * framesASegment * 1024,
    sizes: new Uint32Array(framesASegment).fill(10),
    durations: new Uint32Array(framesASegment).fill(1024),
  }).bytes
}

describe('a hundred writers of one minute', () => {
  let room: Awaited<ReturnType<typeof startChannels>>
  beforeAll(async () => {
    room = await startChannels()
    await room.describe({ segmentSeconds: 1 })
  })
  afterAll(() => room.stop())

  const takes = (path: string, bytes: Uint8Array, writtenMs: number) => {
    // Writers that meet pause as they do in the cloud.
    const { pauses: _instant, ...ports } = room.ports
    return takeObject(ports, room.object({ path, bytes }, writtenMs))
  }
  const segment = (number: number) =>
    takes(`audio/${number}.m4s`, segmentOf(number), begin + (number + 1) * segmentMs)
  /** A reader that keeps what it has read to itself, as each function does. */
  const reader = () => {
    const now = () => room.clock.nowMs
    const sources = [liveSource({ live: liveStore({ table: 'channels' }), now })]
    const objects = {
      current: async () => undefined,
      object: (key: string) => textIfAny(room.client, { bucket: 'media', key }),
    }
    const get = async (path: string, query = '') =>
      (await respond({ method: 'GET', path: manifestPath(path), query }, objects, sources)).body
    return async (): Promise<string> => {
      const [uri = ''] = playlistUris(await get('index.m3u8', `start=${begin / 1000}`))
      return get(uri)
    }
  }

  it('lose, double and take back nothing, and two readers begin with the same', async () => {
    const init = madeInits.find(({ path }) => path.startsWith('audio'))
    if (!init) throw new Error('expected an init segment')
    await takes(init.path, init.bytes, begin)
    for (let number = 0; number < led; number++) await segment(number)
    room.clock.nowMs = begin + (led + writers) * segmentMs
    const order = Array.from({ length: writers }, (_, i) => led + i)
    const random = randomOf(7)
    const shuffled = order.map((number) => ({ number, at: random() })).toSorted((a, b) => a.at - b.at)
    const state = { isDone: false }
    const written = Promise.all(shuffled.map(({ number }) => segment(number))).finally(() => {
      state.isDone = true
    })
    const readers = [reader(), reader()]
    const seen: string[][] = [[], []]
    do {
      const texts = await Promise.all(readers.map((read) => read()))
      for (const [i, text] of texts.entries()) seen[i]?.push(text)
      const [longer = '', shorter = ''] = texts.toSorted((a, b) => b.length - a.length)
      expect(longer.startsWith(shorter), `${shorter}\n\n${longer}`).toBe(true)
      await new Promise((resolve) => setTimeout(resolve, 50))
    } while (!state.isDone)
    const outcomes = (await written).flat()
    // Known: somebody who looked had recorded what was written.
    expect(outcomes.filter(({ kind }) => kind !== 'recorded' && kind !== 'known')).toEqual([])
    for (const texts of seen)
      for (const [i, text] of texts.entries()) {
        const next = texts[i + 1]
        expect(next === undefined || next.startsWith(text)).toBe(true)
      }
    const text = await reader()()
    expect(checkMediaPlaylist(text), text).toEqual([])
    expect(text).not.toMatch(/#EXT-X-(?:GAP|DISCONTINUITY\n)/)
    expect(text.match(/#EXTINF/g)).toHaveLength(led + writers)
    expect(new Set(text.match(/^[^#\n].*$/gm)).size).toBe(led + writers)
    expect(seen[0]?.length).toBeGreaterThan(3)
  })
})
