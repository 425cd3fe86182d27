/** Where media of an hour lie in its archive: each once, one behind the other, in objects of ten minutes and five mebibytes. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  type ArchivedTrack,
  archivedMedia,
  archiveParts,
  mediaFile,
  parseArchive,
  printArchive,
} from '../../../lib/timeline/live/archive.ts'
import type { Segment } from '../../../lib/timeline/timeline.ts'
import { headOf } from '../../channels/memory-room.ts'

const hour = 500_000
const mebibyte = 2 ** 20
const head = headOf(['video-1', 'audio-1', 'text-1'], hour * 3600)

const segmentOf = (start: number, duration: number, more: Partial<Segment>): Segment => ({
  number: start,
  cut: 0,
  start,
  duration,
  bytes: 1,
  configId: 'c',
  sync: true,
  gap: 'none',
  discontinuity: false,
  ...more,
})

/** A track of segments of so many seconds, from some time of the hour on. */
const track = (id: string) =>
  fc
    .record({
      timescale: fc.constantFrom(1000, 48_000, 90_000),
      seconds: fc.integer({ min: 2, max: 12 }),
      from: fc.integer({ min: 0, max: 3500 }),
      sizes: fc.array(fc.integer({ min: 0, max: 3 * mebibyte }), { minLength: 1, maxLength: 300 }),
      missing: fc.nat(20),
      hasTexts: fc.boolean(),
    })
    .map(({ timescale, seconds, from, sizes, missing, hasTexts }): ArchivedTrack => {
      const segments = sizes
        .map((bytes, i) => {
          const start = (hour * 3600 + from + i * seconds) * timescale
          const configId = i > 100 ? 'd' : 'c'
          return segmentOf(start, seconds * timescale, {
            bytes,
            configId,
            ...(i === missing && { gap: 'missing', bytes: 0 }),
          })
        })
        .filter((_, i) => from + i * seconds < 3600)
      return {
        id,
        timescale,
        segments,
        ...(hasTexts && { webVtt: segments.map(({ bytes }) => bytes % 100) }),
      }
    })

const tracks = fc.tuple(track('video-1'), track('audio-1'), track('text-1'))

it('has each segment once, without holes, as long as it is', () => {
  fc.assert(
    fc.property(tracks, (all) => {
      const parts = archiveParts(hour, all, archivedMedia(all))
      const { places } = parseArchive('x', printArchive(head, all, parts))
      const expected = all.flatMap(({ id, segments, webVtt }) =>
        segments.flatMap((segment, i) =>
          segment.gap === 'missing'
            ? []
            : [
                [mediaFile(id, segment, false), segment.bytes, segment.configId] as const,
                ...(webVtt?.[i]
                  ? [[mediaFile(id, segment, true), webVtt[i], segment.configId] as const]
                  : []),
              ],
        ),
      )
      expect(
        new Map([...places].map(([file, { range, configId }]) => [file, `${range.length} ${configId}`])),
      ).toEqual(new Map(expected.map(([file, bytes, configId]) => [file, `${bytes} ${configId}`])))
      for (const part of parts.keys()) {
        let end = 0
        for (const { range } of [...places.values()].filter((one) => one.part === part)) {
          expect(range.offset).toBe(end)
          end += range.length
        }
      }
    }),
    { numRuns: 50 },
  )
})

it('has objects of five mebibytes at least, if there is so much, and of ten minutes at most where those are enough', () => {
  fc.assert(
    fc.property(tracks, (all) => {
      const media = archivedMedia(all)
      const counts = archiveParts(hour, all, media)
      const { places, parts } = parseArchive('x', printArchive(head, all, counts))
      const bytesOf = counts.map((_, part) =>
        [...places.values()].reduce((sum, one) => sum + (one.part === part ? one.range.length : 0), 0),
      )
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(media.length)
      const starts = new Map(
        media.map(({ trackId, segment, isWebVtt }) => [
          mediaFile(trackId, segment, isWebVtt),
          segment.start / (all.find(({ id }) => id === trackId)?.timescale ?? 1),
        ]),
      )
      if (counts.length > 1) for (const bytes of bytesOf) expect(bytes).toBeGreaterThanOrEqual(5 * mebibyte)
      for (const [i, { from, to }] of parts.entries()) {
        const slotEnd = hour * 3600 + (Math.floor((from - hour * 3600) / 600) + 1) * 600
        const inSlot = [...places].reduce(
          (sum, [file, { part, range }]) =>
            part === i && (starts.get(file) ?? 0) < slotEnd ? sum + range.length : sum,
          0,
        )
        // Segments begin in an object's ten minutes and end behind them; what is too small at the end is in the last.
        if (to > slotEnd + 12 && i < parts.length - 1) expect(inSlot).toBeLessThan(5 * mebibyte)
        const next = parts[i + 1]
        if (next) expect(next.from).toBeGreaterThanOrEqual(from)
      }
    }),
    { numRuns: 50 },
  )
})

it('refuses a directory it does not know', () => {
  expect(() => parseArchive('x', '{"format":"headend-archive/9"}')).toThrow(/TIMELINE_FORMAT|headend-archive/)
})
