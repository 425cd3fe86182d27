import { describe, expect, it } from 'vitest'
import { base64Text } from '../../../lib/formats/base64.ts'
import { crc32Mpeg } from '../../../lib/formats/crc32.ts'
import { sectionJson, sectionOfJson } from '../../../lib/formats/scte35/json.ts'
import {
  readSpliceInfoSection,
  type SpliceInfoSection,
  writeSpliceInfoSection,
} from '../../../lib/formats/scte35/section.ts'
import { sectionOfText } from '../../../lib/formats/scte35/text.ts'
import { hexBytes, hexText } from '../../../lib/formats/uuid.ts'

const refusal = (code: string, message: RegExp) =>
  expect.objectContaining({ name: 'HeadendError', code, message: expect.stringMatching(message) })

/** SCTE 35 14.2: out of the network for a minute, back by itself. */
const insert = '/DAvAAAAAAAA///wFAVIAACPf+/+c2nALv4AUsz1AAAAAAAKAAhDVUVJAAABNWLbowo='

/** A section in the clear of hex: its command, and its descriptor loop. */
function sectionOf(type: number, command: string, loop = ''): Uint8Array {
  const hexOf = (value: number, digits: number) => value.toString(16).padStart(digits, '0')
  const body = `00000000000000fff${hexOf(command.length / 2, 3)}${hexOf(type, 2)}${command}${hexOf(loop.length / 2, 4)}${loop}`
  const bytes = hexBytes(`fc3${hexOf(body.length / 2 + 4, 3)}${body}`, '')
  return hexBytes(hexText(bytes) + hexOf(crc32Mpeg(bytes), 8), '')
}

const clear = (bytes: Uint8Array) => {
  const { content } = readSpliceInfoSection(bytes)
  if (content.kind !== 'clear') throw new Error(content.kind)
  return content
}

describe('a splice_info_section', () => {
  it('has what the standard says of its sample 14.2', () => {
    expect(sectionOfText(insert)).toEqual({
      sapType: 3,
      privateIndicator: false,
      protocolVersion: 0,
      encryptionAlgorithm: 0,
      ptsAdjustment: 0,
      cwIndex: 0xff,
      tier: 0xfff,
      content: {
        kind: 'clear',
        hasLegacyLength: false,
        command: {
          kind: 'insert',
          eventId: 0x4800008f,
          splice: {
            outOfNetwork: true,
            programSplice: true,
            immediate: false,
            idComplianceFlag: true,
            time: { pts: 0x07369c02e },
            breakDuration: { autoReturn: true, duration: 0x00052ccf5 },
            uniqueProgramId: 0,
            availNum: 0,
            availsExpected: 0,
          },
        },
        descriptors: [{ kind: 'avail', providerAvailId: 0x135 }],
        stuffing: new Uint8Array(0),
      },
    })
  })

  it('may be followed by the stuffing of a packet, and by nothing else', () => {
    const bytes = writeSpliceInfoSection(sectionOfText(insert))
    expect(readSpliceInfoSection(Uint8Array.of(...bytes, 0xff, 0xff))).toEqual(sectionOfText(insert))
    expect(() => readSpliceInfoSection(Uint8Array.of(...bytes, 0xff, 0xfc))).toThrow(
      refusal('SCTE35_NOT_A_SECTION', /one of 50 bytes, got 2 more/),
    )
  })

  it('is read of base64 and of hex', () => {
    const hex = hexText(writeSpliceInfoSection(sectionOfText(insert)))
    for (const text of [` ${insert}\n`, hex, hex.toUpperCase(), `0x${hex}`])
      expect(sectionOfText(text)).toEqual(sectionOfText(insert))
    expect(() => sectionOfText('0xfc3')).toThrow(refusal('HEX_TEXT', /pairs/))
    expect(() => sectionOfText('/D!')).toThrow(refusal('BASE64_TEXT', /base64/))
  })

  it.each([
    ['', 'SCTE35_TRUNCATED', /expected 3 bytes, got 0/],
    ['fc30', 'SCTE35_TRUNCATED', /got 2/],
    ['fc3011', 'SCTE35_TRUNCATED', /expected 20 bytes, got 3/],
    ['4770', 'SCTE35_NOT_A_SECTION', /table_id fc/],
    // section_syntax_indicator: the long head of another kind of section
    ['fcb011', 'SCTE35_NOT_A_SECTION', /short head/],
    ['fc3011000000000000 00fff0000000007a4fbffe', 'SCTE35_CRC', /expected CRC_32 7a4fbfff, got 7a4fbffe/],
  ])('%s is refused', (hex, code, message) => {
    expect(() => readSpliceInfoSection(hexBytes(hex.replace(' ', ''), ''))).toThrow(refusal(code, message))
  })

  it('is refused if its head is not whole', () => {
    const bytes = hexBytes('fc3004', '')
    const whole = hexBytes(`fc3004${crc32Mpeg(bytes).toString(16).padStart(8, '0')}`, '')
    expect(() => readSpliceInfoSection(whole)).toThrow(refusal('SCTE35_TRUNCATED', /ends within its fields/))
  })
})

