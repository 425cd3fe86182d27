/** MP3: in mp4a, and as QuickTime has it. */
import { describe, expect, it } from 'vitest'
import { delivered, expectSturdy, factsOf } from '../sound-entry.ts'

// ffmpeg 5.1.9, libmp3lame: -f lavfi -i sine=sample_rate=48000 -c:a libmp3lame -b:a 64k mp3.mp4
const mp3 = `00000064 6d703461 0000000000000001 0000000000000000 0002 0010 00000000 bb800000
  0000002c 65736473 00000000 03808080 1b 0001 00 04808080 0d 6b 15 000000 0000fa14 0000fa14 06808080 01 02
  00000014 62747274 00000000 0000fa14 0000fa14`
// The same into mp3.mov.
const quicktime = `0000004c 2e6d7033 0000000000000001 0001 0000 00000000 0001 0010 fffe 0000 bb800000
  00000480 00000000 00000000 00000002 00000018 6368616e 00000000 00010000 00000004 00000000`

const said = mp3.replaceAll(/\s/g, '')

describe('MP3', () => {
  it('is named by its object type, and its stream has no number any more', () => {
    expect(factsOf(mp3)).toEqual(['mp4a.6B', 48_000, 2, undefined])
    const esds = '0000002365736473000000000315000000040d6b150000000000fa140000fa14060102'
    expect(delivered(mp3)).toBe(`0000005b${said.slice(8, 72)}${esds}${said.slice(-40)}`)
  })

  it('of MPEG-2 is named so', () => {
    const low = said.replace('0d6b15', '0d6915').replace('bb800000', '56220000')
    expect(factsOf(Buffer.from(low, 'hex'))).toEqual(['mp4a.69', 22_050, 2, undefined])
  })

  it('of QuickTime comes out as mp4a with an esds', () => {
    const entry = delivered(quicktime)
    expect(factsOf(quicktime)).toEqual(['mp4a.6B', 48_000, 1, undefined])
    expect(entry).toBe(
      '000000476d7034610000000000000001000000000000000000010010' +
        '00000000bb800000' +
        '000000236573647300000000031500000004' +
        '0d6b150000000000000000000000060102',
    )
    expect(factsOf(Buffer.from(entry, 'hex'))).toEqual(['mp4a.6B', 48_000, 1, undefined])
  })

  it('at a rate MP3 has not, or of three channels, is refused', () => {
    for (const lie of [said.replace('bb800000', 'bb810000'), said.replace('00020010', '00030010')])
      expect(() => factsOf(Buffer.from(lie, 'hex'))).toThrow(expect.objectContaining({ code: 'MP3_ENTRY' }))
  })

  it('of QuickTime without frames in its tables is refused', () => {
    expect(() => factsOf(quicktime.replace('fffe', 'ffff'))).toThrow(
      expect.objectContaining({ code: 'MP3_UNFRAMED' }),
    )
  })

  it('with any bytes changed is read or refused', () => {
    expectSturdy(mp3)
    expectSturdy(quicktime)
  })
})
