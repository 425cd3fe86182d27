/** Each box: what real encoders wrote is read right, and what is written is read again. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAvcc } from '../../../lib/formats/isobmff/avcc.ts'
import { type Box, boxes, readBoxHeader } from '../../../lib/formats/isobmff/box.ts'
import { ByteReader } from '../../../lib/formats/isobmff/byte-reader.ts'
import type { ByteWriter } from '../../../lib/formats/isobmff/byte-writer.ts'
import { readCo64 } from '../../../lib/formats/isobmff/co64.ts'
import { readColr, writeColr } from '../../../lib/formats/isobmff/colr.ts'
import { readCtts } from '../../../lib/formats/isobmff/ctts.ts'
import { readDref, writeDref } from '../../../lib/formats/isobmff/dref.ts'
import { readElng, writeElng } from '../../../lib/formats/isobmff/elng.ts'
import { readElst, writeElst } from '../../../lib/formats/isobmff/elst.ts'
import { readEsds } from '../../../lib/formats/isobmff/esds.ts'
import { readFtyp, writeFtyp } from '../../../lib/formats/isobmff/ftyp.ts'
import { readHdlr, writeHdlr } from '../../../lib/formats/isobmff/hdlr.ts'
import { readMdhd, writeMdhd } from '../../../lib/formats/isobmff/mdhd.ts'
import { readMehd } from '../../../lib/formats/isobmff/mehd.ts'
import { readMfhd, writeMfhd } from '../../../lib/formats/isobmff/mfhd.ts'
import { readMvhd, writeMvhd } from '../../../lib/formats/isobmff/mvhd.ts'
import { readPasp } from '../../../lib/formats/isobmff/pasp.ts'
import type { Repair } from '../../../lib/formats/isobmff/repair.ts'
import { readStco } from '../../../lib/formats/isobmff/stco.ts'
import { readStsc } from '../../../lib/formats/isobmff/stsc.ts'
import { readStss } from '../../../lib/formats/isobmff/stss.ts'
import { readStsz } from '../../../lib/formats/isobmff/stsz.ts'
import { readStts } from '../../../lib/formats/isobmff/stts.ts'
import { readStz2 } from '../../../lib/formats/isobmff/stz2.ts'
import { readTfdt, writeTfdt } from '../../../lib/formats/isobmff/tfdt.ts'
import { readTfhd, writeTfhd } from '../../../lib/formats/isobmff/tfhd.ts'
import { readTkhd, writeTkhd } from '../../../lib/formats/isobmff/tkhd.ts'
import { readTrex, writeTrex } from '../../../lib/formats/isobmff/trex.ts'
import { readTrun, writeTrun } from '../../../lib/formats/isobmff/trun.ts'
import { boxOf, hex, written } from './one-box.ts'

const mdhd = (language: string) =>
  readMdhd(boxOf(`00000020 6d646864 00000000 00000000 00000000 00003200 00003200 ${language} 0000`))

const header = (text: string) => readBoxHeader(new ByteReader(Buffer.from(text.replaceAll(' ', ''), 'hex')))

// Hex written by FFmpeg 5.1.9 (libx264, AAC) unless a line says otherwise.
describe('vectors', () => {
  it('mvhd', () => {
    const mvhd = boxOf(
      `0000006c 6d766864 00000000 00000000 00000000 000003e8 000003e8 00010000 0100 0000 00000000 00000000
       00010000 00000000 00000000 00000000 00010000 00000000 00000000 00000000 40000000
       000000000000000000000000000000000000000000000000 00000003`,
    )
    const unknown = Buffer.from(mvhd.raw)
    unknown.fill(0xff, 24, 28)
    expect(readMvhd(mvhd)).toEqual({ timescale: 1000, duration: 1000, nextTrackId: 3 })
    expect(readMvhd(boxOf(unknown.toString('hex'))).duration).toBe(0)
  })

  it('tkhd', () => {
    const tkhd = boxOf(
      `0000005c 746b6864 00000003 00000000 00000000 00000001 00000000 000003e8 0000000000000000 0000 0000 0000 0000
       00010000 00000000 00000000 00000000 00010000 00000000 00000000 00000000 40000000 05000000 02d00000`,
    )
    expect(readTkhd(tkhd)).toMatchObject({
      trackId: 1,
      enabled: true,
      width: 1280 * 65536,
      height: 720 * 65536,
    })
  })

  it('mehd, its duration known and not', () => {
    expect(readMehd(boxOf('00000010 6d656864 00000000 00003200'))).toBe(12_800)
    expect(readMehd(boxOf('00000014 6d656864 01000000 00000001 00000002'))).toBe(2 ** 32 + 2)
    expect(readMehd(boxOf('00000010 6d656864 00000000 ffffffff'))).toBe(0)
  })

  it('mdhd, its language undetermined, English, and a Macintosh code', () => {
    expect(mdhd('55c4')).toEqual({ timescale: 12_800, duration: 12_800 })
    expect(mdhd('15c7')).toEqual({ timescale: 12_800, duration: 12_800, language: 'eng' })
    expect(mdhd('0002')).toEqual({ timescale: 12_800, duration: 12_800, language: 'deu' })
    expect(mdhd('0000')).toEqual({ timescale: 12_800, duration: 12_800 })
  })

  it('hdlr, its name ended by a zero', () => {
    const hdlr = boxOf(
      '0000002d 68646c72 00000000 00000000 76696465 00000000 00000000 00000000 566964656f48616e646c657200',
    )
    expect(readHdlr(hdlr)).toBe('vide')
  })

  it('elst, priming', () => {
    expect(readElst(boxOf('0000001c 656c7374 00000000 00000001 000003e8 00000400 00010000'))).toEqual([
      { duration: 1000, mediaTime: 1024, rate: 0x10000 },
    ])
  })

  it('elst, an empty edit in front (ISO/IEC 14496-12 8.6.6)', () => {
    const elst = boxOf(
      '00000028 656c7374 00000000 00000002 0000002c ffffffff 00010000 00000400 00000000 00010000',
    )
    expect(readElst(elst).map(({ mediaTime }) => mediaTime)).toEqual([-1, 0])
  })

  it('avcC of High@3.1', () => {
    const avcc = readAvcc(
      boxOf(
        `00000039 61766343 01 64 00 1f ff e1 001c 6764001facd9405005bb016a020202800000030080000019078c18cb
         01 0006 68ebe3cb22c0 fdf8f800`,
      ),
    )
    expect(avcc).toMatchObject({ profile: 100, compatibility: 0, level: 31, lengthBytes: 4 })
    expect([avcc.sps.map(hex), avcc.pps.map(hex)]).toEqual([
      ['6764001facd9405005bb016a020202800000030080000019078c18cb'],
      ['68ebe3cb22c0'],
    ])
  })

  it('esds of AAC LC', () => {
    const esds = readEsds(
      boxOf(
        `00000036 65736473 00000000 03808080 25 0002 00 04808080 17 40 15 000000 0001f400 0001f285
         05808080 05 119056e500 06808080 01 02`,
      ),
    )
    expect([esds.objectType, hex(esds.specific)]).toEqual([0x40, '119056e500'])
  })

  it('colr nclx, and nclc of QuickTime', () => {
    const colour = { primaries: 1, transfer: 1, matrix: 1, fullRange: false }
    expect(readColr(boxOf('00000013 636f6c72 6e636c78 0001 0001 0001 00'))).toEqual(colour)
    expect(readColr(boxOf('00000012 636f6c72 6e636c63 0001 0001 0001'))).toEqual(colour)
    expect(readColr(boxOf('00000010 636f6c72 70726f66 00000000'))).toBeUndefined()
  })

  it('pasp, and one that says nothing', () => {
    expect(readPasp(boxOf('00000010 70617370 00000010 0000000b'))).toEqual([16, 11])
    expect(readPasp(boxOf('00000010 70617370 00000000 00000001'))).toBeUndefined()
  })

  it('stts expanded, its excess left out', () => {
    expect([
      ...readStts(boxOf('00000020 73747473 00000000 00000002 00000002 00000200 00000009 00000100'), 3),
    ]).toEqual([0, 512, 1024, 1280])
  })

  it('stts and ctts that end early: the last length goes on, no offset does, and it is said', () => {
    const repairs: Repair[] = []
    const stts = boxOf('00000018 73747473 00000000 00000001 00000002 00000200')
    expect([...readStts(stts, 4, repairs)]).toEqual([0, 512, 1024, 1536, 2048])
    const ctts = boxOf('00000018 63747473 00000000 00000001 00000001 00000400')
    expect([...readCtts(ctts, 3, repairs)]).toEqual([1024, 0, 0])
    expect(repairs).toMatchObject([
      { code: 'MP4_TABLES_DISAGREE', reason: expect.stringContaining('times of 4 samples, got 2') },
      { code: 'MP4_TABLES_DISAGREE', reason: expect.stringContaining('offsets of 3 samples, got 1') },
    ])
    expect(() => readStts(boxOf('00000010 73747473 00000000 00000000'), 3)).toThrow(
      /times of 3 samples, got 0/,
    )
  })

  it('ctts with negative offsets in version 0, as QuickTime writes them', () => {
    const ctts = '00000020 63747473 00000000 00000002 00000001 00000000 00000002 fffffc17'
    expect([...readCtts(boxOf(ctts), 3)]).toEqual([0, -1001, -1001])
  })

  it('stsc, stco, co64, stss, stsz', () => {
    expect(
      readStsc(
        boxOf('00000028 73747363 00000000 00000002 00000001 00000002 00000001 00000003 00000005 00000001'),
      ),
    ).toEqual({
      count: 2,
      first: Uint32Array.of(1, 3),
      samples: Uint32Array.of(2, 5),
      descriptions: Uint32Array.of(1, 1),
    })
    expect([...readStco(boxOf('00000018 7374636f 00000000 00000002 00000030 ffffffff'))]).toEqual([
      48, 4294967295,
    ])
    expect([...readCo64(boxOf('00000018 636f3634 00000000 00000001 0000000100000030'))]).toEqual([4294967344])
    expect([...readStss(boxOf('00000018 73747373 00000000 00000002 00000001 00000003'), 3)]).toEqual([
      1, 0, 1,
    ])
    expect([
      ...readStsz(boxOf('0000001c 7374737a 00000000 00000000 00000002 0000000a 00000014'), 100),
    ]).toEqual([10, 20])
    expect([...readStsz(boxOf('00000014 7374737a 00000000 00000007 00000003'), 100)]).toEqual([7, 7, 7])
  })

  it('stz2 with fields of 4, 8 and 16 bits (ISO/IEC 14496-12 8.7.3.3)', () => {
    expect([...readStz2(boxOf('00000016 73747a32 00000000 000000 04 00000003 1230'))]).toEqual([1, 2, 3])
    expect([...readStz2(boxOf('00000016 73747a32 00000000 000000 08 00000002 1234'))]).toEqual([0x12, 0x34])
    expect([...readStz2(boxOf('00000016 73747a32 00000000 000000 10 00000001 1234'))]).toEqual([0x1234])
  })

  it('a 64-bit size, and a size of 0 that means "to the end"', () => {
    expect(header('00000001 6d646174 0000000100000000')).toEqual({
      type: 'mdat',
      headerBytes: 16,
      size: 2 ** 32,
    })
    expect(header('00000000 6d646174')).toEqual({ type: 'mdat', headerBytes: 8 })
  })
})

const u32 = fc.nat({ max: 0xffffffff })
const i32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const u53 = fc.maxSafeNat()
const fourcc = fc.string({
  unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789 '.split('')),
  minLength: 4,
  maxLength: 4,
})
const letters = fc.string({
  unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'.split('')),
  minLength: 3,
  maxLength: 3,
})

const u16 = fc.nat({ max: 0xffff })
const words = (count: number) => fc.uint32Array({ minLength: count, maxLength: count })

/** Checks that any value that is written is read again. */
function round<Value>(
  values: fc.Arbitrary<Value>,
  write: (to: ByteWriter, value: Value) => void,
  read: (box: Box) => unknown,
): () => void {
  const property = fc.property(values, (value) => {
    expect(read(boxOf(written((to) => write(to, value))))).toEqual(value)
  })
  return () => fc.assert(property)
}

