/** Sections that TSDuck compiled, with what it says of them: every command and descriptor of the standard. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { identifierText } from '../../../lib/formats/scte35/bytes.ts'
import { sectionJson, sectionOfJson } from '../../../lib/formats/scte35/json.ts'
import { readSpliceInfoSection, writeSpliceInfoSection } from '../../../lib/formats/scte35/section.ts'
import { corpus, corpusMissing, corpusText } from '../../judges/corpus.ts'

interface Node {
  readonly '#name': string
  readonly '#nodes'?: readonly (Node | string)[]
  readonly [attribute: string]: unknown
}

/** One section after the other. */
function sectionsIn(bytes: Uint8Array): Uint8Array[] {
  const sections: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 3 + (((bytes[at + 1] ?? 0) & 0xf) << 8) + (bytes[at + 2] ?? 0)
    sections.push(bytes.subarray(at, end))
    at = end
  }
  return sections
}

/** TSDuck's names and ours, where they are not the same but for the case. */
const names: Readonly<Record<string, string>> = {
  splice_event_id: 'eventId',
  splice_event_cancel: 'cancel',
  splice_immediate: 'immediate',
  pts_time: 'pts',
  dtmf: 'chars',
  segmentation_event_id: 'eventId',
  segmentation_event_cancel: 'cancel',
  segmentation_type_id: 'typeId',
  segmentation_duration: 'duration',
  web_delivery_allowed: 'web',
  archive_allowed: 'archive',
  device_restrictions: 'device',
  component_tag: 'tag',
  iso_code: 'language',
  full_srvc_audio: 'fullService',
}

const camelCase = (name: string): string =>
  name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())

/** What our JSON must have of a node. */
function expectedOf(node: Node): Record<string, unknown> {
  const expected: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(node)) {
    // Of leap seconds TSDuck thinks otherwise.
    if (name.startsWith('#') || name === 'utc_splice_time') continue
    expected[names[name] ?? camelCase(name)] = name === 'identifier' ? identifierText(value as number) : value
  }
  const inside = node['#nodes'] ?? []
  const lists: Readonly<Record<string, string>> = {
    component: 'components',
    splice_event: 'events',
    audio: 'channels',
  }
  for (const child of inside) {
    const of = typeof child === 'string' ? '' : child['#name']
    const list = lists[of]
    if (typeof child === 'string') expected['dataHex'] = hexOf(child)
    else if (of === 'break_duration') expected['breakDuration'] = expectedOf(child)
    else if (of === 'segmentation_upid') {
      expected['upidType'] = child['type']
      expected['upidHex'] = hexOf(child['#nodes']?.find((one) => typeof one === 'string'))
    } else if (list !== undefined)
      expected[list] = [...((expected[list] as unknown[] | undefined) ?? []), expectedOf(child)]
    else expect.fail(`${of} is not looked at`)
  }
  return expected
}

const hexOf = (text: string | undefined): string => (text ?? '').replaceAll(/\s/g, '').toLowerCase()

describe.skipIf(corpusMissing !== undefined)('sections of TSDuck', () => {
  const sections = corpusMissing
    ? []
    : sectionsIn(new Uint8Array(readFileSync(join(corpus, 'media/scte35/test-027.compile.bin'))))
  const tables = corpusMissing
    ? []
    : (JSON.parse(corpusText('media/scte35/test-027.decompile.json')) as readonly Node[])

  it('are all there', () => {
    expect(sections).toHaveLength(15)
    expect(tables).toHaveLength(15)
  })

  it.each(sections.map((bytes, i) => ({ bytes, table: tables[i], i })))(
    '$i: the same values, the same bytes',
    ({ bytes, table }) => {
      const json = sectionJson(readSpliceInfoSection(bytes))
      const [command, ...descriptors] = (table?.['#nodes'] ?? []) as readonly Node[]
      expect({ protocolVersion: 0, ...json }).toMatchObject({
        protocolVersion: table?.['protocol_version'],
        ptsAdjustment: table?.['pts_adjustment'],
        tier: table?.['tier'],
        command: command ? expectedOf(command) : {},
        descriptors: descriptors.map(expectedOf),
      })
      expect(writeSpliceInfoSection(sectionOfJson(JSON.stringify(json)))).toEqual(bytes)
    },
  )
})
