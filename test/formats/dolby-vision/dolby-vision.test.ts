/** Dolby Vision and colours of sample entries: names, brands, and boxes that stay where they were. */
import { describe, expect, it } from 'vitest'
import { box, entryOf, expectBounded, videoOf, within } from '../sample-entry.ts'

// The records of test/formats/hevc: x265 with PQ and with HLG.
const pq = box(
  'hvcC',
  `0102200000009000000000005df000fcfdfafa00000f0121
   0001002e42010102200000030090000003000003005da00280802d1365959a4932bc05a84880482000000300200000030321`,
)
const hlg = box(
  'hvcC',
  `01022000000090000000000078f000fcfdfafa00000f0121
   0001002f420101022000000300900000030000030078a003c08010e4d96566924caf016a12241208000003000800000300c840`,
)
/** Version, then 7 bits of profile, 6 of level, 3 flags, and 4 of compatibility. */
const dolby = (type: string, profile: number, level: number, compatibility: number): string =>
  box(
    type,
    `0100 ${((profile << 9) | (level << 3) | 5).toString(16).padStart(4, '0')} ${compatibility.toString(16)}0 ${'00'.repeat(19)}`,
  )
const nclx = (...points: readonly number[]): string =>
  box('colr', `6e636c78${points.map((point) => point.toString(16).padStart(4, '0')).join('')}00`)
const avcc = box('avcC', '0164001fffe000')
const av1 = box('av1C', '81054c00')

describe('Dolby Vision', () => {
  it.each([
    [
      '5, which no other player knows',
      'dvh1',
      [pq, dolby('dvcC', 5, 6, 0)],
      'dvh1.05.06',
      undefined,
      ['dby1'],
    ],
    [
      '5 with parameter sets in the samples',
      'dvhe',
      [pq, dolby('dvcC', 5, 9, 0)],
      'dvhe.05.09',
      undefined,
      ['dby1'],
    ],
    [
      '8.1 over HDR10',
      'hvc1',
      [pq, dolby('dvvC', 8, 7, 1)],
      'hvc1.2.4.L93.90',
      'dvh1.08.07/db1p',
      ['dby1', 'db1p'],
    ],
    [
      '8.4 over HLG',
      'hvc1',
      [hlg, dolby('dvvC', 8, 4, 4)],
      'hvc1.2.4.L120.90',
      'dvh1.08.04/db4h',
      ['dby1', 'db4h'],
    ],
    [
      '8.4 of hev1',
      'hev1',
      [hlg, dolby('dvvC', 8, 4, 4)],
      'hev1.2.4.L120.90',
      'dvhe.08.04/db4h',
      ['dby1', 'db4h'],
    ],
    [
      '8.4 whose HLG says SDR to players before it',
      'hvc1',
      [hlg, nclx(9, 14, 9), dolby('dvvC', 8, 4, 4)],
      'hvc1.2.4.L120.90',
      'dvh1.08.04/db4g',
      ['dby1', 'db4g'],
    ],
    [
      '9 over SDR',
      'avc1',
      [avcc, dolby('dvvC', 9, 3, 2)],
      'avc1.64001f',
      'dva1.09.03/db2g',
      ['dby1', 'db2g'],
    ],
    ['10.0 of AV1', 'dav1', [av1, dolby('dvvC', 10, 6, 0)], 'dav1.10.06', undefined, ['dby1']],
    [
      '10.1 of AV1',
      'av01',
      [av1, nclx(9, 16, 9), dolby('dvvC', 10, 6, 1)],
      'av01.0.05M.10.0.110.09.16.09.0',
      'dav1.10.06/db1p',
      ['dby1', 'db1p'],
    ],
    [
      '7, whose other layer is elsewhere',
      'hvc1',
      [pq, dolby('dvcC', 7, 6, 6)],
      'hvc1.2.4.L93.90',
      undefined,
      undefined,
    ],
  ] as const)('profile %s', (_name, type, inner, name, supplemental, brands) => {
    const entry = entryOf(type, ...inner)
    const codec = videoOf(entry)
    const { supplemental: found } = codec
    expect([codec.name, found && `${found.name}/${found.brand}`, codec.brands]).toEqual([
      name,
      supplemental,
      brands,
    ])
    expect(within(codec.sampleEntry)).toEqual([...inner])
    expect(Buffer.from(codec.sampleEntry.subarray(4, 8)).toString()).toBe(type)
  })

  it('5 is PQ, whatever its VUI does not say', () => {
    expect(videoOf(entryOf('dvh1', pq, dolby('dvcC', 5, 6, 0))).range).toBe('PQ')
  })

  it('with any bytes changed is read or refused', () => {
    expectBounded(entryOf('hvc1', pq, dolby('dvvC', 8, 7, 1)))
  })
})

