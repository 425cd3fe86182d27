/** Sample entries of sound for the tests of codecs: read, as delivered, and with any bytes changed. */
import * as fc from 'fast-check'
import { expect } from 'vitest'
import type { AudioCodec } from '../../lib/formats/isobmff/codec.ts'
import { codecs } from '../../lib/formats/isobmff/codecs.ts'
import { boxOf, hex } from './isobmff/one-box.ts'
import { outcomes } from './outcomes.ts'

/** The codec of an entry given as hex. */
export function soundOf(entry: string | Uint8Array): AudioCodec {
  const box = boxOf(entry)
  const codec = codecs.get(box.type)?.(box)
  if (codec?.type !== 'audio') throw new Error(`${box.type} is no sound we know`)
  return codec
}

/** What a manifest would print. */
export function factsOf(entry: string | Uint8Array): (string | number | undefined)[] {
  const { name, sampleRate, channels, brand } = soundOf(entry)
  return [name, sampleRate, channels, brand(0)]
}

/** An entry of version 0 as ISO has it, around boxes given as hex. */
export function entryOf(type: string, boxesHex: string, sampleRate = 48_000): Uint8Array {
  const boxes = Buffer.from(boxesHex.replaceAll(/\s/g, ''), 'hex')
  const entry = Buffer.alloc(36 + boxes.length)
  entry.writeUInt32BE(entry.length)
  entry.write(type, 4, 'latin1')
  entry.writeUInt16BE(1, 14)
  entry.writeUInt16BE(2, 24)
  entry.writeUInt16BE(16, 26)
  entry.writeUInt32BE(sampleRate * 65536, 32)
  entry.set(boxes, 36)
  return entry
}

/** As hex, what an init segment would carry. */
export const delivered = (entry: string | Uint8Array): string => hex(soundOf(entry).sampleEntry)

/** Checks that an entry with any bytes changed or cut off is read or refused with a code, and never grows. */
export function expectSturdy(entryHex: string): void {
  const entry = Buffer.from(entryHex.replaceAll(/\s/g, ''), 'hex')
  const change = fc.tuple(fc.integer({ min: 8, max: entry.length - 1 }), fc.nat({ max: 255 }))
  const seen = outcomes()
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 5 }),
      fc.integer({ min: 8, max: entry.length }),
      (changes, length) => {
        const bytes = Buffer.from(entry)
        for (const [at, value] of changes) bytes[at] = value
        bytes.writeUInt32BE(length)
        seen.count(() => {
          const { sampleEntry, sampleRate } = soundOf(bytes.subarray(0, length))
          // QuickTime's MP3 is the one that gets a box it did not have.
          expect(sampleEntry.length).toBeLessThanOrEqual(entry.length + 33)
          expect(sampleRate).toBeGreaterThan(0)
        })
      },
    ),
    { numRuns: 1000, seed: 9 },
  )
  seen.expectBoth(5)
}
