/** Pictures of H.264 from PES packets that cut them anywhere: what is one, what is in it, and when it is shown. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { UnitReaderOptions } from '../../../lib/formats/mpegts/index.ts'
import {
  annexB,
  avcDelimiter,
  avcFiller,
  avcPps,
  avcRecovery,
  avcSlice,
  avcSps,
  unitsOf,
} from './avc-stream.ts'
import { tracksOf } from './to-cmaf.ts'
import { TsWriter } from './ts-writer.ts'

const pid = 0x101
const sets = [avcSps({ rate: 25 }), avcPps()]

/** A stream of PES packets, each a picture or a part of one, with its times. */
function read(
  packets: readonly (readonly [nals: readonly Uint8Array[], pts?: number, dts?: number])[],
  options: UnitReaderOptions = {},
) {
  const to = new TsWriter().tables([{ pid, type: 0x1b }])
  for (const [nals, pts, dts] of packets)
    to.pes(pid, { data: annexB(nals), ...(pts !== undefined && { pts }), ...(dts !== undefined && { dts }) })
  return tracksOf(to.bytes, options)
}
const idr = (idrId = 0) => avcSlice({ isIdr: true, idrId })
const later = (frameNumber: number) => avcSlice({ frameNumber, order: frameNumber * 2 })
const types = (sample: Uint8Array) => unitsOf(sample).map((nal) => (nal[0] ?? 0) & 31)

describe('a picture of H.264', () => {
  it('has its slices and messages, without delimiter, filler and the sets of its sample entry', () => {
    const second = avcSlice({ isIdr: true, firstBlock: 100 })
    const { units, tracks } = read([
      [[avcDelimiter, ...sets, avcRecovery(0), idr(), second, avcFiller], 7200, 3600],
      [[avcDelimiter, later(1)], 10800, 7200],
    ])
    expect(units.map(({ bytes }) => types(bytes))).toEqual([[6, 5, 5], [1]])
    expect(unitsOf(units[0]?.bytes ?? new Uint8Array(0)).slice(1)).toEqual([idr(), second])
    expect(units.map(({ sync, isDamaged }) => [sync, isDamaged])).toEqual([
      ['idr', false],
      ['none', false],
    ])
    expect(tracks).toMatchObject([
      { codec: 'avc1.42c01e', timescale: 90000, facts: { width: 320, height: 192 } },
    ])
    expect(tracks[0]?.samples).toMatchObject([
      { decodeTicks: 0, compositionTicks: 3600, durationTicks: 3600, sync: 'idr' },
      { decodeTicks: 3600, compositionTicks: 3600, durationTicks: 3600, sync: 'none' },
    ])
  })

  it('keeps its sets if they are asked for in band', () => {
    const { units, tracks } = read([[[...sets, idr()], 0]], { parameterSets: 'in-band' })
    expect(types(units[0]?.bytes ?? new Uint8Array(0))).toEqual([7, 8, 5])
    expect(tracks[0]?.codec).toBe('avc3.42c01e')
  })

  it('keeps sets that come before the next key frame, at which they make a configuration', () => {
    const other = avcPps({ references: 3 })
    const { units, tracks } = read([
      [[...sets, idr()], 0],
      [[other, later(1)], 3600],
      [[idr(1)], 7200],
    ])
    expect(units.map(({ bytes }) => types(bytes))).toEqual([[5], [8, 1], [5]])
    expect(units[0]?.config).toBe(units[1]?.config)
    expect(tracks.map(({ samples }) => samples.length)).toEqual([2, 1])
  })

  it('has another configuration where sets change in content, not where they arrive', () => {
    const wide = [avcSps({ blocks: 40 }), avcPps()]
    const { units, tracks } = read([
      [[...sets, idr()], 0],
      [[...sets, idr(1)], 3600],
      [[...wide, idr()], 7200],
      [[...sets, idr(1)], 10800],
    ])
    expect(
      tracks.map(({ samples, facts }) => [samples.length, facts.type === 'video' && facts.width]),
    ).toEqual([
      [2, 320],
      [1, 640],
      [1, 320],
    ])
    expect(units[3]?.config).toBe(units[0]?.config)
  })

  it('is dropped before the first sets, or if nothing says when it is shown', () => {
    const early = read([
      [[later(1)], 0],
      [[...sets, idr()], 3600],
    ])
    expect(early.units).toHaveLength(1)
    expect(early.counts).toEqual({ TS_PARAMETER_SETS: 1 })
    const untimed = read([[[avcSps(), avcPps(), idr()]], [[later(1)], 3600]])
    expect(untimed.units).toHaveLength(1)
    expect(untimed.counts).toEqual({ TS_TIME_MISSING: 1 })
  })

  it('that is too large is dropped, and the next one read', () => {
    const large = avcSlice({ isIdr: true, size: 3000 })
    const packets = [
      [[...sets, idr()], 0],
      [[large], 3600],
      [[idr(1)], 7200],
      [[idr()], 10800],
    ] as const
    const { units, counts } = read(packets, { maxUnitBytes: 2000 })
    expect(units.every(({ bytes }) => bytes.length < 100)).toBe(true)
    expect(units.at(-1)?.ptsTicks).toBe(10800)
    expect(counts).toEqual({ TS_UNIT_LARGE: 1 })
  })

  it('whose set can not be read is none of the worse for it', () => {
    const { units, counts } = read([[[...sets, Uint8Array.from([0x67, 66]), idr()], 0]])
    expect(units).toHaveLength(1)
    expect(counts).toEqual({ BITS_END: 1 })
  })

  it('of two fields is one sample', () => {
    const interlaced = [avcSps({ isInterlaced: true }), avcPps()]
    const field = (frameNumber: number, which: 'top' | 'bottom', isIdr = false) =>
      avcSlice({
        isInterlaced: true,
        field: which,
        frameNumber,
        isIdr,
        order: frameNumber * 2 + (which === 'top' ? 0 : 1),
      })
    const { units } = read([
      [[avcDelimiter, ...interlaced, field(0, 'top', true)], 3600],
      [[avcDelimiter, field(0, 'bottom')], 5400],
      [[avcDelimiter, field(1, 'top')], 7200],
      [[avcDelimiter, field(1, 'bottom')], 9000],
    ])
    expect(units.map(({ ptsTicks, sync, bytes }) => [ptsTicks, sync, types(bytes)])).toEqual([
      [3600, 'idr', [5, 1]],
      [7200, 'none', [1, 1]],
    ])
  })
})