describe('a command', () => {
  it.each([
    ['a splice_insert without its end', 5, '0000000 17fef'],
    ['255 components in 20 bytes', 5, `00000001 7f8f ff${'00'.repeat(13)}`],
    ['255 scheduled events in 8 bytes', 4, 'ff000000017f0000'],
    ['a time_signal without its pts', 6, 'fe0000'],
    ['a private command without its identifier', 255, 'dead'],
  ])('is refused if it does not hold its fields: %s', (_, type, hex) => {
    expect(() => readSpliceInfoSection(sectionOf(type, hex.replaceAll(' ', '')))).toThrow(
      refusal('SCTE35_COMMAND', /the command ends within its fields/),
    )
  })

  it('that nobody knows can not be without a length', () => {
    const bytes = writeSpliceInfoSection({
      ...sectionOfText(insert),
      content: { ...clear(sectionOf(9, 'abcd')), hasLegacyLength: true },
    })
    expect(() => readSpliceInfoSection(bytes)).toThrow(
      refusal('SCTE35_COMMAND', /command 9: expected its length/),
    )
  })

  it('keeps what stands behind its fields, also after one of them was changed', () => {
    const json = sectionJson(readSpliceInfoSection(sectionOf(6, 'fe00000001cafe')))
    expect(json).toMatchObject({ commandType: 6, command: { pts: 1, restHex: 'cafe' } })
    const changed = sectionOfJson(JSON.stringify({ ...json, command: { pts: 2, restHex: 'cafe' } }))
    expect(writeSpliceInfoSection(changed)).toEqual(sectionOf(6, 'fe00000002cafe'))
  })
})

describe('a descriptor', () => {
  it('of a placement opportunity has sub-segments only if there is room for them', () => {
    const head = '43554549 00000001 7f bf 0000 34 01 02'.replaceAll(' ', '')
    const [without] = clear(sectionOf(0, '', `020f${head}`)).descriptors
    const [within] = clear(sectionOf(0, '', `0211${head}0304`)).descriptors
    const [behind] = clear(sectionOf(0, '', `0210${head}03`)).descriptors
    expect(without).not.toHaveProperty('segment.subSegments')
    expect(within).toMatchObject({ segment: { subSegments: { num: 3, expected: 4 } } })
    expect(behind).toMatchObject({ rest: Uint8Array.of(3) })
  })

  it.each([
    ['020843554549dead7fff', 'of segments, without its end'],
    ['04064355454 9f0ff', 'of 15 audio channels in no byte'],
    ['01074355454932ff31', 'of seven tones in one byte'],
    ['0002dead', 'without an identifier'],
  ])('%s, %s, is kept as it is', (hex) => {
    const bytes = sectionOf(0, '', hex.replace(' ', ''))
    expect(clear(bytes).descriptors).toMatchObject([{ kind: 'unreadable' }])
    expect(writeSpliceInfoSection(readSpliceInfoSection(bytes))).toEqual(bytes)
  })

  it('that does not end within the loop makes the section refused', () => {
    for (const loop of ['02', '02ff435545', '000843554549000000010008'])
      expect(() => readSpliceInfoSection(sectionOf(0, '', loop))).toThrow(
        refusal('SCTE35_TRUNCATED', /a descriptor ends/),
      )
  })
})

describe('JSON of a section', () => {
  const json = sectionJson(sectionOfText(insert))
  const changed = (path: readonly string[], value: unknown): string => {
    const copy = JSON.parse(JSON.stringify(json)) as Record<string, unknown>
    const holder = path.slice(0, -1).reduce((at, name) => at[name] as Record<string, unknown>, copy)
    holder[path.at(-1) ?? ''] = value
    return JSON.stringify(copy)
  }

  it('is written as the standard does it in sample 14.2', () => {
    expect(base64Text(writeSpliceInfoSection(sectionOfJson(JSON.stringify(json))))).toBe(insert)
  })

  it('gives another section where a value was changed', () => {
    const later: SpliceInfoSection = sectionOfJson(changed(['command', 'pts'], 2 ** 33 - 1))
    expect(readSpliceInfoSection(writeSpliceInfoSection(later))).toMatchObject({
      content: { command: { splice: { time: { pts: 2 ** 33 - 1 } } } },
    })
  })

  it.each([
    ['{', /expected JSON/],
    ['[]', /: expected an object, got \[\]/],
    [changed(['command', 'pts'], 'soon'), /command\.pts: expected a number, got "soon"/],
    [changed(['command', 'cancel'], 0), /command\.cancel: expected true or false/],
    [changed(['descriptors'], {}), /descriptors: expected a list/],
    [changed(['descriptors', '0', 'identifier'], 'CUE'), /descriptors\[0\]\.identifier: expected four char/],
    [changed(['stuffingHex'], 'f'), /stuffingHex: expected pairs of hex digits/],
  ])('that lacks something is refused: %#', (text, message) => {
    expect(() => sectionOfJson(text)).toThrow(refusal('SCTE35_JSON', message))
  })

  it.each([
    [['command', 'pts'], 2 ** 33, /pts: expected a whole number from 0 to 8589934591, got 8589934592/],
    [['tier'], -1, /tier: expected a whole number from 0 to 4095/],
    [['command', 'eventId'], 0.5, /eventId/],
    [['stuffingHex'], 'ff'.repeat(5000), /section_length/],
  ])('of values that fit into no field is refused: %j', (path, value, message) => {
    expect(() => writeSpliceInfoSection(sectionOfJson(changed(path, value)))).toThrow(
      refusal('SCTE35_VALUE', message),
    )
  })

  it('of texts that are not bytes is refused', () => {
    const tones = sectionJson(readSpliceInfoSection(sectionOf(0, '', '01074355454932 3f31'.replace(' ', ''))))
    const strange = JSON.stringify(tones).replace('"chars":"1"', '"chars":"€"')
    expect(() => writeSpliceInfoSection(sectionOfJson(strange))).toThrow(
      refusal('SCTE35_VALUE', /chars: expected 1 characters of one byte, got "€"/),
    )
  })
})