describe('what is written is read again', () => {
  it.each([
    [
      'ftyp',
      round(
        fc.record({ major: fourcc, minor: u32, compatible: fc.array(fourcc) }),
        (to, value) => writeFtyp(to, 'ftyp', value),
        readFtyp,
      ),
    ],
    [
      'mvhd',
      round(
        fc.record({
          timescale: fc.integer({ min: 1, max: 0xffffffff }),
          duration: fc.nat({ max: 0xfffffffe }),
          nextTrackId: u32,
        }),
        writeMvhd,
        readMvhd,
      ),
    ],
    [
      'tkhd',
      round(
        fc.record({
          trackId: u32,
          enabled: fc.boolean(),
          alternateGroup: fc.nat({ max: 0xffff }),
          volume: fc.integer({ min: -32768, max: 32767 }),
          matrix: fc.array(i32, { minLength: 9, maxLength: 9 }),
          width: u32,
          height: u32,
        }),
        writeTkhd,
        readTkhd,
      ),
    ],
    [
      'mdhd',
      round(
        fc.record({
          timescale: fc.integer({ min: 1, max: 0xffffffff }),
          language: letters.filter((language) => language !== 'und'),
        }),
        writeMdhd,
        readMdhd,
      ),
    ],
    ['hdlr', round(fourcc, (to, value) => writeHdlr(to, value, 'name'), readHdlr)],
    ['elng', round(letters, writeElng, readElng)],
    [
      'elst',
      round(
        fc.array(
          fc.record({
            duration: u53,
            mediaTime: fc.oneof(fc.constant(-1), u53, fc.maxSafeInteger()),
            rate: i32,
          }),
        ),
        writeElst,
        readElst,
      ),
    ],
    ['mfhd', round(u32, writeMfhd, readMfhd)],
    ['tfdt', round(u53, writeTfdt, readTfdt)],
    [
      'trex',
      round(
        fc.record({ trackId: u32, description: u32, duration: u32, size: u32, flags: u32 }),
        writeTrex,
        readTrex,
      ),
    ],
    [
      'tfhd',
      round(
        fc.record(
          {
            trackId: u32,
            baseOffset: u53,
            description: u32,
            duration: u32,
            size: u32,
            flags: u32,
            durationIsEmpty: fc.boolean(),
            baseIsMoof: fc.boolean(),
          },
          { requiredKeys: ['trackId', 'durationIsEmpty', 'baseIsMoof'] },
        ),
        writeTfhd,
        readTfhd,
      ),
    ],
    [
      'trun',
      round(
        fc.nat({ max: 20 }).chain((count) =>
          fc.record(
            {
              count: fc.constant(count),
              dataOffset: i32,
              firstFlags: u32,
              durations: words(count),
              sizes: words(count),
              flags: words(count),
              compositionOffsets: fc.int32Array({ minLength: count, maxLength: count }),
            },
            { requiredKeys: ['count'] },
          ),
        ),
        writeTrun,
        readTrun,
      ),
    ],
    [
      'colr',
      round(
        fc.record({ primaries: u16, transfer: u16, matrix: u16, fullRange: fc.boolean() }),
        writeColr,
        readColr,
      ),
    ],
    ['dref', round(fc.constant([true]), writeDref, readDref)],
  ])('%s', (_name, check) => check())
})

