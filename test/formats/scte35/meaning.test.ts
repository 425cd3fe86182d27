import { describe, expect, it } from 'vitest'
import { describeSection, eventsOf } from '../../../lib/formats/scte35/index.ts'
import type { ClearContent, SpliceInfoSection } from '../../../lib/formats/scte35/section.ts'
import { segmentationType } from '../../../lib/formats/scte35/segmentation-types.ts'
import { sectionOfText } from '../../../lib/formats/scte35/text.ts'
import { upidsOf, upidText } from '../../../lib/formats/scte35/upid.ts'
import { hexBytes } from '../../../lib/formats/uuid.ts'

/** SCTE 35 14.1: a placement opportunity of 307 s begins. */
const opportunity = sectionOfText(
  '/DA0AAAAAAAA///wBQb+cr0AUAAeAhxDVUVJSAAAjn/PAAGlmbAICAAAAAAsoKGKNAIAmsnRfg==',
)
/** SCTE 35 14.2: out of the network for a minute, back by itself. */
const insert = sectionOfText('/DAvAAAAAAAA///wFAVIAACPf+/+c2nALv4AUsz1AAAAAAAKAAhDVUVJAAABNWLbowo=')

const saying = (section: SpliceInfoSection, content: Partial<ClearContent>): SpliceInfoSection => ({
  ...section,
  content: { ...(section.content as ClearContent), ...content },
})

describe('what a section says', () => {
  it('is a break that begins, by splice_insert', () => {
    expect(eventsOf(insert)).toEqual([
      {
        id: 0x4800008f,
        source: 'insert',
        kind: 'out',
        at: { kind: 'pts', pts: 1936310318 },
        duration: 5426421,
        autoReturn: true,
        avail: { programId: 0, num: 0, expected: 0 },
        upids: [],
      },
    ])
  })

  it('is a segment with its UPID and who may have it, by time_signal', () => {
    expect(eventsOf(opportunity)).toEqual([
      {
        id: 0x4800008e,
        source: 'segmentation',
        kind: 'out',
        at: { kind: 'pts', pts: 1924989008 },
        duration: 307 * 90_000,
        segmentation: {
          typeId: 0x34,
          name: 'Provider Placement Opportunity Start',
          boundary: 'start',
          num: 2,
          expected: 0,
        },
        upids: [{ type: 8, name: 'TI', text: '0x000000002CA0A18A' }],
        restrictions: {
          webDeliveryAllowed: false,
          noRegionalBlackout: true,
          archiveAllowed: true,
          deviceRestrictions: 3,
        },
      },
    ])
  })

  it('is at pts_time and pts_adjustment, modulo 2^33', () => {
    const [event] = eventsOf({ ...insert, ptsAdjustment: 2 ** 33 - 1936310318 + 5 })
    expect(event?.at).toEqual({ kind: 'pts', pts: 5 })
  })

  it('is at the first time of components, if these are spliced, each with its own', () => {
    const splice = {
      outOfNetwork: false,
      programSplice: false,
      immediate: false,
      idComplianceFlag: true,
      components: [
        { tag: 1, time: {} },
        { tag: 2, time: { pts: 8 } },
      ],
      uniqueProgramId: 1,
      availNum: 0,
      availsExpected: 0,
    }
    const section = saying(insert, { command: { kind: 'insert', eventId: 7, splice } })
    expect(eventsOf({ ...section, ptsAdjustment: 2 })).toMatchObject([
      {
        id: 7,
        kind: 'in',
        at: { kind: 'pts', pts: 10 },
        components: [
          { tag: 1, at: { kind: 'immediate' } },
          { tag: 2, at: { kind: 'pts', pts: 10 } },
        ],
      },
    ])
  })

  it('is at once, if no time is specified', () => {
    const section = saying(opportunity, { command: { kind: 'time-signal', time: {} } })
    expect(eventsOf(section)).toMatchObject([{ kind: 'out', at: { kind: 'immediate' } }])
  })

  it('is a cancellation, of splices and of segments', () => {
    const section = saying(insert, {
      command: { kind: 'insert', eventId: 7 },
      descriptors: [{ kind: 'segmentation', eventId: 8, idComplianceIndicator: true }],
    })
    expect(eventsOf(section)).toMatchObject([
      { id: 7, source: 'insert', kind: 'cancel' },
      { id: 8, source: 'segmentation', kind: 'cancel' },
    ])
  })

  it('is by the time of day, if it is scheduled', () => {
    const splice = {
      outOfNetwork: true,
      programSplice: true,
      utcSeconds: 86_400,
      uniqueProgramId: 1,
      availNum: 0,
      availsExpected: 0,
    }
    const section = saying(insert, {
      command: {
        kind: 'schedule',
        events: [
          { eventId: 1, idComplianceFlag: true, splice },
          { eventId: 2, idComplianceFlag: true },
        ],
      },
    })
    expect(eventsOf(section)).toMatchObject([
      { id: 1, source: 'schedule', kind: 'out', at: { kind: 'utc', utcMs: Date.UTC(1980, 0, 7) } },
      { id: 2, source: 'schedule', kind: 'cancel' },
    ])
  })

  it('is nothing, if it is encrypted or of a version nobody has defined', () => {
    expect(eventsOf({ ...insert, protocolVersion: 1 })).toEqual([])
    const content = { kind: 'encrypted', commandLength: 20, bytes: new Uint8Array(20) } as const
    expect(eventsOf({ ...insert, content })).toEqual([])
    expect(describeSection({ ...insert, content })).toEqual([
      'encrypted by algorithm 0, control word 255: 20 bytes',
    ])
  })

  it('is told in lines', () => {
    expect(describeSection(opportunity)).toEqual([
      'time_signal',
      '  out at pts 1924989008 (21388.767 s), for 307.000 s, segmentation event 1207959694',
      '    Provider Placement Opportunity Start (0x34), segment 2 of 0',
      '    TI 0x000000002CA0A18A',
      '    web delivery not allowed, no regional blackout, archive allowed, any device',
    ])
  })
})

