/** Enhanced AC-3: channels of the bed and of dependent substreams, halved rates, and objects. */
import { describe, expect, it } from 'vitest'
import { delivered, entryOf, expectSturdy, factsOf, soundOf } from '../sound-entry.ts'

// ffmpeg 5.1.9: -f lavfi -i sine=sample_rate=48000 -ac 6 -c:a eac3 eac3.mp4
const surround = `00000045 65632d33 0000000000000001 0000000000000000 0002 0010 00000000 bb800000
  0000000d 64656333 0e00200f00 00000014 62747274 00000000 0006d600 0006d600`
// The rest is put together field by field after ETSI TS 102 366 F.6 and TS 103 420.
const objects = '0000000f 64656333 1800 20 0f 00 01 10'
const sevenOne = '0000000e 64656333 1800 20 0f 02 02'

describe('Enhanced AC-3', () => {
  it('is 5.1, its configuration kept as it is', () => {
    expect(factsOf(surround)).toEqual(['ec-3', 48_000, 6, 'ceac'])
    const said = surround.replaceAll(/\s/g, '')
    // The frame says six channels where the file's, which nobody is to trust, said two.
    expect(delivered(surround)).toBe(`${said.slice(0, 48)}0006${said.slice(52)}`)
  })

  it('adds the channels of a dependent substream: 7.1', () => {
    expect(factsOf(entryOf('ec-3', sevenOne))).toEqual(['ec-3', 48_000, 8, 'ceac'])
  })

  it('keeps the facts of objects, and the bytes that say so', () => {
    const atmos = entryOf('ec-3', objects)
    expect(soundOf(atmos)).toMatchObject({ channels: 6, jointObjects: 16 })
    expect(delivered(atmos)).toContain(objects.replaceAll(' ', ''))
    expect(soundOf(surround)).not.toHaveProperty('jointObjects')
  })

  it.each([
    ['5.1', surround, 6, 0xf801],
    ['7.1 with a pair behind', entryOf('ec-3', sevenOne), 12, 0xfa01],
    ['5.1 with a pair above', entryOf('ec-3', '0000000e 64656333 1800 20 0f 02 40'), 14, 0xf811],
    ['places no index stands for', entryOf('ec-3', '0000000e 64656333 1800 20 0f 02 80'), 0, 0xf809],
  ])('says where channels are heard: %s', (_name, entry, channelLayout, dolbyChannels) => {
    expect(soundOf(entry)).toMatchObject({ channelLayout, dolbyChannels })
  })

  it('takes the first of several programmes, and no media profile', () => {
    const two = '00000010 64656333 1801 20 0f 00 20 04 00'
    expect(factsOf(entryOf('ec-3', two))).toEqual(['ec-3', 48_000, 6, undefined])
  })

  it('takes a halved rate from the sample entry, the only place that has it', () => {
    const halved = '0000000d 64656333 0600 e0 04 00'
    expect(factsOf(entryOf('ec-3', halved, 24_000))).toEqual(['ec-3', 24_000, 2, 'ceac'])
    expect(() => factsOf(entryOf('ec-3', halved, 96))).toThrow(expect.objectContaining({ code: 'AC3_RATE' }))
  })

  it('is refused where it ends within a programme', () => {
    expect(() => factsOf(entryOf('ec-3', '0000000c 64656333 1801 200f'))).toThrow(
      expect.objectContaining({ code: 'BITS_END' }),
    )
  })

  it('with any bytes changed is read or refused', () => {
    for (const entry of [surround, Buffer.from(entryOf('ec-3', objects)).toString('hex')]) expectSturdy(entry)
  })
})
