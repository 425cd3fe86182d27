/** Encoders whose clocks pass 2^53 since 1970 are read by a coarser one; all others as they are. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeadendError } from '../../../lib/errors.ts'
import { writeInit } from '../../../lib/formats/isobmff/init.ts'
import { unityMatrix } from '../../../lib/formats/isobmff/mvhd.ts'
import { writeSegment } from '../../../lib/formats/isobmff/segment.ts'
import { clockDivisor, coarsenClocks } from '../../../lib/packaging/feed/coarser-clock.ts'
import { readFeedSegment } from '../../../lib/packaging/index.ts'
import { mp4a } from '../films/make-film.ts'

const frames = 94
const epoch = 1_796_000_000n

/** Audio whose first sample is decoded at these ticks, however many they are. */
function made(timescale: number, decodeTime: bigint) {
  const init = writeInit({
    type: 'audio',
    trackId: 1,
    timescale,
    width: 0,
    height: 0,
    matrix: unityMatrix,
    sampleEntry: mp4a,
    mediaStart: 0,
  })
  const media = Buffer.from(
    writeSegment({
      sequence: 1,
      trackId: 1,
      decodeTime: 0,
      sizes: new Uint32Array(frames).fill(10),
      durations: new Uint32Array(frames).fill(Math.round((1024 / 48_000) * timescale)),
    }).bytes,
  )
  media.writeBigUInt64BE(decodeTime, media.indexOf('tfdt') + 8)
  return { init, media }
}

describe('the clock of a feed', () => {
  it.each([
    [90_000, 1],
    [1_000_000, 1],
    [4_000_000, 1],
    [5_000_000, 2],
    [10_000_000, 4],
    [4_000_037, 1],
  ])('of %i ticks a second is divided by %i', (timescale, by) => {
    expect(clockDivisor(timescale)).toBe(by)
  })

  it('of ten million is read as one of 2.5 million, and segments of it meet', async () => {
    const first = epoch * 10_000_000n + 3n
    const lasts = BigInt(frames * 213_333)
    const ends = []
    for (const decodeTime of [first, first + lasts, first + 2n * lasts]) {
      const { init, media } = made(10_000_000, decodeTime)
      const [track] = await readFeedSegment('a', init, media)
      expect(track).toMatchObject({ timescale: 2_500_000, start: Number(decodeTime / 4n) })
      ends.push([track?.start ?? 0, (track?.start ?? 0) + (track?.duration ?? 0)])
    }
    // A hundredth of a frame.
    for (const [i, [start = 0]] of ends.slice(1).entries())
      expect(Math.abs(start - (ends[i]?.[1] ?? 0))).toBeLessThan(500)
  })

  it('of others stays as it is, to the byte', () => {
    const { init, media } = made(90_000, epoch * 90_000n)
    const bytes = Buffer.concat([init, media])
    const before = Buffer.from(bytes)
    coarsenClocks('a', bytes)
    expect(bytes).toEqual(before)
  })

  it('is refused by its reader, and by nothing else, where bytes are broken', () => {
    const { init, media } = made(10_000_000, epoch * 10_000_000n)
    const whole = Buffer.concat([init, media])
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        fc.nat(whole.length),
        (changes, cut) => {
          const bytes = Buffer.from(whole)
          for (const [at, value] of changes) bytes[at] = value
          try {
            coarsenClocks('a', bytes.subarray(0, cut))
          } catch (error) {
            if (!(error instanceof HeadendError)) throw error
          }
        },
      ),
    )
  })
})
