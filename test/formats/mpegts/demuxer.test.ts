/** Transport streams: what is put together of packets, and what is said where packets are missing or wrong. */
import { describe, expect, it } from 'vitest'
import { createDemuxer, type DemuxerOptions, type TsEvent } from '../../../lib/formats/mpegts/index.ts'
import { associations, mapOf, mapPid, sectionOf, TsWriter } from './ts-writer.ts'

const video = { pid: 0x101, type: 0x1b }
const audio = { pid: 0x102, type: 0x0f, descriptors: [0x0a, 4, ...Buffer.from('fre'), 0] }
const cues = { pid: 0x103, type: 0x86 }
const filled = (length: number, from = 0) => Uint8Array.from({ length }, (_, i) => (i * 7 + from) & 255)

function read(bytes: Uint8Array, options: DemuxerOptions = {}) {
  const demuxer = createDemuxer(options)
  const events: TsEvent[] = [...demuxer.push(bytes), ...demuxer.end()]
  return {
    events,
    pes: events.flatMap((event) => (event.type === 'pes' ? [event.pes] : [])),
    sections: events.flatMap((event) => (event.type === 'section' ? [event.section] : [])),
    programs: events.flatMap((event) => (event.type === 'program' ? [event.program] : [])),
    codes: events.flatMap((event) => (event.type === 'problem' ? [event.problem.code] : [])),
    counts: Object.fromEntries(demuxer.problems),
  }
}
const writer = () => new TsWriter().tables([video, audio, cues])

describe('PES packets', () => {
  it('are put together whatever their length, with stuffing and their times', () => {
    const bytes = writer()
    for (const length of [0, 1, 160, 165, 166, 170, 171, 184, 400, 70000])
      bytes.pes(0x101, { data: filled(length), pts: 9000 + length, dts: 6000 + length, stuffing: length % 5 })
    bytes.pes(0x102, { data: filled(300), pts: 1, streamId: 0xc0, isBounded: true })
    const { pes, counts } = read(bytes.bytes)
    expect(counts).toEqual({})
    expect(pes.filter(({ pid }) => pid === 0x101).map(({ data }) => data.length)).toEqual([
      0, 1, 160, 165, 166, 170, 171, 184, 400, 70000,
    ])
    for (const { data, ptsTicks, dtsTicks } of pes.filter(({ pid }) => pid === 0x101)) {
      expect(data).toEqual(filled(data.length))
      expect([ptsTicks, dtsTicks]).toEqual([9000 + data.length, 6000 + data.length])
    }
    expect(pes.find(({ pid }) => pid === 0x102)).toMatchObject({ kind: 'aac', ptsTicks: 1, dtsTicks: 1 })
  })

  it('of sound are handed over at their length, without what comes next', () => {
    const demuxer = createDemuxer()
    const bytes = writer().pes(0x102, { data: filled(900), pts: 1, streamId: 0xc0, isBounded: true }).bytes
    expect(demuxer.push(bytes).map(({ type }) => type)).toEqual(['program', 'pes'])
    expect(demuxer.end()).toEqual([])
  })

  it('have a header that may go over into the next packet', () => {
    const { pes } = read(writer().pes(0x101, { data: filled(50), pts: 5, stuffing: 230 }).bytes)
    expect(pes[0]).toMatchObject({ ptsTicks: 5, data: filled(50) })
  })

  it('with a padding stream are dropped, those without a header are whole', () => {
    const bytes = writer()
      .pes(0x101, { data: filled(30), streamId: 0xbe, isBounded: true })
      .payload(0x102, Uint8Array.from([0, 0, 1, 0xbf, 0, 2, 7, 8]), { isPes: true }).bytes
    expect(read(bytes).pes.map(({ data }) => [...data])).toEqual([[7, 8]])
  })

  it('go on in time over the roll-over, and from where a segment before ended', () => {
    const roll = 2 ** 33
    const times = [roll - 6000, roll - 3000, 0, 3000, -100]
    const bytes = writer()
    for (const pts of times) bytes.pes(0x101, { data: filled(9), pts })
    const ticks = (near?: number) =>
      read(bytes.bytes, near === undefined ? {} : { nearTicks: near }).pes.map(({ ptsTicks }) => ptsTicks)
    expect(ticks()).toEqual([roll - 6000, roll - 3000, roll, roll + 3000, roll - 100])
    expect(ticks(5 * roll)).toEqual([
      5 * roll - 6000,
      5 * roll - 3000,
      5 * roll,
      5 * roll + 3000,
      5 * roll - 100,
    ])
    expect(ticks(0)).toEqual([-6000, -3000, 0, 3000, -100])
  })

  it('do not move the clock for one time far off', () => {
    const bytes = writer()
    for (const pts of [1000, 2 ** 32 - 5, 4000, 2 ** 32 - 5, 7000]) bytes.pes(0x101, { data: filled(9), pts })
    expect(read(bytes.bytes).pes.map(({ ptsTicks }) => ptsTicks)).toEqual([
      1000,
      2 ** 32 - 5,
      4000,
      2 ** 32 - 5,
      7000,
    ])
  })
})

