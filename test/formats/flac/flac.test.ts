/** FLAC: rate, channels and depth from STREAMINFO, however high the rate. */
import { describe, expect, it } from 'vitest'
import { delivered, entryOf, expectSturdy, factsOf, soundOf } from '../sound-entry.ts'

// ffmpeg 5.1.9: -f lavfi -i sine=sample_rate=96000 -c:a flac -sample_fmt s32 -strict -2 flac96.mp4
const high = `0000006a 664c6143 0000000000000001 0000000000000000 0001 0018 00000000 00000000
  00000032 64664c61 00000000 80 000022 0020 0000 00018e 00089d 1770017000046500c6555774de7d0a33a2aa73f6d63cb151
  00000014 62747274 00000000 00032260 00032260`
const dfla = (block: string, info: string) =>
  `00000032 64664c61 00000000 ${block} 1000 1000 000000 000000 ${info} 00000000 ${'00'.repeat(16)}`

describe('FLAC', () => {
  it('is 24 bits at 96 kHz; the frame states the 48 kHz that fit', () => {
    expect(factsOf(high)).toEqual(['fLaC', 96_000, 1, undefined])
    const said = high.replaceAll(/\s/g, '')
    expect(delivered(high)).toBe(`${said.slice(0, 64)}bb800000${said.slice(72)}`)
  })

  it.each([
    ['44.1 kHz, stereo, 16 bits', '0ac442f0', 44_100, 2, '00020010', 'ac440000'],
    ['192 kHz, 7.1, 24 bits', '2ee00f70', 192_000, 8, '00080018', 'bb800000'],
    ['an odd rate above 16 bits', '30d430f0', 200_003, 1, '00010010', 'ffff0000'],
  ])('reads %s (RFC 9639 8.2)', (_name, info, rate, channels, frame, stated) => {
    const entry = entryOf('fLaC', dfla('80000022', info))
    expect(factsOf(entry)).toEqual(['fLaC', rate, channels, undefined])
    expect(delivered(entry).slice(48, 72)).toBe(`${frame}00000000${stated}`)
  })

  /** STREAMINFO of four channels, and a comment behind it. */
  const commented = (comment: string): Uint8Array => {
    const text = Buffer.from(comment)
    const length = (bytes: number, size = 4): Buffer => {
      const field = Buffer.alloc(4)
      field.writeUInt32LE(bytes)
      return field.subarray(0, size)
    }
    const body = Buffer.concat([
      length(2),
      Buffer.from('me'),
      length(2),
      length(1),
      Buffer.from('A'),
      length(text.length),
      text,
    ])
    const block = Buffer.from(dfla('00000022', '0ac446f0').replaceAll(' ', ''), 'hex')
    const box = Buffer.concat([block, Buffer.from([0x84, 0, 0, body.length]), body])
    box.writeUInt32BE(box.length)
    return entryOf('fLaC', box.toString('hex'))
  }

  it.each([
    ['four channels in the corners where nothing else is said', 'B=1', 10],
    ['where a comment says', 'WAVEFORMATEXTENSIBLE_CHANNEL_MASK=0x0107', undefined],
    ['the same in small letters', 'waveformatextensible_channel_mask=0x107', undefined],
    ['where no index stands for it', 'WAVEFORMATEXTENSIBLE_CHANNEL_MASK=0xF000', 0],
    ['where the comment makes no sense', 'WAVEFORMATEXTENSIBLE_CHANNEL_MASK=stereo', 10],
  ])('is heard from %s (RFC 9639 8.6.2)', (_name, comment, layout) => {
    expect(soundOf(commented(comment)).channelLayout).toBe(layout)
  })

  it('with any bytes of its comment changed is read or refused', () => {
    expectSturdy(Buffer.from(commented('WAVEFORMATEXTENSIBLE_CHANNEL_MASK=0x0107')).toString('hex'))
  })

  it.each([
    ['that starts with another block', dfla('84000022', '0ac442f0'), 'FLAC_STREAMINFO'],
    ['whose STREAMINFO has another length', dfla('80000021', '0ac442f0'), 'FLAC_STREAMINFO'],
    ['without a rate', dfla('80000022', '000002f0'), 'FLAC_RATE'],
  ])('%s is refused', (_name, box, code) => {
    expect(() => factsOf(entryOf('fLaC', box))).toThrow(expect.objectContaining({ code }))
  })

  it('with any bytes changed is read or refused', () => expectSturdy(high))
})
