/** VP9: names, levels, and sample entries that come out as they went in. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { vp9CodecString } from '../../../lib/formats/vp9/codec-string.ts'
import { vp9Level } from '../../../lib/formats/vp9/level.ts'
import { box, entryOf, expectBounded, videoOf, within } from '../sample-entry.ts'

/**
 * By `ffmpeg -f lavfi -i testsrc2=s=…:r=25 -frames:v 6 -c:v libvpx-vp9`, plain, with `-pix_fmt yuv444p`, and with
 * `-pix_fmt yuv420p10le -color_primaries bt2020 -color_trc arib-std-b67 -colorspace bt2020nc`.
 */
const vpcc = {
  plain: box('vpcC', '01000000 00 1f 82 02 02 02 0000'),
  full: box('vpcC', '01000000 01 15 86 02 02 02 0000'),
  hlg: box('vpcC', '01000000 02 1f a2 09 12 09 0000'),
  bt709: box('vpcC', '01000000 00 29 82 01 01 01 0000'),
}

describe('a name', () => {
  const colour = { primaries: 1, transfer: 1, matrix: 1, fullRange: false }
  it.each([
    ['vp09.00.41.08', { profile: 0, level: 41, bitDepth: 8, chroma: 1, colour }],
    [
      'vp09.02.10.10.01.09.16.09.01',
      {
        profile: 2,
        level: 10,
        bitDepth: 10,
        chroma: 1,
        colour: { primaries: 9, transfer: 16, matrix: 9, fullRange: true },
      },
    ],
    ['vp09.00.41.08.00.01.01.01.00', { profile: 0, level: 41, bitDepth: 8, chroma: 0, colour }],
  ])('%s', (name, facts) => {
    expect(vp9CodecString(facts)).toBe(name)
  })
})

describe('a sample entry', () => {
  it.each([
    ['vp09.00.31.08.01.02.02.02.00', 'SDR', vpcc.plain],
    ['vp09.01.21.08.03.02.02.02.00', 'SDR', vpcc.full],
    ['vp09.02.31.10.01.09.18.09.00', 'HLG', vpcc.hlg],
    ['vp09.00.41.08', 'SDR', vpcc.bt709],
  ])('%s', (name, range, configuration) => {
    const codec = videoOf(entryOf('vp09', configuration))
    expect(codec).toMatchObject({ name, range, width: 1280, height: 720 })
    expect(codec.brand(25)).toBeUndefined()
    expect(within(codec.sampleEntry)).toEqual([configuration])
  })

  it('keeps the boxes of HDR as they are', () => {
    const boxes = [vpcc.hlg, box('SmDm', `00000000${'01'.repeat(24)}`), box('CoLL', '00000000 03e8 0190')]
    expect(within(videoOf(entryOf('vp09', ...boxes)).sampleEntry)).toEqual(boxes)
  })

  it('without a level is named by its size, for players refuse level 0', () => {
    const none = box('vpcC', '01000000 00 00 82 01 01 01 0000')
    expect(videoOf(entryOf('vp09', none))).toMatchObject({ name: 'vp09.00.40.08' })
  })

  it.each([
    ['of the draft', 'MP4_VP9_VERSION', '00000000 00 1f 80 00 0000'],
    ['with a profile nobody knows', 'MP4_VP9_RANGE', '01000000 04 1f 82 02 02 02 0000'],
    ['of nine bits', 'MP4_VP9_RANGE', '01000000 00 1f 92 02 02 02 0000'],
  ])('%s is refused', (_name, refused, content) => {
    expect(() => videoOf(entryOf('vp09', box('vpcC', content)))).toThrow(
      expect.objectContaining({ code: refused }),
    )
  })

  it('is read or refused, however broken', () => expectBounded(entryOf('vp09', vpcc.hlg)))
})

describe('a level', () => {
  it.each([
    [11, 256, 144, 30],
    [31, 1280, 720, 30],
    [40, 1920, 1080, 30],
    [41, 1920, 1080, 60],
    [51, 3840, 2160, 60],
    [62, 16_384, 8704, 60],
  ])('%i holds %ix%i at %i', (level, width, height, frameRate) => {
    expect(vp9Level({ width, height, frameRate })).toBe(level)
  })

  it('is never lower for more', () => {
    const size = fc.integer({ min: 1, max: 20_000 })
    fc.assert(
      fc.property(size, size, fc.integer({ min: 1, max: 120 }), (width, height, frameRate) => {
        const level = vp9Level({ width, height, frameRate })
        expect(vp9Level({ width: width + 1, height, frameRate })).toBeGreaterThanOrEqual(level)
        expect(vp9Level({ width, height, frameRate: frameRate + 1 })).toBeGreaterThanOrEqual(level)
      }),
    )
  })
})
