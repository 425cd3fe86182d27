/** Times of WebVTT segments: through X-TIMESTAMP-MAP and 33 bits to the channel's clock, and back for HLS. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeadendError } from '../../../lib/errors.ts'
import { readWebVtt } from '../../../lib/formats/webvtt/index.ts'
import { webVttSegment } from '../../../lib/packaging/index.ts'

const wrap = 2 ** 33
const facts = { roles: ['subtitle'] }
const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
const stamp = (ms: number): string =>
  `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}.${String(ms % 1000).padStart(3, '0')}`

/** The segment with one cue, `behindMs` behind its beginning. */
const segment = (map: string, cueMs: number): Uint8Array =>
  Buffer.from(`WEBVTT\n${map}\n\n${stamp(cueMs)} --> ${stamp(cueMs + 1000)}\nline\n`)

const times = fc.record({
  // Until 2060, in milliseconds; a clock of some days; a cue anywhere within the two segments around.
  startMs: fc.integer({ min: 1_700_000_000_000, max: 2_840_000_000_000 }),
  mpegTicks: fc.integer({ min: 0, max: wrap * 30 }),
  behindMs: fc.integer({ min: -2000, max: 3900 }),
  localMs: fc.integer({ min: 5000, max: 90_000_000 }),
  isLocalFirst: fc.boolean(),
})

describe('a WebVTT segment', () => {
  it('has its cues on the channel, and says so to players, whatever its map counts from', () => {
    fc.assert(
      fc.property(times, ({ startMs, mpegTicks, behindMs, localMs, isLocalFirst }) => {
        const beside = {
          timescale: 90_000,
          start: startMs * 90,
          duration: 180_000,
          mpegSeconds: mpegTicks / 90_000,
        }
        const parts = [`LOCAL:${stamp(localMs)}`, `MPEGTS:${mpegTicks % wrap}`]
        const map = `X-TIMESTAMP-MAP=${(isLocalFirst ? parts : parts.toReversed()).join()}`
        const { track } = webVttSegment('a', segment(map, localMs + behindMs), { beside, facts })
        const text = Buffer.from(track.text?.webVtt?.(0) ?? new Uint8Array(0)).toString()
        const { cues, timestampMap = { localMs: 0, mpegTs: 0 } } = readWebVtt(text)
        const [cue] = cues
        const got = timestampMap.mpegTs + ((cue?.startMs ?? 0) - timestampMap.localMs) * 90
        expect(Math.abs((got - (startMs + behindMs) * 90) % wrap)).toBe(0)
        expect(timestampMap.mpegTs).toBeLessThan(wrap)
        const durations = track.fragment.durations.reduce((sum, one) => sum + one, 0)
        expect(durations).toBe(track.duration)
      }),
    )
  })

  it('ends, and throws nothing but its own errors, whatever is changed in it', () => {
    const whole = segment('X-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000', 500)
    const beside = { timescale: 90_000, start: 1_796_000_000 * 90_000, duration: 180_000, mpegSeconds: 10 }
    const change = fc.record({
      at: fc.nat(whole.length),
      by: fc.uint8Array({ maxLength: 3 }),
      cut: fc.nat(4),
    })
    fc.assert(
      fc.property(change, ({ at, by, cut }) => {
        const bytes = Buffer.concat([whole.subarray(0, at), by, whole.subarray(at + cut)])
        try {
          const { track } = webVttSegment('a', bytes, { beside, facts })
          expect(track.start).toBe(beside.start)
        } catch (error) {
          expect(error).toBeInstanceOf(HeadendError)
        }
      }),
      { numRuns: 500 },
    )
  })
})
