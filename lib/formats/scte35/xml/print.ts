/** SCTE 35 as XML (SCTE 35 11, schema of 2023-07-13): for DASH, and for programs that read no sections. */
import { base64Text } from '../../base64.ts'
import { hexText } from '../../uuid.ts'
import { printFragment, printXml, type XmlElement } from '../../xml/print.ts'
import type { SpliceCommand } from '../command.ts'
import { type SpliceInfoSection, writeSpliceInfoSection } from '../section.ts'
import type { Splice, SpliceFacts, SpliceInsert } from '../splice-insert.ts'
import { type ScheduledEvent, scheduledMs } from '../splice-schedule.ts'
import type { BreakDuration, SpliceTime } from '../splice-time.ts'
import { descriptorElement } from './descriptor.ts'
import { hasXmlForm } from './limits.ts'

/**
 * A document of a section: `SpliceInfoSection`, or `Binary` if elements can not say what the section says. They have no
 * place for reserved bits, for stuffing, and for the control word of what is not encrypted.
 */
export function sectionXml(section: SpliceInfoSection): string {
  return printXml(withNamespace(sectionElement(section) ?? binaryElement(section)))
}

/**
 * A section as the content of an Event of the scheme `urn:scte:scte35:2013:xml` (SCTE 214-1 6.8.4); undefined if elements
 * can not say it.
 */
export function eventXml(section: SpliceInfoSection): string | undefined {
  const element = sectionElement(section)
  return element && printFragment(withNamespace(element))
}

/** A section as the content of an Event of the scheme `urn:scte:scte35:2014:xml+bin`. */
export function eventXmlBin(section: SpliceInfoSection): string {
  return printFragment(withNamespace({ name: 'Signal', children: [binaryElement(section)] }))
}

const withNamespace = ({ attributes, ...element }: XmlElement): XmlElement => ({
  ...element,
  attributes: { xmlns: 'http://www.scte.org/schemas/35', ...attributes },
})

const binaryElement = (section: SpliceInfoSection): XmlElement => ({
  name: 'Binary',
  children: [base64Text(writeSpliceInfoSection(section))],
})

function sectionElement(section: SpliceInfoSection): XmlElement | undefined {
  const { content, sapType, ptsAdjustment, tier } = section
  if (content.kind === 'encrypted' || !hasXmlForm(section, content)) return undefined
  const command = commandElement(content.command)
  const descriptors = content.descriptors.map(descriptorElement).filter((one) => one !== undefined)
  if (!command || descriptors.length < content.descriptors.length) return undefined
  return {
    name: 'SpliceInfoSection',
    attributes: { sapType, ptsAdjustment, protocolVersion: 0, tier },
    children: [command, ...descriptors],
  }
}

function commandElement(command: SpliceCommand): XmlElement | undefined {
  switch (command.kind) {
    case 'insert':
      return insertElement(command)
    case 'schedule':
      return { name: 'SpliceSchedule', children: command.events.map(eventElement) }
    case 'time-signal':
      return { name: 'TimeSignal', children: [timeElement(command.time)] }
    case 'private':
      return {
        name: 'PrivateCommand',
        attributes: { identifier: command.identifier },
        children: [{ name: 'PrivateBytes', children: [hexText(command.bytes)] }],
      }
    case 'bandwidth-reservation':
      return { name: 'BandwidthReservation' }
    case 'null':
      return { name: 'SpliceNull' }
    case 'unknown':
      return undefined
  }
}

const timeElement = ({ pts }: SpliceTime): XmlElement => ({
  name: 'SpliceTime',
  attributes: { ptsTime: pts },
})

function insertElement({ eventId, splice }: SpliceInsert): XmlElement {
  const attributes = { spliceEventId: eventId, spliceEventCancelIndicator: splice === undefined }
  // The schema wants a Program in a cancellation, too.
  if (!splice) return { name: 'SpliceInsert', attributes, children: [{ name: 'Program' }] }
  return {
    name: 'SpliceInsert',
    attributes: {
      ...attributes,
      outOfNetworkIndicator: splice.outOfNetwork,
      spliceImmediateFlag: splice.immediate,
      eventIdComplianceFlag: splice.idComplianceFlag ? undefined : false,
      ...availAttributes(splice),
    },
    children: [...splicedElements(splice), ...breakElements(splice.breakDuration)],
  }
}

function splicedElements({ programSplice, time, components = [] }: Splice): XmlElement[] {
  if (programSplice) return [{ name: 'Program', children: time ? [timeElement(time)] : [] }]
  return components.map((one) => ({
    name: 'Component',
    attributes: { componentTag: one.tag },
    children: one.time ? [timeElement(one.time)] : [],
  }))
}

function eventElement({ eventId, idComplianceFlag, splice }: ScheduledEvent): XmlElement {
  const attributes = {
    spliceEventId: eventId,
    eventIdComplianceFlag: idComplianceFlag ? undefined : false,
    spliceEventCancelIndicator: splice === undefined,
  }
  if (!splice) return { name: 'Event', attributes, children: [scheduledElement('Program', 0)] }
  const { programSplice, utcSeconds = 0, components = [] } = splice
  return {
    name: 'Event',
    attributes: {
      ...attributes,
      outOfNetworkIndicator: splice.outOfNetwork,
      ...availAttributes(splice),
    },
    children: [
      ...(programSplice
        ? [scheduledElement('Program', utcSeconds)]
        : components.map((one) => scheduledElement('Component', one.utcSeconds, one.tag))),
      ...breakElements(splice.breakDuration),
    ],
  }
}

function scheduledElement(name: string, utcSeconds: number, componentTag?: number): XmlElement {
  return {
    name,
    attributes: { componentTag, utcSpliceTime: new Date(scheduledMs(utcSeconds)).toISOString() },
  }
}

const availAttributes = ({ uniqueProgramId, availNum, availsExpected }: SpliceFacts) => ({
  uniqueProgramId,
  availNum,
  availsExpected,
})

function breakElements(breakDuration: BreakDuration | undefined): XmlElement[] {
  if (!breakDuration) return []
  const { autoReturn, duration } = breakDuration
  return [{ name: 'BreakDuration', attributes: { autoReturn, duration } }]
}
