/** Markers of the field, with what independent decoders agreed on. */
import { describe, expect, it } from 'vitest'
import { base64Text } from '../../../lib/formats/base64.ts'
import {
  eventsOf,
  sectionJson,
  sectionOfJson,
  sectionOfText,
  writeSpliceInfoSection,
} from '../../../lib/formats/scte35/index.ts'
import { corpusMissing, corpusText } from '../../judges/corpus.ts'

interface Row {
  readonly id: string
  readonly base64: string
  readonly hex: string
  readonly decoded: { readonly commandType: number; readonly descriptors: readonly object[] }
}

const rows = (name: string): Row[] =>
  (corpusMissing ? '' : corpusText('standards/scte35', name))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row)

const jsonOf = (base64: string) => sectionJson(sectionOfText(base64))

describe.skipIf(corpusMissing !== undefined)('markers of the field', () => {
  it.each(rows('valid.jsonl'))(
    '$id has the fields others read, and comes back',
    ({ base64, hex, decoded }) => {
      const json = jsonOf(base64)
      expect(json).toMatchObject(decoded)
      expect(base64Text(writeSpliceInfoSection(sectionOfText(hex)))).toBe(base64)
      expect(base64Text(writeSpliceInfoSection(sectionOfJson(JSON.stringify(json))))).toBe(base64)
      const said = decoded.descriptors.filter((one) => 'eventId' in one).length
      expect(eventsOf(sectionOfText(hex))).toHaveLength(said + (decoded.commandType === 5 ? 1 : 0))
    },
  )

  it.each(rows('hard.jsonl'))('$id, on which others differ, comes back', ({ base64 }) => {
    expect(base64Text(writeSpliceInfoSection(sectionOfJson(JSON.stringify(jsonOf(base64)))))).toBe(base64)
  })

  it('are read in the older forms: without a length of the command, without a list of components', () => {
    for (const { id, base64, decoded } of rows('hard.jsonl'))
      if (!['bd768883fd', '30ded25bbc'].includes(id)) expect(jsonOf(base64)).toMatchObject(decoded)
  })

  it('are not guessed: a UPID longer than its descriptor makes that unreadable, a UMID ends where it says', () => {
    const byId = new Map(rows('hard.jsonl').map(({ id, base64 }) => [id, jsonOf(base64)]))
    expect(byId.get('bd768883fd')).toMatchObject({
      descriptors: [{ tag: 2, problem: expect.stringContaining('expected 256 more bits, got 248') }],
    })
    expect(byId.get('30ded25bbc')).toMatchObject({
      descriptors: [{ eventId: 3, typeId: 0x11, segmentNum: 0, segmentsExpected: 0, upidLength: 32 }],
    })
  })

  it.each(rows('invalid.jsonl'))('$id is refused', ({ base64, hex }) => {
    const refused = expect.objectContaining({ code: 'SCTE35_CRC' })
    expect(() => sectionOfText(base64)).toThrow(refused)
    expect(() => sectionOfText(hex)).toThrow(refused)
  })
})
