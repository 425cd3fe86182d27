import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64Text } from '../../../lib/formats/base64.ts'
import {
  eventXml,
  eventXmlBin,
  readSpliceInfoSection,
  type SpliceInfoSection,
  sectionOfNode,
  sectionOfText,
  sectionOfXml,
  sectionXml,
  writeSpliceInfoSection,
} from '../../../lib/formats/scte35/index.ts'
import { readXml } from '../../../lib/formats/xml/read.ts'
import { isNode, localName, type XmlNode } from '../../../lib/formats/xml/tree.ts'
import { corpus, corpusMissing, corpusText } from '../../judges/corpus.ts'
import { problemsBy, schemaOf } from '../../judges/xsd.ts'
import { outcomes } from '../outcomes.ts'
import { section } from './random-sections.ts'

/** SCTE 35 14.1. */
const opportunity = sectionOfText(
  '/DA0AAAAAAAA///wBQb+cr0AUAAeAhxDVUVJSAAAjn/PAAGlmbAICAAAAAAsoKGKNAIAmsnRfg==',
)

/** More of those that elements can say. */
const sayable = fc
  .tuple(section, fc.boolean())
  .map(
    ([facts, isPlain]): SpliceInfoSection =>
      isPlain ? { ...facts, privateIndicator: false, protocolVersion: 0, encryptionAlgorithm: 0 } : facts,
  )

/** Without what elements can not say: it is nothing that anybody acts on. */
function bare(facts: SpliceInfoSection): SpliceInfoSection {
  const plain = JSON.parse(
    JSON.stringify(facts.content, keepBytes),
    reviveBytes,
  ) as SpliceInfoSection['content']
  return {
    ...facts,
    cwIndex: 0,
    content:
      plain.kind === 'clear' ? { ...plain, hasLegacyLength: false, stuffing: new Uint8Array(0) } : plain,
  }
}

const keepBytes = (name: string, value: unknown): unknown =>
  name === 'reserved' ? undefined : value instanceof Uint8Array ? { bytes: [...value] } : value
const reviveBytes = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && Array.isArray((value as { bytes?: unknown }).bytes)
    ? Uint8Array.from((value as { bytes: number[] }).bytes)
    : value

