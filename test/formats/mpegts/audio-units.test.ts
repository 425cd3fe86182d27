/** Frames of audio from PES packets that cut them anywhere. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BitWriter } from '../bit-writer.ts'
import { tracksOf } from './to-cmaf.ts'
import { TsWriter, type WrittenStream } from './ts-writer.ts'

const pid = 0x102
const filled = (length: number, from = 0) => Uint8Array.from({ length }, (_, i) => ((i * 5 + from) & 63) + 1)

/** A frame of AAC LC of 48 kHz in two channels, or as told. */
function adts(
  payload: Uint8Array,
  { rateIndex = 3, channels = 2, crc = false, blocks = 1 } = {},
): Uint8Array {
  const length = 7 + (crc ? 2 : 0) + payload.length
  const bits = new BitWriter().bits(0xfff, 12).bits(0, 3).flag(!crc).bits(1, 2).bits(rateIndex, 4).flag(false)
  bits
    .bits(channels, 3)
    .bits(0, 4)
    .bits(length, 13)
    .bits(0x7ff, 11)
    .bits(blocks - 1, 2)
  return Uint8Array.from([...bits.bytes.subarray(0, 7), ...(crc ? [0, 0] : []), ...payload])
}
const joined = (parts: readonly Uint8Array[]) => Uint8Array.from(Buffer.concat(parts))

function read(
  stream: Omit<WrittenStream, 'pid'>,
  packets: readonly (readonly [data: Uint8Array, pts?: number])[],
) {
  const to = new TsWriter().tables([{ pid, ...stream }])
  for (const [data, pts] of packets)
    to.pes(pid, { data, streamId: 0xc0, isBounded: true, ...(pts !== undefined && { pts }) })
  return tracksOf(to.bytes)
}
const aac = { type: 0x0f }

/** AudioMuxElement of AAC LC of 48 kHz in two channels, with its StreamMuxConfig or without. */
function latm(size: number, { hasConfig = true } = {}): Uint8Array {
  const bits = new BitWriter()
  if (hasConfig)
    bits.bits(0b001, 3).bits(0, 13).bits(2, 5).bits(3, 4).bits(2, 4).bits(0, 6).bits(255, 8).bits(0, 2)
  else bits.bits(1, 1)
  bits.bits(size, 8)
  for (const byte of filled(size)) bits.bits(byte, 8)
  return Uint8Array.from([0x56, 0xe0, bits.bytes.length, ...bits.bytes])
}

describe('AAC in LATM', () => {
  it.each([0x11, 0x0f])('is read under stream_type %i, frames before its configuration too', (type) => {
    const { units, tracks, counts } = read({ type }, [
      [joined([latm(50, { hasConfig: false }), latm(60, { hasConfig: false })]), 9000],
      [latm(70), 12840],
      [latm(80, { hasConfig: false }), 14760],
    ])
    expect(counts).toEqual({})
    expect(units.map(({ bytes, ptsTicks }) => [bytes, ptsTicks])).toEqual([
      [filled(50), 9000],
      [filled(60), undefined],
      [filled(70), 12840],
      [filled(80), 14760],
    ])
    expect(tracks).toMatchObject([{ codec: 'mp4a.40.2', timescale: 48000 }])
  })

  it('keeps a few frames in mind where its configuration never comes', () => {
    const frames = Array.from({ length: 500 }, () => latm(50, { hasConfig: false }))
    const { units } = read({ type: 0x11 }, [
      [joined(frames), 9000],
      [latm(70), 12840],
    ])
    expect(units).toHaveLength(65)
  })
})

