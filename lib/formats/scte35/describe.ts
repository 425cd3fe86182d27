/** A section in lines for people. */
import { identifierText } from './bytes.ts'
import { commandTypeOf, type SpliceCommand } from './command.ts'
import type { SpliceDescriptor } from './descriptors.ts'
import { eventsOf, type SpliceEvent, type SpliceInstant } from './meaning.ts'
import type { SpliceInfoSection } from './section.ts'
import type { DeliveryRestrictions } from './segmentation.ts'

/** What the section is, what happens, and what else it says; each a line without its end. */
export function describeSection(section: SpliceInfoSection): string[] {
  const { content, tier, ptsAdjustment, protocolVersion } = section
  const head = [
    content.kind === 'encrypted'
      ? `encrypted by algorithm ${section.encryptionAlgorithm}, control word ${section.cwIndex}: ${content.bytes.length} bytes`
      : commandName(content.command),
    ...(tier === 0xfff ? [] : [`tier ${tier}`]),
    ...(ptsAdjustment === 0 ? [] : [`pts_adjustment ${ptsAdjustment}`]),
    ...(protocolVersion === 0 ? [] : [`protocol_version ${protocolVersion}, so nothing is done by it`]),
  ]
  const others = content.kind === 'clear' ? content.descriptors.flatMap(descriptorLines) : []
  return [head.join(', '), ...eventsOf(section).flatMap(eventLines), ...others]
}

const NAMES: Readonly<Record<Exclude<SpliceCommand['kind'], 'unknown'>, string>> = {
  null: 'splice_null',
  schedule: 'splice_schedule',
  insert: 'splice_insert',
  'time-signal': 'time_signal',
  'bandwidth-reservation': 'bandwidth_reservation',
  private: 'private_command',
}

function commandName(command: SpliceCommand): string {
  if (command.kind === 'unknown') return `command of type ${commandTypeOf(command)}, which nobody defined`
  const name = NAMES[command.kind]
  return command.kind === 'private' ? `${name} of ${identifierText(command.identifier)}` : name
}

function eventLines(event: SpliceEvent): string[] {
  const { id, source, kind, at, duration, autoReturn, avail, segmentation, restrictions } = event
  const first = [
    `${kind}${kind === 'cancel' ? '' : ` ${timeText(at)}`}`,
    ...(duration === undefined ? [] : [`for ${secondsText(duration)}`]),
    ...(autoReturn ? ['returns by itself'] : []),
    `${source === 'segmentation' ? 'segmentation' : 'splice'} event ${id}`,
    ...(avail ? [`programme ${avail.programId}, avail ${avail.num} of ${avail.expected}`] : []),
  ]
  const sub = segmentation?.subSegments
  return [
    `  ${first.join(', ')}`,
    ...(segmentation
      ? [
          `    ${segmentation.name} (0x${segmentation.typeId.toString(16).padStart(2, '0').toUpperCase()}), segment ${segmentation.num} of ${segmentation.expected}${sub ? `, sub-segment ${sub.num} of ${sub.expected}` : ''}`,
        ]
      : []),
    ...event.upids.map(({ name, text }) => `    ${name} ${text}`),
    ...(restrictions ? [`    ${restrictionsText(restrictions)}`] : []),
    ...(event.components ?? []).map((one) => `    component ${one.tag} ${timeText(one.at)}`),
  ]
}

function timeText(at: SpliceInstant): string {
  if (at.kind === 'immediate') return 'now'
  return at.kind === 'utc'
    ? `at ${new Date(at.utcMs).toISOString()}`
    : `at pts ${at.pts} (${secondsText(at.pts)})`
}

const secondsText = (ticks: number): string => `${(ticks / 90_000).toFixed(3)} s`

function restrictionsText({
  webDeliveryAllowed,
  noRegionalBlackout,
  archiveAllowed,
  deviceRestrictions,
}: DeliveryRestrictions): string {
  return [
    `web delivery ${webDeliveryAllowed ? 'allowed' : 'not allowed'}`,
    noRegionalBlackout ? 'no regional blackout' : 'regional blackout',
    `archive ${archiveAllowed ? 'allowed' : 'not allowed'}`,
    deviceRestrictions === 3 ? 'any device' : `restricted for devices of group ${deviceRestrictions}`,
  ].join(', ')
}

function descriptorLines(descriptor: SpliceDescriptor): string[] {
  switch (descriptor.kind) {
    case 'segmentation':
      return []
    case 'avail':
      return [`  avail of provider ${descriptor.providerAvailId}`]
    case 'dtmf':
      return [`  DTMF ${descriptor.chars}, ${(descriptor.preroll / 10).toFixed(1)} s before`]
    case 'time':
      return [`  TAI ${descriptor.taiSeconds} s ${descriptor.taiNs} ns, UTC ${descriptor.utcOffset} s behind`]
    case 'audio':
      return descriptor.channels.map(({ tag, language }) => `  audio ${language}, component ${tag}`)
    case 'private':
      return [
        `  private descriptor ${descriptor.tag} of ${identifierText(descriptor.identifier)}: ${descriptor.bytes.length} bytes`,
      ]
    case 'unreadable':
      return [`  descriptor ${descriptor.tag} can not be read: ${descriptor.problem}`]
  }
}
