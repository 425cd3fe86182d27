/** Transport streams in chunks of any size, and with bytes changed at random. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDemuxer, type TsEvent } from '../../../lib/formats/mpegts/index.ts'
import { mapPid, sectionOf, TsWriter } from './ts-writer.ts'

const streams = [
  { pid: 0x101, type: 0x1b },
  { pid: 0x102, type: 0x0f },
  { pid: 0x103, type: 0x86 },
]
const packets = fc.array(
  fc.oneof(
    fc.record({ pid: fc.constant(0x101), size: fc.integer({ min: 0, max: 2000 }) }),
    fc.record({ pid: fc.constant(0x102), size: fc.integer({ min: 0, max: 700 }) }),
    fc.record({ pid: fc.constant(0x103), size: fc.integer({ min: 0, max: 300 }) }),
    fc.record({ pid: fc.constant(mapPid), size: fc.integer({ min: 0, max: 3 }) }),
  ),
  { minLength: 2, maxLength: 30 },
)
const wraps = fc.constantFrom([0, 0], [4, 0], [0, 16])

/** A stream with a bit of everything. */
const written = fc.tuple(packets, wraps).map(([list, [front = 0, behind = 0]]) => {
  const to = new TsWriter().tables(streams)
  for (const [i, { pid, size }] of list.entries()) {
    const data = Uint8Array.from({ length: size }, (_, at) => (at * 31 + i) & 255)
    if (pid === mapPid) to.tables(streams.slice(0, size), { version: i & 31 })
    else if (pid === 0x103) to.section(pid, sectionOf(0xfc, [...data], 0x30))
    else to.pes(pid, { data, pts: i * 3600, isBounded: pid === 0x102, pcr: i * 3600 })
  }
  const wrapped = to.packets.flatMap((packet) => [new Uint8Array(front), packet, new Uint8Array(behind)])
  return Uint8Array.from(Buffer.concat(wrapped))
})

function readInChunks(bytes: Uint8Array, sizes: readonly number[]): TsEvent[] {
  const demuxer = createDemuxer()
  const events: TsEvent[] = []
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 188
    // The chunk is overwritten afterwards, as a stream's buffer is.
    const chunk = bytes.slice(at, at + size)
    events.push(...demuxer.push(chunk))
    chunk.fill(0x47)
    at += size
  }
  return [...events, ...demuxer.end()]
}

describe('any transport stream', () => {
  it('gives the same in chunks of any size', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 9 })
    fc.assert(
      fc.property(written, sizes, (bytes, chunks) => {
        const whole = readInChunks(bytes, [bytes.length])
        expect(readInChunks(bytes, chunks)).toEqual(whole)
        expect(whole.length).toBeGreaterThan(1)
        expect(whole.filter(({ type }) => type === 'problem')).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  it('with changed, missing and added bytes ends, and gives no more than came', () => {
    const change = fc.record({
      at: fc.nat(),
      value: fc.integer({ min: 0, max: 255 }),
      how: fc.constantFrom('set', 'cut', 'add'),
      size: fc.integer({ min: 1, max: 400 }),
    })
    const seen = new Set<string>()
    fc.assert(
      fc.property(written, fc.array(change, { minLength: 1, maxLength: 12 }), (bytes, changes) => {
        const data = [...bytes]
        for (const { at, value, how, size } of changes)
          if (how === 'set') data[at % data.length] = value
          else if (how === 'cut') data.splice(at % data.length, size)
          else data.splice(at % data.length, 0, ...Array<number>(size).fill(value))
        const events = readInChunks(Uint8Array.from(data), [333])
        let total = 0
        for (const event of events) {
          if (event.type === 'pes') total += event.pes.data.length
          if (event.type === 'section') total += event.section.bytes.length
          if (event.type === 'problem') seen.add(event.problem.code)
        }
        expect(total).toBeLessThanOrEqual(data.length)
      }),
      { numRuns: 150 },
    )
    expect(seen.size).toBeGreaterThan(2)
  })
})