describe('AAC in ADTS', () => {
  it('loses its headers and checks, and says in its sample entry what they said', () => {
    const { units, tracks, counts } = read(aac, [
      [joined([adts(filled(50)), adts(filled(60), { crc: true })]), 9000],
      [adts(filled(70)), 12840],
    ])
    expect(counts).toEqual({})
    expect(units.map(({ bytes, ptsTicks }) => [bytes, ptsTicks])).toEqual([
      [filled(50), 9000],
      [filled(60), undefined],
      [filled(70), 12840],
    ])
    expect(tracks).toMatchObject([
      { codec: 'mp4a.40.2', timescale: 48000, facts: { channels: 2, sampleRate: 48000 } },
    ])
    expect(tracks[0]?.samples.map(({ decodeTicks, durationTicks }) => [decodeTicks, durationTicks])).toEqual([
      [0, 1024],
      [1024, 1024],
      [2048, 1024],
    ])
  })

  it('is the same however packets cut its frames', () => {
    const frames = Array.from({ length: 12 }, (_, i) => adts(filled(20 + i * 9, i)))
    const all = joined(frames)
    const starts = frames.map((_, i) => joined(frames.slice(0, i)).length)
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 9 }), (sizes) => {
        const packets: [Uint8Array, number?][] = []
        for (let at = 0, i = 0; at < all.length; i++) {
          const end = Math.min(all.length, at + (sizes[i % sizes.length] ?? 1))
          // The time is that of the first frame that begins in the packet.
          const first = starts.findIndex((start) => start >= at && start < end)
          packets.push([all.subarray(at, end), ...(first < 0 ? [] : [90000 + first * 1920])] as [
            Uint8Array,
            number?,
          ])
          at = end
        }
        const { units, tracks } = read(aac, packets)
        expect(units.map(({ bytes }) => bytes.length)).toEqual(frames.map((frame) => frame.length - 7))
        expect(tracks[0]?.samples.map(({ decodeTicks }) => decodeTicks)).toEqual(
          frames.map((_, i) => i * 1024),
        )
      }),
      { numRuns: 40 },
    )
  })

  it('goes on behind bytes that are no frame, and says how many', () => {
    const { units, events, counts } = read(aac, [
      [joined([filled(33), adts(filled(50)), adts(filled(51))]), 9000],
      [joined([filled(20), adts(filled(52)), adts(filled(53)), adts(filled(54)).subarray(0, 20)]), 12840],
    ])
    expect(units.map(({ bytes }) => bytes.length)).toEqual([50, 51, 52, 53])
    expect(counts).toEqual({ TS_FRAMES: 3 })
    expect(events.flatMap((event) => (event.type === 'problem' ? [event.problem.message] : []))).toEqual([
      'PID 258: expected a frame of audio, got 33 bytes of something else',
      'PID 258: expected a frame of audio, got 20 bytes of something else',
      'PID 258: expected a frame of audio, got 20 bytes of something else',
    ])
  })

  it('that says its channels in the frame has them in its sample entry', () => {
    // program_config_element: a pair in front, and one for low frequencies.
    const element = new BitWriter()
      .bits(5, 3)
      .bits(0, 4)
      .bits(1, 2)
      .bits(3, 4)
      .bits(1, 4)
      .bits(0, 4)
      .bits(0, 4)
    element.bits(1, 2).bits(0, 3).bits(0, 4).bits(0, 3).bits(1, 1).bits(0, 4).bits(0, 4).bits(0, 6).bits(0, 8)
    const frames = [adts(element.bytes, { channels: 0 }), adts(filled(9, 40), { channels: 0 })]
    const { tracks, counts } = read(aac, [[joined(frames), 0]])
    expect(counts).toEqual({})
    expect(tracks).toMatchObject([{ facts: { channels: 3 }, samples: [{}, {}] }])
    expect(read(aac, [[joined([frames[1] ?? filled(1), frames[1] ?? filled(1)]), 0]]).counts).toEqual({
      TS_CODEC_UNSUPPORTED: 2,
      TS_TRACK_EMPTY: 1,
    })
  })

  it('with several blocks a frame is refused by name', () => {
    const { counts, events } = read(aac, [[adts(filled(50), { blocks: 2 }), 9000]])
    expect(counts).toEqual({ TS_CODEC_UNSUPPORTED: 1, TS_TRACK_EMPTY: 1 })
    expect(JSON.stringify(events)).toContain('ADTS: expected one raw data block a frame, got 2')
  })

  it('has another configuration where its rate changes', () => {
    const { tracks } = read(aac, [
      [adts(filled(50)), 0],
      [adts(filled(50), { rateIndex: 4 }), 1920],
    ])
    expect(tracks.map(({ timescale, samples }) => [timescale, samples.length])).toEqual([
      [48000, 1],
      [44100, 1],
    ])
  })
})