describe('where decoding can start', () => {
  it('is told from recovery points, and what is shown before them is marked', () => {
    const b = (frameNumber: number, order: number) => avcSlice({ frameNumber, order, isReference: false })
    const { units } = read([
      [[...sets, idr()], 3600, 0],
      [[avcRecovery(0), later(3)], 14400, 3600],
      [[b(4, 2)], 7200, 7200],
      [[avcRecovery(5), later(5)], 18000, 10800],
      [[b(6, 8)], 16000, 14400],
    ])
    expect(units.map(({ sync, leading }) => [sync, leading])).toEqual([
      ['idr', undefined],
      ['recovery', undefined],
      ['none', 'rasl'],
      ['gradual', undefined],
      ['none', undefined],
    ])
  })
})

/** Decoding order of I P B B groups: shown 0, 3, 1, 2 and so on. */
const group = Array.from({ length: 16 }, (_, i) => {
  const at = i === 0 ? 0 : [3, 1, 2][(i - 1) % 3]
  const shown = i === 0 ? 0 : Math.floor((i - 1) / 3) * 3 + (at ?? 0)
  const isB = i > 0 && at !== 3
  return {
    nals: [
      ...(i === 0 ? sets : []),
      avcSlice({ isIdr: i === 0, frameNumber: i, order: shown * 2, isReference: !isB, size: 10 + i * 13 }),
    ],
    pts: 7200 + shown * 3600,
    dts: 3600 + i * 3600,
  }
})

describe('PES packets', () => {
  const samplesOf = (bytes: Uint8Array) => {
    const { units, counts } = tracksOf(bytes)
    expect(counts).toEqual({})
    return units.map(({ bytes: sample, ptsTicks, dtsTicks, sync }) => [
      Buffer.from(sample).toString('hex'),
      ptsTicks,
      dtsTicks,
      sync,
    ])
  }
  const plain = new TsWriter().tables([{ pid, type: 0x1b }])
  for (const { nals, pts, dts } of group) plain.pes(pid, { data: annexB(nals), pts, dts })
  const expected = samplesOf(plain.bytes)

  it('may cut pictures anywhere, also within start codes', () => {
    const cuts = fc.array(fc.nat(200), { maxLength: 60 })
    fc.assert(
      fc.property(cuts, fc.constantFrom(2, 3, 5), (sizes, zeros) => {
        const to = new TsWriter().tables([{ pid, type: 0x1b }])
        for (const [i, { nals, pts, dts }] of group.entries()) {
          // The first picture of a packet has its time: no packet holds the start of two.
          let data = annexB([avcDelimiter, ...nals], zeros)
          const size = sizes[i] ?? 0
          to.pes(pid, { data: data.subarray(0, 4 + size), pts, dts })
          for (data = data.subarray(4 + size); data.length > 0; data = data.subarray(1 + size))
            to.pes(pid, { data: data.subarray(0, 1 + size) })
        }
        expect(samplesOf(to.bytes)).toEqual(expected)
      }),
      { numRuns: 15 },
    )
  })

  it('may hold several pictures, whose times follow from the rate and the order in which they are shown', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 16, maxLength: 16 }), (counts) => {
        const to = new TsWriter().tables([{ pid, type: 0x1b }])
        for (let at = 0, i = 0; at < group.length; at += counts[i++] ?? 1) {
          const part = group.slice(at, at + (counts[i] ?? 1))
          const data = annexB(part.flatMap(({ nals }) => nals))
          to.pes(pid, { data, pts: part[0]?.pts ?? 0, dts: part[0]?.dts ?? 0 })
        }
        expect(samplesOf(to.bytes)).toEqual(expected)
      }),
      { numRuns: 15 },
    )
  })

  it('that are damaged damage the pictures in them alone, which are left out', () => {
    const packets = [...plain.packets]
    const start = packets.findLastIndex((packet) => ((packet[1] ?? 0) & 0x40) !== 0)
    packets.splice(start - 1, 1)
    const { units, tracks, problems, counts } = tracksOf(Uint8Array.from(Buffer.concat(packets)))
    expect(units.filter(({ isDamaged }) => isDamaged)).toHaveLength(1)
    expect(tracks[0]?.samples).toHaveLength(group.length - 1)
    expect(problems.map(({ code }) => code)).toEqual(['TS_UNITS_DROPPED'])
    expect(counts).toEqual({ TS_CONTINUITY: 1 })
  })
})
