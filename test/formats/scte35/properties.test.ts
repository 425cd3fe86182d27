import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32Mpeg } from '../../../lib/formats/crc32.ts'
import { sectionJson, sectionOfJson } from '../../../lib/formats/scte35/json.ts'
import { eventsOf } from '../../../lib/formats/scte35/meaning.ts'
import { readSpliceInfoSection, writeSpliceInfoSection } from '../../../lib/formats/scte35/section.ts'
import { outcomes } from '../outcomes.ts'
import { section } from './random-sections.ts'

/** The checksum made anew, so that what was changed is read at all. */
function signed(bytes: Uint8Array): Uint8Array {
  const out = Uint8Array.from(bytes)
  new DataView(out.buffer).setUint32(out.length - 4, crc32Mpeg(out.subarray(0, -4)))
  return out
}

const edits = fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { minLength: 1, maxLength: 4 })

describe('a section', () => {
  it('is read as what was written', () => {
    fc.assert(
      fc.property(section, (facts) => {
        expect(readSpliceInfoSection(writeSpliceInfoSection(facts))).toEqual(facts)
      }),
      { numRuns: 600 },
    )
  })

  it('comes back through JSON', () => {
    fc.assert(
      fc.property(section, (facts) => {
        const text = JSON.stringify(sectionJson(facts))
        expect(sectionOfJson(text)).toEqual(facts)
      }),
      { numRuns: 600 },
    )
  })

  it('of which bytes were changed is written back byte for byte, or refused with a code', () => {
    const seen = outcomes()
    fc.assert(
      fc.property(section, edits, (facts, changes) => {
        const changed = Uint8Array.from(writeSpliceInfoSection(facts))
        for (const [at, value] of changes) changed[at % changed.length] = value
        const bytes = signed(changed)
        seen.count(() => {
          const read = readSpliceInfoSection(bytes)
          const length = 3 + (((bytes[1] ?? 0) & 0xf) << 8) + (bytes[2] ?? 0)
          expect(writeSpliceInfoSection(read)).toEqual(bytes.subarray(0, length))
          expect(writeSpliceInfoSection(sectionOfJson(JSON.stringify(sectionJson(read))))).toEqual(
            bytes.subarray(0, length),
          )
          for (const { at } of eventsOf(read)) if (at.kind === 'pts') expect(at.pts).toBeLessThan(2 ** 33)
        })
      }),
      { numRuns: 1500 },
    )
    seen.expectBoth(100)
  })

  it('of which bytes were changed and the checksum was not is refused', () => {
    fc.assert(
      fc.property(section, fc.nat(), fc.integer({ min: 1, max: 255 }), (facts, at, change) => {
        const changed = Uint8Array.from(writeSpliceInfoSection(facts))
        const i = 3 + (at % (changed.length - 3))
        changed[i] = (changed[i] ?? 0) ^ change
        expect(() => readSpliceInfoSection(changed)).toThrow(expect.objectContaining({ code: 'SCTE35_CRC' }))
      }),
      { numRuns: 300 },
    )
  })

  it('that ends too early is refused at every byte', () => {
    fc.assert(
      fc.property(section, fc.nat(), (facts, at) => {
        const whole = writeSpliceInfoSection(facts)
        expect(() => readSpliceInfoSection(whole.subarray(0, at % whole.length))).toThrow(
          expect.objectContaining({ code: 'SCTE35_TRUNCATED' }),
        )
      }),
      { numRuns: 300 },
    )
  })
})

describe('any JSON', () => {
  it('that once was a section gives bytes, or is refused with a code', () => {
    const seen = outcomes()
    const value = fc.oneof(
      fc.integer(),
      fc.double(),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.constant([{}]),
    )
    fc.assert(
      fc.property(section, fc.nat(), value, (facts, at, instead) => {
        const json = JSON.parse(JSON.stringify(sectionJson(facts))) as Record<string, unknown>
        const places = placesIn(json)
        const [holder, name] = places[at % places.length] ?? [json, '']
        holder[name] = instead
        seen.count(() => readSpliceInfoSection(writeSpliceInfoSection(sectionOfJson(JSON.stringify(json)))))
      }),
      { numRuns: 600 },
    )
    seen.expectBoth(40)
  })
})

type Holder = Record<string, unknown>

/** Every member of an object, however deep. */
function placesIn(holder: Holder): readonly (readonly [Holder, string])[] {
  return Object.entries(holder).flatMap(([name, value]) => [
    [holder, name] as const,
    ...(typeof value === 'object' && value !== null ? placesIn(value as Holder) : []),
  ])
}