describe('colours', () => {
  it.each([
    ['of colr before the VUI', entryOf('hvc1', pq, nclx(9, 18, 9)), [9, 18, 9], 'HLG'],
    ['of the VUI', entryOf('hvc1', pq), [9, 16, 9], 'PQ'],
    ['of the VUI where colr says nothing', entryOf('hvc1', pq, nclx(2, 2, 2)), [9, 16, 9], 'PQ'],
    ["of QuickTime's nclc", entryOf('avc1', avcc, box('colr', '6e636c63 0001 0001 0001')), [1, 1, 1], 'SDR'],
    ['of vpcC', entryOf('vp09', box('vpcC', '01000000 02 1f a2 09 12 09 0000')), [9, 18, 9], 'HLG'],
    ['nowhere', entryOf('avc1', avcc), undefined, 'SDR'],
  ])('%s', (_name, entry, points, range) => {
    const { colour, range: found } = videoOf(entry)
    expect(colour && [colour.primaries, colour.transfer, colour.matrix]).toEqual(points)
    expect(found).toBe(range)
  })

  it('are HLG where a message of the configuration says that it is meant', () => {
    // alternative_transfer_characteristics, preferred 18, behind a VUI that says 14.
    const message = '27 0001 0006 4e0193011280'
    const told = `${hlg.slice(16, 60)}02${hlg.slice(62)}${message}`.replaceAll(/\s/g, '')
    const codec = videoOf(entryOf('hvc1', box('hvcC', told), nclx(9, 14, 9)))
    expect([codec.range, codec.colour?.transfer]).toEqual(['HLG', 14])
  })

  it('and all else that describes pictures stays in the entry', () => {
    const boxes = [
      pq,
      nclx(9, 16, 9),
      box('pasp', '0000000400000003'),
      box('mdcv', '33c286c41d4c0bb884d03e803d13404200989680 00000001'),
      box('clli', '03e80190'),
      box('clap', '00'.repeat(32)),
      box('btrt', '00000000 00100000 00080000'),
      box('fiel', '0100'),
    ]
    expect(within(videoOf(entryOf('hvc1', ...boxes)).sampleEntry)).toEqual(boxes)
    const vp9 = [
      box('vpcC', '01000000 02 1f a2 09 10 09 0000'),
      box('SmDm', `00000000${'11'.repeat(24)}`),
      box('CoLL', '0000000003e80190'),
    ]
    expect(within(videoOf(entryOf('vp09', ...vp9)).sampleEntry)).toEqual(vp9)
  })
})

describe('fields', () => {
  it('are told by the SPS of H.264', () => {
    // ffmpeg 5.1.9: -f lavfi -i testsrc2=s=64x64:r=25 -c:v libx264 -flags +ildct+ilme -x264-params tff=1
    const fields = box(
      'avcC',
      '01640015ffe1001867640015acd9444d808800000300080000030190f8a14cb001000668fba3cb22c0fdf8f800',
    )
    expect(videoOf(entryOf('avc1', fields)).interlaced).toBe(true)
    expect(videoOf(entryOf('avc1', avcc))).not.toHaveProperty('interlaced')
  })

  it('are told by the source flags of H.265', () => {
    // general_progressive_source_flag 0, general_interlaced_source_flag 1.
    const fields = pq.replace('01022000000090', '01022000000040')
    expect(videoOf(entryOf('hvc1', fields)).interlaced).toBe(true)
    expect(videoOf(entryOf('hvc1', pq))).not.toHaveProperty('interlaced')
  })
})