describe('a type of segment', () => {
  it.each([
    [0x10, 'Program Start', 'programme-start'],
    [0x11, 'Program End', 'programme-end'],
    [0x12, 'Program Early Termination', 'programme-end'],
    [0x21, 'Chapter End', 'chapter-end'],
    [0x23, 'Break End', 'in'],
    [0x36, 'Distributor Placement Opportunity Start', 'out'],
    [0x38, 'Provider Overlay Placement Opportunity Start', 'other'],
    [0x47, 'Distributor Ad Block End', 'in'],
    [0x99, 'Type 0x99', 'other'],
  ])('0x%s is %s', (id, name, kind) => {
    expect(segmentationType(id)).toMatchObject({ name, kind })
  })
})

describe('a UPID', () => {
  it.each([
    [0x09, '5349474e414c3a31', 'SIGNAL:1'],
    [0x09, '4100', 'A'],
    [0x09, 'ff00', '0xFF00'],
    [
      0x04,
      '060a2b340101010501010d2013000000d2c9036c8f195343ab7014d2d718bfda',
      /^060A2B34\.01010105\..+\.D718BFDA$/,
    ],
    [0x06, '000000013a8d000000000000', '0000-0001-3A8D-0000-0000-0000'],
    // the sample of the EIDR ID Format: 10.5240/7791-8534-2C23-9030-8610-5
    [0x0a, '1478779185342c2390308610', '10.5240/7791-8534-2C23-9030-8610-5'],
    [0x0c, '4f564c5949', 'OVLY:I'],
    [0x0d, '0901410f0142', 'ADI A, URI B'],
    [0x0d, '0909', '0x0909'],
    [0x10, '0123456789abcdef0123456789abcdef', '01234567-89ab-cdef-0123-456789abcdef'],
    [0x55, '01', '0x01'],
  ])('of type %i, %s, is %s', (type, hex, text) => {
    const shown = upidText({ type, bytes: hexBytes(hex, '') })
    if (typeof text === 'string') expect(shown).toBe(text)
    else expect(shown).toMatch(text)
  })

  it('of several is each of them, of none nothing', () => {
    const parts = upidsOf({ type: 0x0d, bytes: hexBytes('0901410f0142', '') })
    expect(parts.map(({ type }) => type)).toEqual([9, 15])
    expect(upidsOf({ type: 0x0d, bytes: hexBytes('0909', '') })).toHaveLength(1)
    expect(upidsOf({ type: 0, bytes: new Uint8Array(0) })).toEqual([])
  })
})
