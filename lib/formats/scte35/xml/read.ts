/** SCTE 35 as XML, read: of documents, and of the events of DASH manifests with their many dialects. */
import { HeadendError } from '../../../errors.ts'
import { base64Bytes } from '../../base64.ts'
import { optional } from '../../optional.ts'
import { readXml } from '../../xml/read.ts'
import { contentOf, isNode, localName, type XmlNode } from '../../xml/tree.ts'
import type { SpliceCommand } from '../command.ts'
import { readSpliceInfoSection, type SpliceInfoSection } from '../section.ts'
import type { SpliceFacts, SpliceInsert } from '../splice-insert.ts'
import { type ScheduledEvent, type ScheduledSplice, scheduledSeconds } from '../splice-schedule.ts'
import type { SpliceTime } from '../splice-time.ts'
import { descriptorOfNode, privateBytesOf } from './descriptor.ts'
import { childNamed, childrenNamed, flagOf, numberOf, optionalNumberOf, refuseXml, textOf } from './fields.ts'

/** The section of a document, or of the content of an Event. */
export const sectionOfXml = (text: string): SpliceInfoSection => sectionOfNode(readXml(text).root)

/** The section of `SpliceInfoSection`, of `Binary`, or of the first of these in `Signal` or `Event`. */
export function sectionOfNode(node: XmlNode): SpliceInfoSection {
  switch (localName(node.name)) {
    case 'SpliceInfoSection':
      return sectionOfElement(node)
    case 'Binary': {
      const type = textOf(node, 'signalType')
      if (type !== undefined && type !== 'SpliceInfoSection')
        refuseXml(node, 'signalType', 'SpliceInfoSection', type)
      return readSpliceInfoSection(base64Bytes(contentOf(node), 'Binary'))
    }
    case 'Signal':
    case 'Event': {
      const [child] = ['SpliceInfoSection', 'Binary', 'Signal'].flatMap((name) => childrenNamed(node, name))
      if (child) return sectionOfNode(child)
    }
  }
  throw new HeadendError(
    'SCTE35_XML',
    `line ${node.line}: expected SpliceInfoSection or Binary, got ${localName(node.name).slice(0, 40)}`,
  )
}

function sectionOfElement(node: XmlNode): SpliceInfoSection {
  const packet = childNamed(node, 'EncryptedPacket')
  const elements = node.children.filter(isNode)
  const command = elements.map(commandOfNode).find((one) => one !== undefined)
  if (!command) throw new HeadendError('SCTE35_XML', `line ${node.line}: expected a command in the section`)
  return {
    sapType: numberOf(node, 'sapType', 3),
    privateIndicator: false,
    protocolVersion: numberOf(node, 'protocolVersion', 0),
    // What stands in the element is in the clear: the algorithm is what a section of it was encrypted by.
    encryptionAlgorithm: 0,
    ptsAdjustment: numberOf(node, 'ptsAdjustment', 0),
    cwIndex: packet ? numberOf(packet, 'cwIndex', 0) : 0,
    tier: numberOf(node, 'tier', 0xfff),
    content: {
      kind: 'clear',
      command,
      hasLegacyLength: false,
      descriptors: elements.map(descriptorOfNode).filter((one) => one !== undefined),
      stuffing: new Uint8Array(0),
    },
  }
}

function commandOfNode(node: XmlNode): SpliceCommand | undefined {
  switch (localName(node.name)) {
    case 'SpliceNull':
      return { kind: 'null' }
    case 'SpliceSchedule':
      return { kind: 'schedule', events: childrenNamed(node, 'Event').map(eventOfNode) }
    case 'SpliceInsert':
      return insertOfNode(node)
    case 'TimeSignal':
      return { kind: 'time-signal', time: timeOfNode(node) }
    case 'BandwidthReservation':
      return { kind: 'bandwidth-reservation' }
    case 'PrivateCommand':
      return { kind: 'private', identifier: numberOf(node, 'identifier'), bytes: privateBytesOf(node) }
    default:
      return undefined
  }
}

/** Of the SpliceTime in an element; without one, or without its ptsTime, it is not specified. */
function timeOfNode(node: XmlNode | undefined): SpliceTime {
  const time = node && childNamed(node, 'SpliceTime')
  return optional('pts', time && optionalNumberOf(time, 'ptsTime'))
}

function insertOfNode(node: XmlNode): SpliceInsert {
  const event = { kind: 'insert', eventId: numberOf(node, 'spliceEventId') } as const
  if (flagOf(node, 'spliceEventCancelIndicator', false)) return event
  const immediate = flagOf(node, 'spliceImmediateFlag', false)
  const components = childrenNamed(node, 'Component').map((one) => ({
    tag: numberOf(one, 'componentTag'),
    ...(!immediate && { time: timeOfNode(one) }),
  }))
  const programSplice = components.length === 0
  return {
    ...event,
    splice: {
      ...factsOfNode(node, programSplice),
      immediate,
      idComplianceFlag: flagOf(node, 'eventIdComplianceFlag', true),
      ...(programSplice ? !immediate && { time: timeOfNode(childNamed(node, 'Program')) } : { components }),
    },
  }
}

function eventOfNode(node: XmlNode): ScheduledEvent {
  const event = {
    eventId: numberOf(node, 'spliceEventId'),
    idComplianceFlag: flagOf(node, 'eventIdComplianceFlag', true),
  }
  if (flagOf(node, 'spliceEventCancelIndicator', false)) return event
  return { ...event, splice: scheduledOfNode(node) }
}

function scheduledOfNode(node: XmlNode): ScheduledSplice {
  const program = childNamed(node, 'Program')
  return {
    ...factsOfNode(node, program !== undefined),
    ...(program
      ? { utcSeconds: utcSecondsOf(program) }
      : {
          components: childrenNamed(node, 'Component').map((one) => ({
            tag: numberOf(one, 'componentTag'),
            utcSeconds: utcSecondsOf(one),
          })),
        }),
  }
}

function utcSecondsOf(node: XmlNode): number {
  const text = textOf(node, 'utcSpliceTime') ?? ''
  const seconds = scheduledSeconds(Date.parse(text))
  return Number.isInteger(seconds)
    ? seconds
    : refuseXml(node, 'utcSpliceTime', 'a date and time of whole seconds', text)
}

function factsOfNode(node: XmlNode, programSplice: boolean): SpliceFacts {
  const breakDuration = childNamed(node, 'BreakDuration')
  return {
    outOfNetwork: flagOf(node, 'outOfNetworkIndicator', false),
    programSplice,
    ...(breakDuration && {
      breakDuration: {
        autoReturn: flagOf(breakDuration, 'autoReturn', false),
        duration: numberOf(breakDuration, 'duration'),
      },
    }),
    uniqueProgramId: numberOf(node, 'uniqueProgramId', 0),
    availNum: numberOf(node, 'availNum', 0),
    availsExpected: numberOf(node, 'availsExpected', 0),
  }
}