describe('a lie is refused before memory is taken', () => {
  it.each([
    ['stts', () => readStts(boxOf('00000010 73747473 00000000 10000000'), 3)],
    ['ctts', () => readCtts(boxOf('00000010 63747473 00000000 10000000'), 3)],
    ['stsc', () => readStsc(boxOf('00000010 73747363 00000000 10000000'))],
    ['stco', () => readStco(boxOf('00000010 7374636f 00000000 10000000'))],
    ['co64', () => readCo64(boxOf('00000010 636f3634 00000000 10000000'))],
    ['stss', () => readStss(boxOf('00000010 73747373 00000000 10000000'), 3)],
    ['stsz', () => readStsz(boxOf('00000014 7374737a 00000000 00000000 00100000'), 100)],
    ['stsz of one size', () => readStsz(boxOf('00000014 7374737a 00000000 00000001 00100000'), 100)],
    ['stz2', () => readStz2(boxOf('00000014 73747a32 00000000 00000004 00100000'))],
    ['elst', () => readElst(boxOf('00000010 656c7374 00000000 10000000'))],
    ['trun', () => readTrun(boxOf('00000010 7472756e 00000100 10000000'))],
  ])('%s', (_name, read) => {
    expect(read).toThrow(expect.objectContaining({ code: 'MP4_COUNT_RANGE' }))
  })

  it('more samples of one size than a day has', () => {
    expect(() => readStsz(boxOf('00000014 7374737a 00000000 00000001 ffffffff'), 2 ** 40)).toThrow(
      expect.objectContaining({ code: 'MP4_SAMPLES_MANY' }),
    )
    expect(() => readTrun(boxOf('00000010 7472756e 00000000 ffffffff'))).toThrow(
      expect.objectContaining({ code: 'MP4_SAMPLES_MANY' }),
    )
  })

  it('a container of a hundred thousand empty boxes', () => {
    const free = Buffer.alloc(800_000)
    for (let at = 0; at < free.length; at += 8) free.write('\0\0\0\x08free', at, 'latin1')
    expect(() => [...boxes(new ByteReader(free))]).toThrow(
      expect.objectContaining({ code: 'MP4_BOXES_MANY' }),
    )
  })

  it('a box beyond its container, with the place in the file', () => {
    const bytes = Buffer.from('00000020747261ff', 'hex')
    expect(() => [...boxes(new ByteReader(bytes, 1000, 'moov'))]).toThrow(
      'tra\\xff in moov: expected 32 bytes, got 8 at 1000',
    )
  })

  it('a 64-bit field above 2^53', () => {
    expect(() => readTfdt(boxOf('00000014 74666474 01000000 ffffffffffffffff'))).toThrow(
      expect.objectContaining({ code: 'MP4_NUMBER_RANGE' }),
    )
  })
})