describe('a section as XML', () => {
  it('is elements with every value', () => {
    expect(sectionXml(opportunity)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<SpliceInfoSection xmlns="http://www.scte.org/schemas/35" sapType="3" ptsAdjustment="0" protocolVersion="0" tier="4095">
  <TimeSignal>
    <SpliceTime ptsTime="1924989008"/>
  </TimeSignal>
  <SegmentationDescriptor segmentationEventId="1207959694" segmentationEventCancelIndicator="false" segmentationDuration="27630000" segmentationTypeId="52" segmentNum="2" segmentsExpected="0">
    <DeliveryRestrictions webDeliveryAllowedFlag="false" noRegionalBlackoutFlag="true" archiveAllowedFlag="true" deviceRestrictions="3"/>
    <SegmentationUpid segmentationUpidType="8" segmentationUpidFormat="hexbinary">000000002ca0a18a</SegmentationUpid>
  </SegmentationDescriptor>
</SpliceInfoSection>
`)
  })

  it('comes back, but for what nobody acts on', () => {
    const seen = { elements: 0, binary: 0 }
    fc.assert(
      fc.property(sayable, (facts) => {
        const text = sectionXml(facts)
        const read = sectionOfXml(text)
        if (text.includes('<Binary')) {
          seen.binary++
          expect(writeSpliceInfoSection(read)).toEqual(writeSpliceInfoSection(facts))
        } else {
          seen.elements++
          expect(read).toEqual(bare(facts))
        }
      }),
      { numRuns: 500 },
    )
    expect(Math.min(seen.elements, seen.binary)).toBeGreaterThan(40)
  })

  it('is the content of an Event, in elements or in base64', () => {
    const xml = eventXml(opportunity)
    expect(xml).toMatch(/^<SpliceInfoSection xmlns="http:\/\/www.scte.org\/schemas\/35" /)
    const binary = eventXmlBin(opportunity)
    expect(binary).toContain(`<Binary>${base64Text(writeSpliceInfoSection(opportunity))}</Binary>`)
    expect(eventXml({ ...opportunity, protocolVersion: 1 })).toBeUndefined()
    for (const text of [xml, binary])
      expect(sectionOfXml(`<Event>${text}</Event>`).content).toEqual(opportunity.content)
  })
})

describe.skipIf(corpusMissing !== undefined)('by the schema of SCTE', () => {
  const schema = corpusMissing
    ? undefined
    : schemaOf(join(corpus, 'standards/scte35/xsd/scte_35_20230713.xsd'), {
        url: 'file:///scte35/section.xsd',
      })
  const problems = (text: string): string[] => (schema ? problemsBy(schema, text) : ['no schema'])

  it('every section is valid', () => {
    fc.assert(
      fc.property(sayable, (facts) => {
        expect(problems(sectionXml(facts))).toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  it('every marker of the field is valid, and says the same', () => {
    const lines = corpusText('standards/scte35', 'valid.jsonl').split('\n')
    const rows = lines
      .filter((one) => one !== '')
      .map((one) => JSON.parse(one) as Record<'id' | 'base64', string>)
    const inBase64 = rows.filter(({ base64 }) => {
      const facts = sectionOfText(base64)
      const text = sectionXml(facts)
      expect(problems(text)).toEqual([])
      if (text.includes('<Binary')) return true
      expect(sectionOfXml(text)).toEqual(bare(facts))
      return false
    })
    // The tone C, which the schema does not have.
    expect(inBase64.map(({ id }) => id)).toEqual(['37681687f1'])
  })

  it('what is wrong is told', () => {
    expect(problems(sectionXml(opportunity).replace('tier="4095"', 'tier="4096"'))).not.toEqual([])
  })
})

describe.skipIf(corpusMissing !== undefined)('events of manifests', () => {
  const eventsIn = (name: string): SpliceInfoSection[] => {
    const found: XmlNode[] = []
    const visit = (node: XmlNode): void => {
      if (localName(node.name) === 'Event') found.push(node)
      else for (const child of node.children) if (isNode(child)) visit(child)
    }
    visit(readXml(corpusText('standards/scte35', name)).root)
    return found.map(sectionOfNode)
  }
  const insert = (eventId: number, splice: object) => ({
    content: { command: { kind: 'insert', eventId, splice } },
  })

  it.each([
    ['dash/mediapackage.xml', { ...insert(1000, { time: { pts: 3_783_780 } }), ptsAdjustment: 183_003 }],
    [
      'dash/mpdrs_07.mpd',
      insert(4_026_531_855, { breakDuration: { autoReturn: true, duration: 1_350_000 } }),
    ],
    ['dash/splice_insert.mpd', insert(4157, { outOfNetwork: true, time: { pts: 2_346_545_680 } })],
    ['dash/splice_insert_immediate.mpd', insert(4158, { immediate: true })],
    ['dash/splice_null_heartbeat.mpd', { content: { command: { kind: 'null' } } }],
    ['dash/mpdrs_01.mpd', insert(4, { outOfNetwork: true })],
    ['dash/signal_binary_xmlbin.mpd', { content: { descriptors: [{ eventId: 872_416_252 }] } }],
  ])('%s', (name, facts) => {
    expect(eventsIn(name)[0]).toMatchObject(facts)
  })

  it('have attributes where encoders put them', () => {
    expect(eventsIn('dash/mpdrs_09.mpd')).toMatchObject([
      {
        content: {
          descriptors: [
            { segment: { typeId: 52, upid: { type: 12, bytes: Uint8Array.of(1, 0) }, restrictions: {} } },
          ],
        },
      },
    ])
    expect(eventsIn('dash/telestream-elements.xml')).toMatchObject(
      [52, 53].map((typeId) => ({
        content: {
          command: { kind: 'time-signal', time: {} },
          descriptors: [{ eventId: 1, segment: { typeId, upid: { type: 9 } } }],
        },
      })),
    )
  })

  it('are those of the section they were printed of', () => {
    const [read] = [sectionOfXml(corpusText('standards/scte35', 'xml/section_00.xml'))]
    expect(writeSpliceInfoSection(read)).toEqual(writeSpliceInfoSection(opportunity))
  })

  it('of something else are refused', () => {
    expect(() => eventsIn('dash/mpdrs_03.mpd')).toThrow(
      expect.objectContaining({ code: 'SCTE35_NOT_A_SECTION' }),
    )
  })
})

describe('XML that is none of a section', () => {
  const insert = (attributes: string, children = '<Program/>') =>
    `<SpliceInfoSection><SpliceInsert spliceEventId="1" ${attributes}>${children}</SpliceInsert></SpliceInfoSection>`
  const upid = (attributes: string, text: string) =>
    `<SpliceInfoSection><SpliceNull/><SegmentationDescriptor segmentationEventId="1"><SegmentationUpid ${attributes}>${text}</SegmentationUpid></SegmentationDescriptor></SpliceInfoSection>`

  it.each([
    ['<MPD/>', /line 1: expected SpliceInfoSection or Binary, got MPD/],
    ['<Signal/>', /got Signal/],
    ['<SpliceInfoSection/>', /expected a command/],
    ['<Binary signalType="private:x">AAAA</Binary>', /Binary@signalType/],
    [
      insert('spliceImmediateFlag="yes"'),
      /SpliceInsert@spliceImmediateFlag: expected true or false, got "yes"/,
    ],
    [insert('', '<Component/>'), /Component@componentTag: expected a number, got nothing/],
    [insert('availNum="-1"'), /availNum: expected a whole number from 0, got "-1"/],
    [insert('', '<BreakDuration duration="99999999999999999"/>'), /BreakDuration@duration/],
    [upid('segmentationUpidType="256"', ''), /segmentationUpidType: expected a byte/],
    [upid('segmentationUpidFormat="private:a"', ''), /expected text, hexbinary or base-64/],
    [upid('formatIdentifier="4294967296"', ''), /32 bits/],
  ])('is refused: %#', (text, message) => {
    expect(() => sectionOfXml(text)).toThrow(
      expect.objectContaining({ code: 'SCTE35_XML', message: expect.stringMatching(message) }),
    )
  })

  it.each([
    ['segmentationUpidType="8"', '748724618', '000000002ca0a18a'],
    ['segmentationUpidType="8"', '0x000000002CA0A18A', '000000002ca0a18a'],
    ['segmentationUpidType="10"', '10.5240/7791-8534-2C23-9030-8610-5', '1478779185342c2390308610'],
    ['segmentationUpidType="16"', '01234567-89ab-cdef-0123-456789abcdef', '0123456789abcdef0123456789abcdef'],
    ['segmentationUpidType="9"', 'AB', '4142'],
    ['segmentationUpidType="9" segmentationUpidFormat="base-64"', 'QUI=', '4142'],
    ['segmentationUpidType="12" formatIdentifier="1094861636"', '00', '4142434400'],
  ])('unless it only leaves the format of a UPID to guess: %s %s', (attributes, text, hex) => {
    const { content } = sectionOfXml(upid(attributes, text))
    expect(content).toMatchObject({
      descriptors: [{ segment: { upid: { bytes: Uint8Array.from(Buffer.from(hex, 'hex')) } } }],
    })
  })

  it('is refused with a code, whatever was changed in it', () => {
    const seen = outcomes()
    const edits = fc.array(fc.tuple(fc.nat(2000), fc.constantFrom('', '"', '<', '/', '1', 'f', '>', ' ')), {
      minLength: 1,
      maxLength: 3,
    })
    fc.assert(
      fc.property(sayable, edits, (facts, changes) => {
        let text = sectionXml(facts)
        for (const [at, piece] of changes) {
          const i = 39 + (at % (text.length - 39))
          text = text.slice(0, i) + piece + text.slice(i + 1)
        }
        seen.count(() => readSpliceInfoSection(writeSpliceInfoSection(sectionOfXml(text))))
      }),
      { numRuns: 500 },
    )
    seen.expectBoth(40)
  })
})
