/** Captions in pictures: cc_data, and whose they are. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCcData } from '../../../lib/formats/cea/cc-data.ts'
import { CaptionServices } from '../../../lib/formats/cea/services.ts'
import { preferredTransfer, seiMessages } from '../../../lib/formats/sei.ts'
import { hex } from '../isobmff/one-box.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')

/** User data around triplets, as ATSC A/53 part 4 table 6.7 has it. */
const userData = (...triplets: readonly string[]): Uint8Array =>
  bytes(`b5 0031 47413934 03 ${(0xc0 | triplets.length).toString(16)} ff ${triplets.join('')} ff`)

const servicesOf = (...pictures: readonly (readonly string[])[]): string[] => {
  const services = new CaptionServices()
  for (const triplets of pictures) services.add(readCcData(userData(...triplets)) ?? [])
  return services.ids
}

describe('an SEI unit', () => {
  it('is read message by message, its size in several bytes', () => {
    const long = 'ab'.repeat(260)
    const nal = bytes(`06 05 ff05 ${long} 04 02 b500 80`)
    expect(seiMessages(nal, 1).map(({ type, payload }) => [type, hex(payload)])).toEqual([
      [5, long],
      [4, 'b500'],
    ])
  })

  it('loses the bytes that keep start codes from arising', () => {
    const [message] = seiMessages(bytes('06 04 05 b5 0000 03 01 ff 80'), 1)
    expect(hex(message?.payload ?? new Uint8Array())).toBe('b5000001ff')
  })

  it('tells which transfer characteristics are meant', () => {
    // As x265 writes it with --atc-sei 18.
    expect(preferredTransfer(seiMessages(bytes('4e01 93 01 12 80'), 2))).toBe(18)
    expect(preferredTransfer(seiMessages(bytes('4e01 89 01 12 80'), 2))).toBeUndefined()
  })

  it('of any bytes is read, and holds no more than it has', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (nal) => {
        const messages = seiMessages(nal, 1)
        expect(messages.reduce((sum, { payload }) => sum + payload.length, 0)).toBeLessThanOrEqual(nal.length)
      }),
    )
  })
})

describe('cc_data', () => {
  it('gives its valid pairs', () => {
    expect(readCcData(userData('fc9420', 'fd8080', 'fa0000', 'f80000'))).toEqual([
      { type: 0, first: 0x94, second: 0x20 },
      { type: 1, first: 0x80, second: 0x80 },
    ])
  })

  it('is other user data where it says so', () => {
    expect(readCcData(bytes('b5 003c 0001 04 0140'))).toBeUndefined()
    expect(readCcData(bytes('b5 0031 47413934 06 01'))).toBeUndefined()
    expect(readCcData(bytes(''))).toBeUndefined()
  })

  it('is read as far as it goes where it was cut off', () => {
    expect(readCcData(userData('fc9420', 'fc9470').subarray(0, 14))).toEqual([
      { type: 0, first: 0x94, second: 0x20 },
    ])
  })

  it('comes back as it was written', () => {
    const pair = fc.record({
      type: fc.nat({ max: 3 }),
      first: fc.nat({ max: 255 }),
      second: fc.nat({ max: 255 }),
    })
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 31 }), (pairs) => {
        const triplets = pairs.map(({ type, first, second }) =>
          [0xfc | type, first, second].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
        )
        expect(readCcData(userData(...triplets))).toEqual(pairs)
      }),
    )
  })
})

describe('the services of cc_data', () => {
  it.each<[name: string, expected: readonly string[], ...pictures: (readonly string[])[]]>([
    ['nothing but stuffing', [], ['fc8080', 'fd8080']],
    // Resume caption loading, 608-E table 52; the second data channel has bit 3 set.
    ['control codes of all four', ['CC1', 'CC2', 'CC3', 'CC4'], ['fc9420', 'fc1c20', 'fd1520', 'fd9d20']],
    ['text alone, which is taken for the first channel', ['CC1', 'CC3'], ['fcc1c2', 'fdc1c2']],
    ['text beside a control code of the second channel', ['CC2'], ['fcc1c2', 'fc1c20']],
    ['names of programmes in the second field', ['CC1'], ['fc9420', 'fd0103'], ['fdc1c2']],
    ['text mode', [], ['fc942a', 'fc94ab']],
    // A packet of 4 bytes: sequence 0, size 2 × 2; service 1, block of 2.
    ['a packet of CTA-708', ['SERVICE1'], ['ff0222', 'fe4142']],
    ['a packet with two services', ['SERVICE1', 'SERVICE2'], ['ff0421', 'fe4142', 'fe4300']],
    ['a packet with an extended service', ['SERVICE9'], ['ff03e1', 'fe0941']],
    ['the rest of a packet that began before', [], ['fe2241', 'fe4243']],
    ['an empty block', [], ['ff0220', 'fe0000']],
    ['both kinds', ['CC1', 'SERVICE1'], ['fc9420', 'ff0222', 'fe4142']],
  ])('%s', (_name, expected, ...pictures) => {
    expect(servicesOf(...pictures)).toEqual(expected)
  })

  it('of any pairs are ids that manifests may say', () => {
    const triplets = fc.array(fc.uint8Array({ minLength: 3, maxLength: 3 }), { maxLength: 31 })
    fc.assert(
      fc.property(fc.array(triplets, { maxLength: 5 }), (pictures) => {
        const ids = servicesOf(...pictures.map((all) => all.map((one) => hex(one))))
        for (const id of ids) expect(id).toMatch(/^(?:CC[1-4]|SERVICE(?:[1-9]|[1-5]\d|6[0-3]))$/)
        expect(new Set(ids).size).toBe(ids.length)
      }),
      { numRuns: 1000 },
    )
  })
})
