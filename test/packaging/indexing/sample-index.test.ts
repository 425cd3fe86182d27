/** The stored sample index: what is written is read again, and version 1 stays what it is. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeadendError } from '../../../lib/errors.ts'
import { readDirectory, readEntry, writeSampleIndex } from '../../../lib/packaging/storage/sample-index.ts'
import { hex } from '../../formats/isobmff/one-box.ts'

const u32 = fc.nat({ max: 0xffffffff })
const segments = fc.nat({ max: 40 }).chain((count) =>
  fc.record({
    fragment: fc.record(
      {
        sequence: u32,
        trackId: u32,
        decodeTime: fc.maxSafeNat(),
        sizes: fc.uint32Array({ minLength: count, maxLength: count }),
        durations: fc
          .array(fc.nat({ max: 3 }), { minLength: count, maxLength: count })
          .map((all) => Uint32Array.from(all)),
        compositionOffsets: fc.int32Array({ minLength: count, maxLength: count }),
        sync: fc
          .array(fc.nat({ max: 1 }), { minLength: count, maxLength: count })
          .map((all) => Uint8Array.from(all)),
      },
      { requiredKeys: ['sequence', 'trackId', 'decodeTime', 'sizes', 'durations'] },
    ),
    extents: fc.array(fc.record({ offset: fc.nat({ max: 2 ** 45 }), length: u32 })),
    cut: fc.nat({ max: 0xffff }),
    bytes: u32,
  }),
)

describe('the sample index', () => {
  it('gives back what was put in', () => {
    fc.assert(
      fc.property(fc.array(segments, { maxLength: 5 }), (all) => {
        const { bytes, directory } = writeSampleIndex(all)
        const entries = readDirectory(bytes.subarray(directory.offset, directory.offset + directory.length))
        expect(entries.map(({ number, cut, bytes: length }) => [number, cut, length])).toEqual(
          all.map(({ fragment, cut, bytes: length }) => [fragment.sequence, cut, length]),
        )
        for (const [i, { number, entry }] of entries.entries()) {
          const { fragment, extents } = readEntry(
            bytes.subarray(entry.offset, entry.offset + entry.length),
            number,
          )
          expect({ fragment, extents }).toEqual({ fragment: all[i]?.fragment, extents: all[i]?.extents })
        }
      }),
    )
  })

  it('in version 1 is these bytes (docs/timeline.md)', () => {
    const { bytes } = writeSampleIndex([
      {
        fragment: {
          sequence: 1,
          trackId: 1,
          decodeTime: 76_800,
          sizes: Uint32Array.of(300, 5),
          durations: Uint32Array.of(512, 512),
          compositionOffsets: Int32Array.of(0, -512),
          sync: Uint8Array.of(1, 0),
        },
        extents: [
          { offset: 4096, length: 300 },
          { offset: 4000, length: 5 },
        ],
        cut: 0,
        bytes: 500,
      },
    ])
    expect(hex(bytes)).toBe(
      [
        '48534958 0001 0014 00000001 00000000',
        '00000001 0000 0000 00000024 0000001b 000001f4',
        '03 01 80d804 02 028004 ac02 05 00 ff07 0101 0100 02 8040 ac02 9706 05',
      ]
        .join('')
        .replaceAll(' ', ''),
    )
  })

  it('changed anywhere ends, with nothing but errors of ours', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        for (const read of [() => readEntry(bytes, 1), () => readDirectory(bytes)])
          try {
            read()
          } catch (error) {
            if (!(error instanceof HeadendError)) throw error
          }
      }),
    )
  })

  it('of another version is refused', () => {
    const { bytes } = writeSampleIndex([])
    bytes[5] = 2
    expect(() => readDirectory(bytes)).toThrow(expect.objectContaining({ code: 'INDEX_FORMAT' }))
  })

  it('that is broken is no fault of who asked', () => {
    const entry = (bytes: string) => () => readEntry(Buffer.from(bytes, 'hex'), 1)
    for (const broken of [entry('000100ff01'), entry('000100010201'), entry('ffffffffffffffffff')])
      expect(broken).toThrow(expect.objectContaining({ code: 'INDEX_FORMAT', status: 500 }))
  })
})