describe('MPEG audio', () => {
  it.each([
    ['layer III, 128 kbit/s at 44.1 kHz', [0xff, 0xfb, 0x90, 0x00], 417, 44100, 1152, 'mp4a.6B'],
    ['layer III of MPEG-2, 64 kbit/s at 24 kHz', [0xff, 0xf3, 0x84, 0xc0], 192, 24000, 576, 'mp4a.69'],
    ['layer II, 192 kbit/s at 48 kHz', [0xff, 0xfd, 0xa4, 0x00], 576, 48000, 1152, 'mp4a.6B'],
  ])('of %s is read', (_, header, length, rate, samples, codec) => {
    const frame = Uint8Array.from([...header, ...filled(length - 4)])
    const { tracks, counts } = read({ type: 0x03 }, [[joined([frame, frame]), 0]])
    expect(counts).toEqual({})
    expect(tracks).toMatchObject([{ codec, timescale: rate }])
    expect(tracks[0]?.samples.map(({ bytes, durationTicks }) => [bytes, durationTicks])).toEqual([
      [frame, samples],
      [frame, samples],
    ])
  })
})

describe('E-AC-3', () => {
  /** A syncframe of 48 kHz in five channels and one for low frequencies, or a substream that adds two behind. */
  function frame(words: number, { type = 0, substream = 0, blocksCode = 3, objects = 0 } = {}): Uint8Array {
    const bits = new BitWriter()
      .bits(0x0b77, 16)
      .bits(type, 2)
      .bits(substream, 3)
      .bits(words - 1, 11)
      .bits(0, 2)
    bits
      .bits(blocksCode, 2)
      .bits(type === 1 ? 2 : 7, 3)
      .flag(type === 0)
      .bits(16, 5)
      .bits(27, 5)
      .flag(false)
    if (type === 1) bits.flag(true).bits(0x0200, 16)
    bits.flag(false).flag(false)
    if (type === 0 && blocksCode !== 3) bits.flag(false)
    bits.flag(objects > 0)
    if (objects > 0) bits.bits(1, 6).bits(1, 8).bits(objects, 8)
    const bytes = new Uint8Array(words * 2).fill(0x55)
    bytes.set(bits.bytes)
    return bytes
  }
  const eac3 = { type: 0x87 }

  it('has its dependent substreams in the frame they add to', () => {
    const pair = [frame(200), frame(100, { type: 1 })]
    const { tracks, units, counts } = read(eac3, [[joined([...pair, ...pair]), 0]])
    expect(counts).toEqual({})
    expect(units.map(({ bytes }) => bytes)).toEqual([joined(pair), joined(pair)])
    expect(tracks).toMatchObject([
      { codec: 'ec-3', timescale: 48000, facts: { channels: 8, dolbyChannels: 0xfa01 } },
    ])
  })

  it('of short frames has six blocks a unit', () => {
    const short = Array.from({ length: 12 }, () => frame(60, { blocksCode: 0 }))
    const { tracks } = read(eac3, [[joined(short), 0]])
    expect(tracks[0]?.samples.map(({ bytes, durationTicks }) => [bytes.length, durationTicks])).toEqual([
      [720, 1536],
      [720, 1536],
    ])
    expect(tracks).toMatchObject([{ facts: { channels: 6 } }])
  })

  it('with objects says how complex they are', () => {
    const { tracks } = read(eac3, [[joined([frame(300, { objects: 16 }), frame(300, { objects: 16 })]), 0]])
    expect(tracks).toMatchObject([{ facts: { channels: 6, jointObjects: 16 } }])
  })
})

describe('AC-3', () => {
  it('says in its sample entry what its frames say', () => {
    // 192 kbit/s at 48 kHz: 768 bytes; 3/2 with low frequencies.
    const frame = new Uint8Array(768).fill(0x21)
    frame.set(
      new BitWriter()
        .bits(0x0b77, 16)
        .bits(0, 16)
        .bits(20, 8)
        .bits(8, 5)
        .bits(0, 3)
        .bits(7, 3)
        .bits(0, 4)
        .flag(true)
        .bytes.subarray(0, 8),
    )
    const { tracks, counts } = read({ type: 0x81 }, [[joined([frame, frame]), 0]])
    expect(counts).toEqual({})
    expect(tracks).toMatchObject([
      { codec: 'ac-3', timescale: 48000, facts: { channels: 6 }, samples: [{}, {}] },
    ])
  })
})
