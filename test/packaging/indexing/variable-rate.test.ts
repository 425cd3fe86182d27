/** Pictures that last as long as they like, shown in another order than they are stored: no player shows them late. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../films/films.ts'
import { faultsOf } from '../films/judged.ts'
import { type MadeSample, type MadeTrack, makeFilm } from '../films/make-film.ts'
import { shelve } from '../films/shelf.ts'
import { deliveredSamples } from '../segments/delivered-samples.ts'

const timescale = 15_360
const inGroup = 40
/** What an encoder of two pictures between references decodes sooner than it shows. */
const delay = 2

/** Groups of 40, each third picture stored in front of the two it is shown behind; decoded two pictures sooner. */
function pictures(lengths: readonly number[]): MadeTrack {
  const shownAt = lengths.map((_, i) => lengths.slice(0, i).reduce((sum, one) => sum + one, 0))
  const first = delay * 256
  // An encoder's times of decoding are those of showing, in order and later by its delay.
  const decodedAt = (i: number): number =>
    i < delay ? (i * first) / delay : first + (shownAt[i - delay] ?? 0)
  const shownAs = (i: number): number => {
    const at = i % inGroup
    if (at === 0) return i
    return (at - 1) % 3 === 0 ? i + 2 : i - 1
  }
  const end = first + (shownAt.at(-1) ?? 0)
  const samples: MadeSample[] = lengths.map((_, i) => ({
    size: 50 + (i % 50),
    duration: (i + 1 < lengths.length ? decodedAt(i + 1) : end) - decodedAt(i),
    offset: (shownAt[shownAs(i)] ?? 0) + first - decodedAt(i),
    sync: i % inGroup === 0,
  }))
  return { type: 'video', timescale, samples, edits: [{ duration: 0, mediaTime: first, rate: 0x10000 }] }
}

const groups = 8
const count = groups * inGroup

describe('pictures of any length', () => {
  it('are decoded from when the first of their segment is shown, and none later than it is shown', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 4, max: 16 }), { minLength: count, maxLength: count }),
        async (lengths) => {
          const made = pictures(lengths.map((one) => one * 256))
          const shelf = await shelve(bytesSource(makeFilm([made])))
          const [track] = shelf.played
          if (!track) throw new Error('pictures go in')
          expect(track.segments.length).toBeGreaterThan(1)
          expect(await faultsOf(shelf, track)).toEqual([])
          const samples = await deliveredSamples(shelf, track)
          expect(samples.filter((one) => one.presentationTime < one.decodeTime)).toEqual([])
          let stored = 0
          const wanted = made.samples.map(({ duration, offset = 0 }) => {
            const time = stored + offset - delay * 256
            stored += duration
            return time
          })
          expect(samples.map(({ presentationTime }) => presentationTime)).toEqual(wanted)
        },
      ),
      { numRuns: 20 },
    )
  })
})