describe('packets', () => {
  it('lost spoil the PES packet they belong to, and no other', () => {
    const bytes = writer()
    for (let i = 0; i < 3; i++) bytes.pes(0x101, { data: filled(900, i), pts: i })
    bytes.packets.splice(9, 1)
    const { pes, codes, counts } = read(bytes.bytes)
    expect(pes.map(({ isDamaged }) => isDamaged)).toEqual([false, true, false])
    expect(codes).toEqual(['TS_CONTINUITY'])
    expect(counts).toEqual({ TS_CONTINUITY: 1 })
  })

  it('marked as broken are lost', () => {
    const bytes = writer().pes(0x101, { data: filled(900), pts: 0 })
    const third = bytes.packets[4]
    if (third) third[1] = (third[1] ?? 0) | 0x80
    const { pes, counts } = read(bytes.bytes)
    expect(pes[0]?.isDamaged).toBe(true)
    expect(counts).toEqual({ TS_CONTINUITY: 2 })
  })

  it('sent twice are read once', () => {
    const bytes = writer().pes(0x101, { data: filled(900), pts: 0 })
    const twice = bytes.packets.flatMap((packet) => [packet, packet])
    const { pes, counts } = read(Uint8Array.from(Buffer.concat(twice)))
    expect(pes.map(({ data }) => data)).toEqual([filled(900)])
    expect(counts).toEqual({})
  })

  it('with a discontinuity indicator may count anew, and say so', () => {
    const bytes = writer().pes(0x101, { data: filled(900), pts: 0 })
    const other = new TsWriter().pes(0x101, { data: filled(20), pts: 9, flags: { discontinuity: true } })
    const { events, counts } = read(Uint8Array.from(Buffer.concat([...bytes.packets, ...other.packets])))
    expect(events.map(({ type }) => type)).toEqual(['program', 'pes', 'discontinuity', 'pes'])
    expect(events[2]).toEqual({ type: 'discontinuity', pid: 0x101, ofClock: true })
    expect(counts).toEqual({})
  })

  it('that are scrambled are refused with a reason', () => {
    const bytes = writer().pes(0x101, { data: filled(900), pts: 0, flags: { scrambled: true } })
    const { pes, codes } = read(bytes.bytes)
    expect(pes).toEqual([])
    expect(new Set(codes)).toEqual(new Set(['TS_SCRAMBLED']))
    const inPes = writer()
      .pes(0x101, { data: filled(9), pts: 0 })
      .packets.map((packet) => packet.slice())
    const header = inPes[2]?.indexOf(0x80, 8) ?? -1
    inPes[2]?.set([0x90], header)
    expect(read(Uint8Array.from(Buffer.concat(inPes))).codes).toEqual(['TS_SCRAMBLED'])
  })

  it.each([
    ['192 bytes with a time in front', (packet: Uint8Array) => [filled(4), packet]],
    ['204 bytes with parity behind', (packet: Uint8Array) => [packet, filled(16)]],
    ['188 bytes', (packet: Uint8Array) => [packet]],
  ])('of %s are found', (_, wrap) => {
    const { packets } = writer().pes(0x101, { data: filled(3000), pts: 0 })
    const { pes, counts } = read(Uint8Array.from(Buffer.concat(packets.flatMap(wrap))))
    expect(pes.map(({ data }) => data)).toEqual([filled(3000)])
    expect(counts).toEqual({})
  })

  it('are found again behind bytes that are none', () => {
    const bytes = writer()
    for (let i = 0; i < 3; i++) bytes.pes(0x101, { data: filled(2000, i), pts: i })
    const all = [...bytes.packets]
    all.splice(15, 0, filled(77, 5))
    const { pes, counts } = read(Uint8Array.from(Buffer.concat(all)))
    expect(pes.map(({ isDamaged }) => isDamaged)).toEqual([false, true, false])
    expect(pes[1]?.data).toEqual(filled(2000, 1))
    expect(counts).toEqual({ TS_SYNC_LOST: 1 })
  })

  it('are found in a stream of two, and none in what is no stream', () => {
    expect(read(new TsWriter().tables([video]).bytes).programs).toHaveLength(1)
    expect(read(filled(100000)).codes).toEqual(['TS_NOT_TS'])
    expect(read(new Uint8Array(0)).codes).toEqual(['TS_NOT_TS'])
  })
})

