import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { feedMemory, feedObject, partsWithin, readFeedStream } from '../../../lib/packaging/index.ts'
import { madeStream } from '../../channels/hard-feed/made-feed.ts'

describe('memory that is lent', () => {
  it('is nobody else’s until it is given back, and is lent again then', () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 3_000_000 }), { maxLength: 12 })
    fc.assert(
      fc.property(fc.array(lengths, { minLength: 1, maxLength: 3 }), (objects) => {
        const memory = feedMemory()
        for (const object of objects) {
          const lent = object.map((length, i) => memory.take(length).fill(i))
          for (const [i, bytes] of lent.entries()) {
            expect(bytes).toHaveLength(object[i] ?? -1)
            expect(bytes.every((byte) => byte === i)).toBe(true)
          }
          memory.reset()
        }
      }),
      { numRuns: 20 },
    )
    const memory = feedMemory()
    const first = memory.take(5_000_000)
    const small = memory.take(1000)
    memory.giveBack(first)
    memory.giveBack(first)
    expect(memory.take(4_000_000).buffer).toBe(first.buffer)
    memory.giveBack(new Uint8Array(8))
    expect(memory.take(4_000_000).buffer).not.toBe(first.buffer)
    expect(memory.take(1000).buffer).toBe(small.buffer)
  })

  it('is not kept beyond what segments need', () => {
    const memory = feedMemory()
    const large = memory.take(100 * 2 ** 20)
    memory.reset()
    expect(memory.take(1000).buffer).not.toBe(large.buffer)
  })

  it('gives the segments that fresh memory gives, whatever was in it before', async () => {
    const memory = feedMemory()
    memory.take(900_000).fill(0xa5)
    memory.take(2_000_000).fill(0x5a)
    for (const fromSeconds of [100, 102, 104]) {
      memory.reset()
      const bytes = madeStream({ fromSeconds })
      const upload = memory.take(bytes.length)
      upload.set(bytes)
      const { tracks } = await readFeedStream('lent', upload, { memory })
      memory.giveBack(upload.fill(0))
      const { tracks: others } = await readFeedStream('fresh', bytes)
      expect(tracks.map(({ part }) => part)).toEqual(['#video1', '#audio1'])
      for (const [i, track] of tracks.entries()) {
        const place = { start: track.start + 7, duration: track.duration }
        const expected = others[i] && feedObject(others[i], place)
        expect(Buffer.compare(feedObject(track, place, memory), expected ?? new Uint8Array(0))).toBe(0)
      }
    }
  })
})

describe('parts of media in pieces', () => {
  it('are what the same ranges of one piece have, in any order', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 9 })
    const ranges = fc.array(fc.tuple(fc.nat(80), fc.nat(80)), { maxLength: 6 })
    fc.assert(
      fc.property(pieces, ranges, (all, wanted) => {
        const whole = Buffer.concat(all)
        const told = wanted.map(([offset, length]) => ({ offset, length }))
        const expected = told.map(({ offset, length }) => whole.subarray(offset, offset + length))
        expect(Buffer.concat(partsWithin(all, told))).toEqual(Buffer.concat(expected))
      }),
    )
  })
})
