/** Opus: always 48 kHz, channels from dOps. */
import { describe, expect, it } from 'vitest'
import { delivered, entryOf, expectSturdy, factsOf, soundOf } from '../sound-entry.ts'

// ffmpeg 5.1.9, libopus: -f lavfi -i sine=sample_rate=48000 -ac 6 -c:a libopus -mapping_family 1 opus6.mp4
const surround = `00000053 4f707573 0000000000000001 0000000000000000 0006 0010 00000000 bb800000
  0000001b 644f7073 00 06 0138 0000bb80 0000 01 04 02 000401020305
  00000014 62747274 00000000 0004e200 0001bc39`

describe('Opus', () => {
  it('is 5.1 with its mapping, its sample entry kept as it is', () => {
    expect(factsOf(surround)).toEqual(['opus', 48_000, 6, undefined])
    expect(delivered(surround)).toBe(surround.replaceAll(/\s/g, ''))
  })

  it('is 48 kHz whatever was encoded', () => {
    const voice = entryOf('Opus', '00000013 644f7073 00 01 0138 00003e80 0000 00', 16_000)
    expect(factsOf(voice)).toEqual(['opus', 48_000, 1, undefined])
  })

  it.each([
    ['four channels in the corners', '00000019 644f7073 00 04 0138 0000bb80 0000 01 02 02 00010203', 10],
    [
      'the usual layout, unsaid',
      '0000001b 644f7073 00 06 0138 0000bb80 0000 01 04 02 000401020305',
      undefined,
    ],
    ['ambisonics', '00000019 644f7073 00 04 0138 0000bb80 0000 02 04 00 00010203', 0],
  ])('stands where its mapping family says (RFC 7845 5.1.1, RFC 8486): %s', (_name, dops, layout) => {
    expect(soundOf(entryOf('Opus', dops)).channelLayout).toBe(layout)
  })

  it.each([
    ['of a version nobody knows', '00000013 644f7073 01 02 0138 0000bb80 0000 00', 'OPUS_VERSION'],
    ['of no channels', '00000013 644f7073 00 00 0138 0000bb80 0000 00', 'OPUS_CHANNELS'],
    ['of six channels without a mapping', '00000013 644f7073 00 06 0138 0000bb80 0000 00', 'OPUS_CHANNELS'],
    ['cut off in its mapping', '00000015 644f7073 00 06 0138 0000bb80 0000 01 0402', 'MP4_BOX_TRUNCATED'],
  ])('%s is refused', (_name, dops, code) => {
    expect(() => factsOf(entryOf('Opus', dops))).toThrow(expect.objectContaining({ code }))
  })

  it('with any bytes changed is read or refused', () => expectSturdy(surround))
})
