/** AC-3: what dac3 says, in ISO's and QuickTime's sample entries. */
import { describe, expect, it } from 'vitest'
import { delivered, entryOf, expectSturdy, factsOf } from '../sound-entry.ts'

// ffmpeg 5.1.9: -f lavfi -i sine=sample_rate=44100 -ac 2 -c:a ac3 ac3.mp4
const stereo = `00000043 61632d33 0000000000000001 0000000000000000 0002 0010 00000000 ac440000
  0000000b 64616333 501140 00000014 62747274 00000000 0002ee00 0002edfd`
// ffmpeg 5.1.9: -f lavfi -i sine=sample_rate=48000 -ac 6 -c:a ac3 ac3.mov
const quicktime = `00000073 61632d33 0000000000000001 0001 0000 00000000 0006 0010 fffe 0000 bb800000
  00000600 00000000 00000000 00000002
  00000027 77617665 0000000c 66726d61 61632d33 0000000b 64616333 103de0 00000008 00000000
  00000018 6368616e 00000000 007b0006 00000000 00000000`

describe('AC-3', () => {
  it('is stereo at 44.1 kHz, its sample entry kept as it is', () => {
    expect(factsOf(stereo)).toEqual(['ac-3', 44_100, 2, undefined])
    expect(delivered(stereo)).toBe(stereo.replaceAll(/\s/g, ''))
  })

  it('counts 5.1 as six, and leaves behind what only QuickTime knows', () => {
    expect(factsOf(quicktime)).toEqual(['ac-3', 48_000, 6, undefined])
    const iso = `0000002f 61632d33 0000000000000001 0000000000000000 0006 0010 00000000 bb800000
      0000000b 64616333 103de0`
    expect(delivered(quicktime)).toBe(iso.replaceAll(/\s/g, ''))
  })

  it.each([
    ['1+1', '10003f', 2],
    ['mono', '10083f', 1],
    ['3/1 with low frequencies', '102c00', 5],
    ['2/2', '103000', 4],
  ])('counts %s (ETSI TS 102 366 table 4.3)', (_name, dac3, channels) => {
    expect(factsOf(entryOf('ac-3', `0000000b 64616333 ${dac3}`))[2]).toBe(channels)
  })

  it('is refused without dac3 and with a reserved rate', () => {
    expect(() => factsOf(entryOf('ac-3', ''))).toThrow(expect.objectContaining({ code: 'MP4_BOX_MISSING' }))
    expect(() => factsOf(entryOf('ac-3', '0000000b 64616333 d01140'))).toThrow(
      expect.objectContaining({ code: 'AC3_RATE' }),
    )
  })

  it('with any bytes changed is read or refused', () => {
    expectSturdy(stereo)
    expectSturdy(quicktime)
  })
})
