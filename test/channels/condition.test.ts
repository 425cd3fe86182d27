/** What the clock measures of a settled minute, and what it says of it. */
import { describe, expect, it } from 'vitest'
import { conditionOf } from '../../lib/channels/clock/condition.ts'
import { runMinute } from '../../lib/channels/clock/minute.ts'
import type { Cue } from '../../lib/channels/cues/cue.ts'
import { cueTimescale } from '../../lib/channels/cues/cue.ts'
import { madeOut } from '../../lib/channels/cues/made-cue.ts'
import { epochRun, type Move } from '../../lib/channels/live/encoder-run.ts'
import { headOf, memoryRoom } from './memory-room.ts'

const begin = 3600 * 496_000
const minute = begin / 60

/** Two minutes of segments of 2 s, those at even seconds. */
async function twoMinutes() {
  const room = memoryRoom(headOf(['video-1', 'audio-1'], begin))
  for (let seconds = 0; seconds < 120; seconds += 2)
    for (const id of ['video-1', 'audio-1']) await room.arrive(id, begin + seconds)
  const row = await room.ports.live.head('live/news')
  if (!row) throw new Error('expected a channel')
  const rows = await room.ports.live.minutes(row.head, minute, minute + 1)
  return { room, measured: { head: row.head, runs: [], rows, cues: [], minute } as const }
}

const ticks = (seconds: number): number => Math.round(seconds * cueTimescale)
/** Eight seconds of it. */
const breakAt = (seconds: number): Cue =>
  madeOut({ at: ticks(begin + seconds), saidAt: ticks(begin), duration: ticks(8), returnsItself: true })

describe('the condition of a channel', () => {
  it('has the longest segment and the largest', async () => {
    const { measured } = await twoMinutes()
    const [row, ...others] = measured.rows
    const [first, ...rest] = row?.segments ?? []
    if (!row || !first) throw new Error('expected segments')
    const longer = { ...row, segments: [{ ...first, duration: 3500, bytes: 4_000_000 }, ...rest] }
    expect(conditionOf({ ...measured, rows: [longer, ...others] })).toMatchObject({
      maxSegmentSeconds: 3.5,
      maxSegmentBytes: 4_000_000,
      gapSeconds: 0,
    })
  })

  it.each([
    ['where segments begin', 10, 0],
    ['half a second in front of one', 11.5, 0.5],
    ['at the end of the minute, by a segment of the next one', 59.25, 0.75],
    ['in another minute', 71.5, 0],
  ])('measures a cue %s', async (_name, seconds, late) => {
    const { measured } = await twoMinutes()
    // Its end, eight seconds behind, is as late.
    expect(conditionOf({ ...measured, cues: [breakAt(seconds)] }).cueLateSeconds).toBeCloseTo(late, 3)
  })

  it('has the drift of an encoder in an hour, as long as it goes on', async () => {
    const { measured } = await twoMinutes()
    const moves: Move[] = [0, 1, 2].map((i) => ({ atSeconds: begin - 100 + 30 * i, bySeconds: -0.003 * i }))
    const runs = [{ ...epochRun, moves }]
    expect(conditionOf({ ...measured, runs }).driftMs).toBeCloseTo(360, 3)
    expect(conditionOf({ ...measured, runs, minute: minute + 120 }).driftMs).toBe(0)
  })

  it('is told of where it is not as it should be', async () => {
    const { room } = await twoMinutes()
    const ports = { ...room.ports, live: { ...room.ports.live, cues: async () => [breakAt(10.5)] } }
    room.clock.nowMs = (begin + 3 * 60 + 5) * 1000
    room.clock.newestWrittenMs = room.clock.nowMs
    const { cueLateSeconds } = await runMinute(ports)
    expect(cueLateSeconds).toBeCloseTo(1.5, 3)
    expect(room.warnings).toEqual([['clock: no key frame at a cue', { channel: 'news', seconds: 1.5 }]])
  })
})
