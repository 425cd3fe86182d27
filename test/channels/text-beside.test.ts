/** Text holds nobody up: whatever comes of it, and whenever, the rest of the channel is as it would be without it. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { headOf, memoryRoom } from './memory-room.ts'

/** Some minutes before an hour ends. */
const begin = 1_796_000_400 + 3600 - 300
const segments = 260

/** Where text is missing, and by how many segments it is late. */
const plan = fc.record({
  ends: fc.integer({ min: 1, max: 120 }),
  back: fc.integer({ min: 0, max: 200 }),
  late: fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: segments }), fc.integer({ min: 1, max: 8 })), {
    maxLength: 40,
    selector: ([at]) => at,
  }),
  pause: fc.constantFrom(0, 0, 40, 900),
  minutes: fc.uniqueArray(fc.integer({ min: 30, max: segments }), { maxLength: 8 }),
})

describe('text of a channel', () => {
  it('changes nothing of what is shown of the rest, and is itself never taken back', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async ({ ends, back, late, pause, minutes }) => {
        const lateBy = new Map(late)
        const [withText, without] = [
          memoryRoom(headOf(['video-1', 'audio-2', 'text-3'], begin)),
          memoryRoom(headOf(['video-1', 'audio-2'], begin)),
        ]
        const secondOf = (i: number): number => begin + 2 * i + (i >= 150 ? 2 * pause : 0)
        let before = withText.shown()
        for (let i = 0; i < segments; i++) {
          for (const id of ['video-1', 'audio-2'])
            for (const room of [withText, without]) await room.arrive(id, secondOf(i))
          for (let of = Math.max(0, i - 8); of <= i; of++)
            if ((of < ends || of >= ends + back) && of + (lateBy.get(of) ?? 0) === i)
              await withText.arrive('text-3', secondOf(of))
          if (minutes.includes(i)) for (const room of [withText, without]) await room.minute(0)
          const now = withText.shown()
          for (const [id, own] of before) expect(now.get(id)?.slice(0, own.length)).toEqual(own)
          for (const id of ['video-1', 'audio-2']) expect(now.get(id)).toEqual(without.shown().get(id))
          before = now
        }
        for (const room of [withText, without]) await room.minute(301)
        expect(withText.hours).toHaveLength(without.hours.length)
        const text = withText.shown().get('text-3') ?? []
        expect(text.some(({ gap }) => gap !== 'none')).toBe(false)
        // But for the pause it has no hole, and at its end it is where the video is.
        const holes = text.filter((one, j) => {
          const last = text[j - 1]
          return last && one.start !== last.start + last.duration
        })
        expect(holes.length).toBeLessThanOrEqual(pause > 0 ? 1 : 0)
      }),
      { numRuns: 25 },
    )
  })

  it('that joins in the middle of an hour does not keep that from being sealed', async () => {
    const head = { ...headOf(['video-1', 'text-2'], begin), joins: { 'text-2': begin + 60 } }
    const room = memoryRoom(head)
    for (let i = 0; i < segments; i++) {
      await room.arrive('video-1', begin + 2 * i)
      if (i >= 28) await room.arrive('text-2', begin + 2 * i)
    }
    await room.minute(0)
    expect(room.hours).toHaveLength(1)
    const shown = room.shown()
    expect(shown.get('text-2')?.[0]?.start).toBe((begin + 60) * 1000)
    const breaks = shown.get('video-1')?.filter(({ discontinuity }) => discontinuity)
    expect(breaks?.map(({ start }) => start)).toEqual([(begin + 60) * 1000])
    // Those that follow count what the video counts.
    const [hour] = room.hours
    expect(hour?.tracks['text-2']?.behind.passed).toEqual(hour?.tracks['video-1']?.behind.passed)
  })
})
