/** Access units and tracks of streams in chunks of any size, and with bytes changed at random. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createUnitReader,
  elementaryTracks,
  stretchesOf,
  type UnitEvent,
} from '../../../lib/formats/mpegts/index.ts'
import { BitWriter } from '../bit-writer.ts'
import { annexB, avcDelimiter, avcPps, avcSlice, avcSps } from './avc-stream.ts'
import { fileOf } from './to-cmaf.ts'
import { TsWriter } from './ts-writer.ts'

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))
/** Parameter sets of x265, 720p HDR10; a picture of theirs is an IDR or a trailing one whose header goes no further. */
const hevcSets = [
  '40010c01ffff02200000030090000003000003005d959809',
  '42010102200000030090000003000003005da00280802d1365959a4932bc05a84880482000000300200000030321',
  '4401c172b46240',
].map(bytes)
const adts = bytes(`fff14c80037ffc${'2b'.repeat(20)}`)
const mp3 = bytes(`fffb9000${'33'.repeat(413)}`)
const ac3 = bytes(`0b77000000 40e0${'00'.repeat(121)}`.replace(' ', ''))
/** AudioMuxElement with its StreamMuxConfig: AAC LC of 48 kHz in two channels, and 20 bytes of payload. */
const mux = new BitWriter()
  .bits(0b001, 3)
  .bits(0, 13)
  .bits(2, 5)
  .bits(3, 4)
  .bits(2, 4)
  .bits(0, 6)
  .bits(255, 8)
  .bits(0, 2)
for (let i = 0; i < 21; i++) mux.bits(i === 0 ? 20 : i, 8)
const latm = Uint8Array.from([0x56, 0xe0, mux.bytes.length, ...mux.bytes])

const to = new TsWriter().tables([
  { pid: 1, type: 0x1b },
  { pid: 2, type: 0x24 },
  { pid: 3, type: 0x0f },
  { pid: 4, type: 0x03 },
  { pid: 5, type: 0x81 },
  { pid: 6, type: 0x11 },
])
for (let i = 0; i < 12; i++) {
  const slice = avcSlice({ isIdr: i % 4 === 0, frameNumber: i % 4, order: (i % 4) * 2, size: 50 + i * 9 })
  to.pes(1, {
    data: annexB([avcDelimiter, ...(i % 4 === 0 ? [avcSps({ rate: 25 }), avcPps()] : []), slice]),
    pts: i * 3600,
  })
  const picture = bytes(`${i % 4 === 0 ? '2601' : '0201'}d0${'77'.repeat(90)}`)
  to.pes(2, { data: annexB([...(i % 4 === 0 ? hevcSets : []), picture]), pts: i * 3600 })
  for (const [pid, frame] of [
    [3, adts],
    [4, mp3],
    [5, ac3],
    [6, latm],
  ] as const)
    to.pes(pid, { data: frame, pts: i * 2000, streamId: 0xc0, isBounded: true })
}
const plain = to.bytes

function read(data: Uint8Array, size: number) {
  const reader = createUnitReader()
  const events: UnitEvent[] = []
  for (let at = 0; at < data.length; at += size) events.push(...reader.push(data.slice(at, at + size)))
  events.push(...reader.end())
  const units = events.flatMap((event) => (event.type === 'unit' ? [event.unit] : []))
  const program = events.findLast((event) => event.type === 'program')?.program ?? { streams: [] }
  return { events, units, program }
}

/** What is the same of events whatever chunk they came in: a problem says where that began. */
const told = (events: readonly UnitEvent[]) =>
  events.map((event) =>
    event.type === 'unit'
      ? [event.unit.pid, event.unit.ptsTicks, Buffer.from(event.unit.bytes).toString('hex')]
      : event.type,
  )

describe('units', () => {
  it('are the same in chunks of any size', () => {
    const whole = read(plain, plain.length)
    const pids = new Set(whole.units.map(({ pid }) => pid))
    expect([...pids].toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6])
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), (size) => {
        expect(told(read(plain, size).events)).toEqual(told(whole.events))
      }),
      { numRuns: 10 },
    )
  })

  it('of changed bytes end, hold no more than came, and make files or nothing', () => {
    const change = fc.record({
      at: fc.nat(plain.length - 1),
      value: fc.integer({ min: 0, max: 255 }),
      how: fc.constantFrom('set', 'cut', 'add'),
      size: fc.integer({ min: 1, max: 200 }),
    })
    let problems = 0
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 25 }), (changes) => {
        let data = Buffer.from(plain)
        for (const { at, value, how, size } of changes)
          if (how === 'set') data[at] = value
          else {
            const added = how === 'add' ? Buffer.alloc(size, value) : Buffer.alloc(0)
            data = Buffer.concat([data.subarray(0, at), added, data.subarray(how === 'cut' ? at + size : at)])
          }
        const { events, units, program } = read(Uint8Array.from(data), 7777)
        problems += events.filter(({ type }) => type === 'problem').length
        const total = units.reduce((sum, unit) => sum + unit.bytes.length, 0)
        // Lengths of four bytes take the place of start codes of three.
        expect(total).toBeLessThanOrEqual(data.length * 2)
        for (const stretch of stretchesOf(units)) {
          const originTicks = Math.min(...stretch.map(({ dtsTicks = Number.POSITIVE_INFINITY }) => dtsTicks))
          const { tracks } = elementaryTracks(stretch, program, { originTicks, keepsDamaged: true })
          for (const track of tracks) {
            expect(track.samples.every(({ durationTicks }) => durationTicks > 0)).toBe(true)
            expect(fileOf(track).length).toBeGreaterThan(100)
          }
        }
      }),
      { numRuns: 30 },
    )
    expect(problems).toBeGreaterThan(30)
  })
})
