/** What manifests keep of rows: never another thing than all of them read anew, and ever the same amount to read. */
import { describe, expect, it } from 'vitest'
import type { MinuteRow } from '../../lib/channels/live/minute-row.ts'
import { tailOf } from '../../lib/channels/live/tail.ts'
import { settledRows } from '../../lib/channels/source/settled-rows.ts'
import { headOf, memoryRoom } from './memory-room.ts'

const began = 36_000

describe('rows of a channel that plays', () => {
  it('are read once as they are settled, and print what reading all of them prints', async () => {
    const head = headOf(['video-1', 'audio-2'], began)
    const room = memoryRoom(head)
    const { live } = room.ports
    const read: number[] = []
    const settled = settledRows({
      async minutes(ref, from, to) {
        const rows = await live.minutes(ref, from, to)
        read.push(rows.length)
        return rows
      },
    })
    const from = began / 60
    for (let seconds = began; seconds < began + 1800; seconds += 2) {
      // Some come in pairs the wrong way round, some not at all.
      const at = seconds + (seconds % 3 === 0 ? 2 : 0)
      await room.arrive('video-1', seconds)
      if (seconds % 302 !== 0) await room.arrive('audio-2', at)
      const to = Math.floor(seconds / 60) + 1
      const rows = await settled.read(head, { from, to })
      const all: readonly MinuteRow[] = await live.minutes(head, from, to)
      const [kept, whole] = [tailOf(head, undefined, rows), tailOf(head, undefined, all)]
      expect(kept.throughSeconds).toBe(whole.throughSeconds)
      expect(kept.tracks).toEqual(whole.tracks)
      settled.keep(head, from, { rows, throughSeconds: kept.throughSeconds })
    }
    // Two tracks of a handful of minutes, however long the hour is.
    expect(Math.max(...read)).toBeLessThanOrEqual(12)
    expect(await live.minutes(head, from, from + 60)).toHaveLength(60)
  })

  it('are read anew for another life, another track and another hour', async () => {
    const head = headOf(['video-1'], began)
    const asked: (readonly [number, number])[] = []
    const settled = settledRows({
      async minutes(_ref, from, to) {
        asked.push([from, to])
        return []
      },
    })
    settled.keep(head, 600, { rows: [], throughSeconds: 620 * 60 })
    await settled.read(head, { from: 600, to: 621 })
    await settled.read({ ...head, version: 'f'.repeat(16) }, { from: 600, to: 621 })
    await settled.read(headOf(['video-1', 'audio-2'], began), { from: 600, to: 621 })
    await settled.read(head, { from: 660, to: 661 })
    settled.keep(head, 600, { rows: [], throughSeconds: Number.NEGATIVE_INFINITY })
    await settled.read(head, { from: 600, to: 621 })
    expect(asked).toEqual([
      [619, 621],
      [600, 621],
      [600, 621],
      [660, 661],
      [600, 621],
    ])
  })
})