describe('programmes', () => {
  it('say their streams by name and language, of which some are skipped', () => {
    const dvb = { pid: 0x110, type: 6, descriptors: [0x59, 8, ...Buffer.from('ger'), 0x10, 0, 1, 0, 1] }
    const teletext = { pid: 0x111, type: 6, descriptors: [0x56, 5, ...Buffer.from('deu'), 8, 0] }
    const eac3 = { pid: 0x112, type: 6, descriptors: [0x7a, 1, 0, 0x0a, 4, ...Buffer.from('eng'), 3] }
    const id3 = {
      pid: 0x113,
      type: 0x15,
      descriptors: [0x26, 13, 0xff, 0xff, ...Buffer.from('ID3 '), 0xff, ...Buffer.from('ID3 '), 0, 15],
    }
    const bytes = new TsWriter().tables([video, audio, dvb, teletext, eac3, id3, { pid: 0x114, type: 2 }])
    const { programs, pes } = read(bytes.pes(0x110, { data: filled(9) }).bytes)
    expect(
      programs[0]?.streams.map(({ kind, name, language, audioType }) => [kind, name, language, audioType]),
    ).toEqual([
      ['avc', 'H.264', undefined, undefined],
      ['aac', 'AAC', 'fra', undefined],
      ['skipped', 'DVB subtitles', undefined, undefined],
      ['skipped', 'teletext', undefined, undefined],
      ['ac-3', 'E-AC-3', 'eng', 3],
      ['id3', 'timed ID3', undefined, undefined],
      ['skipped', 'MPEG-2 video', undefined, undefined],
    ])
    expect(pes).toEqual([])
  })

  it('are read from what came before their map', () => {
    const { packets } = writer()
    const media = new TsWriter().pes(0x101, { data: filled(500), pts: 3 }).packets
    expect(read(Uint8Array.from(Buffer.concat([...media, ...packets]))).pes.map(({ data }) => data)).toEqual([
      filled(500),
    ])
    const late = read(Uint8Array.from(Buffer.concat([...media, ...packets])), { maxHeldBytes: 188 })
    expect(late.codes).toEqual(['TS_TABLES_LATE'])
  })

  it('change, and nothing is said of a version without a change', () => {
    const bytes = writer().pes(0x101, { data: filled(10), pts: 0 })
    bytes.tables([video, audio, cues], { version: 1 })
    bytes.tables([{ ...video, type: 0x24 }, audio], { version: 2 }).pes(0x101, { data: filled(11), pts: 1 })
    const { events, programs } = read(bytes.bytes)
    expect(events.map(({ type }) => type)).toEqual(['program', 'pes', 'program', 'pes'])
    expect(programs.map(({ version }) => version)).toEqual([0, 2])
    expect(read(bytes.bytes).pes.map(({ kind }) => kind)).toEqual(['avc', 'hevc'])
  })

  it('are taken by number, else the first that is none of the network', () => {
    const bytes = new TsWriter()
      .section(
        0,
        associations([
          [0, 16],
          [7, mapPid],
          [8, 0x200],
        ]),
      )
      .section(mapPid, mapOf(7, [video]))
      .section(0x200, mapOf(8, [audio])).bytes
    expect(read(bytes).programs.map(({ number }) => number)).toEqual([7])
    expect(read(bytes, { program: 8 }).programs.map(({ number, pcrPid }) => [number, pcrPid])).toEqual([
      [8, 0x102],
    ])
    expect(read(bytes, { program: 9 }).codes).toEqual(['TS_PROGRAM_MISSING'])
  })

  it('with more streams than are read lose the last', () => {
    const many = Array.from({ length: 9 }, (_, i) => ({ pid: 0x200 + i, type: 0x0f }))
    const { codes, programs } = read(new TsWriter().tables(many).bytes, { maxStreams: 8 })
    expect(codes).toEqual(['TS_PIDS_MANY'])
    expect(programs[0]?.streams).toHaveLength(8)
  })
})

