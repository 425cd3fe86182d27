/** Samples are encrypted as they come: the bytes are the same however they come, and whatever breaks meanwhile. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MediaReader } from '../../../lib/packaging/segments/media-reader.ts'
import { trackPath } from '../../../lib/timeline/media-path.ts'
import { demoFilm, fileSource } from '../films/films.ts'
import { joined, readerOf, shelve } from '../films/shelf.ts'
import { sealedPackager } from '../segments/sealed-packager.ts'

const film = fileSource(demoFilm)
const shelf = await shelve(film)
const whole = readerOf({ uploads: new Map([[`vod/${film.name}`, film]]), media: shelf.media, asked: [] })
const key = { kid: 'ab'.repeat(16), key: new Uint8Array(16).fill(1), iv: new Uint8Array(16).fill(2) }

/** How a store sends: the sizes of its chunks, again and again, and after how many bytes each connection breaks. */
interface Manner {
  readonly chunks: readonly number[]
  readonly breaks: readonly number[]
}

const manner: fc.Arbitrary<Manner> = fc.record({
  chunks: fc.array(fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 400_000 })), {
    minLength: 1,
    maxLength: 5,
  }),
  breaks: fc.array(fc.nat(600_000), { maxLength: 2 }),
})

function sendingIn({ chunks, breaks }: Manner): MediaReader {
  let connections = 0
  return {
    ...whole,
    async stream(object, range) {
      const bytes = await whole.piece(object, range)
      const end = breaks[connections++] ?? Number.POSITIVE_INFINITY
      return (async function* () {
        for (let at = 0, i = 0; at < bytes.length; i++) {
          if (at >= end) throw new Error('connection reset')
          // Tiny chunks stand for the first few thousand bytes: all of a segment in them takes minutes.
          const length = at < 20_000 ? (chunks[i % chunks.length] ?? 1) : Math.max(...chunks, 5_000)
          yield Uint8Array.from(bytes.subarray(at, at + length))
          at += length
        }
      })()
    },
  }
}

describe.each(['cenc', 'cbcs'] as const)('a segment under %s', (scheme) => {
  const { id, version, tracks } = shelf.films.timeline
  it.each(['video', 'audio'] as const)('of %s is the same however it comes', async (type) => {
    const track = tracks.find((one) => one.type === type)
    const path = `/${trackPath({ scheme, label: 'ALL', period: 0 }, id, version, track?.id ?? '')}2.0.m4s`
    const fetched = async (reader: MediaReader) => {
      const { status, body } = await sealedPackager(reader, key).answer({ method: 'GET', path, headers: {} })
      expect(status).toBe(200)
      return Buffer.from(joined(body))
    }
    const expected = await fetched(whole)
    await fc.assert(
      fc.asyncProperty(manner, async (how) => {
        expect((await fetched(sendingIn(how))).equals(expected)).toBe(true)
      }),
      { numRuns: 25 },
    )
  })
})
