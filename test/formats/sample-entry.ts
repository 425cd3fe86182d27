/** What holds of every codec's sample entries. */
import fc from 'fast-check'
import { expect } from 'vitest'
import { boxes } from '../../lib/formats/isobmff/box.ts'
import { ByteReader } from '../../lib/formats/isobmff/byte-reader.ts'
import type { VideoCodec } from '../../lib/formats/isobmff/codec.ts'
import { codecs } from '../../lib/formats/isobmff/codecs.ts'
import { boxOf, hex } from './isobmff/one-box.ts'
import { outcomes } from './outcomes.ts'

/** Bytes of a visual sample entry in front of the boxes within. */
const fixedBytes = 86

/** Reads an entry with the codec its four-cc names. */
export function videoOf(entry: string | Uint8Array): VideoCodec {
  const box = boxOf(entry)
  const codec = codecs.get(box.type)?.(box)
  if (codec?.type !== 'video') throw new Error(`${box.type} is no video`)
  return codec
}

/** A box with these bytes in it, as hex. */
export const box = (type: string, content: string): string => {
  const body = content.replaceAll(/\s/g, '')
  return `${(8 + body.length / 2).toString(16).padStart(8, '0')}${Buffer.from(type).toString('hex')}${body}`
}

/** A visual sample entry of 1280x720 around boxes in hex. */
export const entryOf = (type: string, ...inner: readonly string[]): string =>
  box(
    type,
    `000000000000 0001 ${'00'.repeat(16)} 0500 02d0 00480000 00480000 00000000 0001 ${'00'.repeat(32)} 0018 ffff` +
      inner.join(''),
  )

/** The boxes within, as hex. */
export function within(entry: Uint8Array): string[] {
  const [parent] = boxes(new ByteReader(entry))
  return parent ? [...boxes(new ByteReader(parent.raw.subarray(fixedBytes)))].map(({ raw }) => hex(raw)) : []
}

/** Changes, cuts and lengthens an entry at random; it must be read or be refused, and never anything else. */
export function expectBounded(entry: string | Uint8Array): void {
  const { raw, type } = boxOf(entry)
  const codec = codecs.get(type)
  expect(codec, type).toBeDefined()
  const seen = outcomes()
  const change = fc.record({ at: fc.nat({ max: raw.length - 1 }), byte: fc.nat({ max: 255 }) })
  fc.assert(
    fc.property(
      fc.array(change, { minLength: 1, maxLength: 6 }),
      fc.nat({ max: raw.length }),
      (changes, cut) => {
        const bytes = raw.slice(0, cut % 3 === 0 ? cut : raw.length)
        for (const { at, byte } of changes) if (at < bytes.length) bytes[at] = byte
        const broken = new ByteReader(bytes, 0, 'stsd')
        seen.count(() => {
          for (const one of boxes(broken)) codec?.(one).brand(25)
        })
      },
    ),
    { numRuns: 2000, seed: 9 },
  )
  seen.expectBoth(10)
}