describe('sections', () => {
  const cue = (length: number) => sectionOf(0xfc, [...filled(length)], 0x30)

  it('are whole, over packets and several in one, with the clock of their programme', () => {
    const bytes = writer().pes(0x101, { data: filled(10), pts: 99000, pcr: 90001 })
    bytes.section(0x103, cue(20), cue(30)).section(0x103, cue(1000))
    const { sections, counts } = read(bytes.bytes)
    expect(counts).toEqual({})
    expect(sections.map(({ bytes: section }) => section)).toEqual([cue(20), cue(30), cue(1000)])
    expect(sections.map(({ kind, tableId, clockTicks }) => [kind, tableId, clockTicks])).toEqual(
      Array.from({ length: 3 }, () => ['scte-35', 0xfc, 90001]),
    )
  })

  it('are refused if they are broken or too long', () => {
    const broken = cue(20)
    broken[9] = 1
    const long = Uint8Array.from([0xfc, 0x3f, 0xff, ...filled(500)])
    const { sections, codes } = read(
      writer().section(0x103, broken).section(0x103, long).section(0x103, cue(5)).bytes,
    )
    expect(sections.map(({ bytes }) => bytes)).toEqual([cue(5)])
    expect(codes).toEqual(['TS_SECTION', 'TS_SECTION'])
  })

  it('are dropped if a packet of theirs is lost', () => {
    const bytes = writer().section(0x103, cue(1000)).section(0x103, cue(5))
    bytes.packets.splice(4, 1)
    expect(read(bytes.bytes).sections.map((one) => one.bytes)).toEqual([cue(5)])
  })
})

describe('bounds', () => {
  it('drop a PES packet that is too large, one that is cut, and one without a header', () => {
    const limits = { maxPesBytes: 5000 }
    const large = read(writer().pes(0x101, { data: filled(6000), pts: 0 }).bytes, limits)
    expect([large.pes, large.codes]).toEqual([[], ['TS_PES_LARGE']])
    const cut = writer().pes(0x102, { data: filled(500), pts: 0, streamId: 0xc0, isBounded: true })
    cut.packets.pop()
    const ended = read(cut.bytes)
    expect([ended.pes[0]?.isDamaged, ended.codes]).toEqual([true, ['TS_PES_CUT']])
    expect(read(writer().payload(0x101, filled(99), { isPes: true }).bytes).codes).toEqual(['TS_PES_HEADER'])
  })

  it('say so many faults of a kind, and count the rest', () => {
    const bytes = writer()
    for (let i = 0; i < 50; i++) bytes.payload(0x101, filled(99), { isPes: true })
    const { codes, counts } = read(bytes.bytes)
    expect(codes).toHaveLength(20)
    expect(counts).toEqual({ TS_PES_HEADER: 50 })
  })
})
