/** Descriptors as JSON, both ways. */
import { optional } from '../optional.ts'
import { hexText } from '../uuid.ts'
import { identifierOf, identifierText } from './bytes.ts'
import { CUEI, DESCRIPTOR_TAG, descriptorTagOf, type SpliceDescriptor } from './descriptors.ts'
import { hexMember, type JsonFields, type JsonObject, unlessUsual } from './json-fields.ts'
import type { DeliveryRestrictions, Segment, SegmentationDescriptor } from './segmentation.ts'
import type { SmallDescriptor } from './small-descriptors.ts'

/** A descriptor as an object of JSON. */
export function descriptorJson(descriptor: SpliceDescriptor): JsonObject {
  const tag = descriptorTagOf(descriptor)
  if (descriptor.kind === 'unreadable')
    return { tag, problem: descriptor.problem, contentHex: hexText(descriptor.bytes) }
  if (descriptor.kind === 'private')
    return { tag, identifier: identifierText(descriptor.identifier), dataHex: hexText(descriptor.bytes) }
  const fields = descriptor.kind === 'segmentation' ? segmentationJson(descriptor) : smallJson(descriptor)
  return { tag, identifier: identifierText(CUEI), ...fields, ...hexMember('restHex', descriptor.rest) }
}

/** The descriptor of such an object. */
export function descriptorOfJson(fields: JsonFields): SpliceDescriptor {
  const tag = fields.number('tag')
  if (fields.has('contentHex'))
    return { kind: 'unreadable', tag, bytes: fields.hex('contentHex'), problem: fields.text('problem') }
  const identifier =
    identifierOf(fields.text('identifier')) ?? fields.refuse('identifier', 'four characters or 0x…')
  const known = identifier === CUEI && !fields.has('dataHex') ? knownOfJson(tag, fields) : undefined
  return known
    ? { ...known, ...fields.optionalHex('restHex', 'rest') }
    : { kind: 'private', tag, identifier, bytes: fields.hex('dataHex') }
}

function segmentationJson(descriptor: SegmentationDescriptor): JsonObject {
  const { eventId, segment, idComplianceIndicator, reserved } = descriptor
  return {
    eventId,
    cancel: segment === undefined,
    ...unlessUsual(true, 'idComplianceIndicator', idComplianceIndicator),
    ...optional('reserved', reserved),
    ...(segment && segmentJson(segment)),
  }
}

function segmentJson(segment: Segment): JsonObject {
  const { restrictions, components, upid, subSegments } = segment
  return {
    typeId: segment.typeId,
    segmentNum: segment.segmentNum,
    segmentsExpected: segment.segmentsExpected,
    ...(subSegments && { subSegmentNum: subSegments.num, subSegmentsExpected: subSegments.expected }),
    upidType: upid.type,
    upidLength: upid.bytes.length,
    upidHex: hexText(upid.bytes),
    duration: segment.duration ?? null,
    deliveryNotRestricted: restrictions === undefined,
    ...optional('reservedFlags', segment.reserved),
    ...(restrictions && {
      web: restrictions.webDeliveryAllowed,
      noRegionalBlackout: restrictions.noRegionalBlackout,
      archive: restrictions.archiveAllowed,
      device: restrictions.deviceRestrictions,
    }),
    ...optional(
      'components',
      components?.map((one) => ({ ...one })),
    ),
  }
}

function segmentationOfJson(fields: JsonFields): SegmentationDescriptor {
  const event = {
    kind: 'segmentation',
    eventId: fields.number('eventId'),
    idComplianceIndicator: fields.flag('idComplianceIndicator', true),
    ...fields.optionalNumber('reserved', 'reserved'),
  } as const
  return fields.flag('cancel') ? event : { ...event, segment: segmentOfJson(fields) }
}

function segmentOfJson(fields: JsonFields): Segment {
  return {
    ...fields.optionalNumber('reservedFlags', 'reserved'),
    ...(!fields.flag('deliveryNotRestricted') && { restrictions: restrictionsOfJson(fields) }),
    ...(fields.has('components') && {
      components: fields.objects('components').map((one) => ({
        tag: one.number('tag'),
        ...one.optionalNumber('reserved', 'reserved'),
        ptsOffset: one.number('ptsOffset'),
      })),
    }),
    ...fields.optionalNumber('duration', 'duration'),
    upid: { type: fields.number('upidType'), bytes: fields.hex('upidHex') },
    typeId: fields.number('typeId'),
    segmentNum: fields.number('segmentNum'),
    segmentsExpected: fields.number('segmentsExpected'),
    ...(fields.has('subSegmentNum') && {
      subSegments: { num: fields.number('subSegmentNum'), expected: fields.number('subSegmentsExpected') },
    }),
  }
}

function restrictionsOfJson(fields: JsonFields): DeliveryRestrictions {
  return {
    webDeliveryAllowed: fields.flag('web'),
    noRegionalBlackout: fields.flag('noRegionalBlackout'),
    archiveAllowed: fields.flag('archive'),
    deviceRestrictions: fields.number('device'),
  }
}

function smallJson(descriptor: SmallDescriptor): JsonObject {
  switch (descriptor.kind) {
    case 'avail':
      return { providerAvailId: descriptor.providerAvailId }
    case 'dtmf': {
      const { preroll, chars, reserved } = descriptor
      return { preroll, chars, ...optional('reserved', reserved) }
    }
    case 'time': {
      const { taiSeconds, taiNs, utcOffset } = descriptor
      return { taiSeconds, taiNs, utcOffset }
    }
    case 'audio': {
      const { channels, reserved } = descriptor
      return { channels: channels.map((one) => ({ ...one })), ...optional('reserved', reserved) }
    }
  }
}

function knownOfJson(tag: number, fields: JsonFields): SegmentationDescriptor | SmallDescriptor | undefined {
  switch (tag) {
    case DESCRIPTOR_TAG.segmentation:
      return segmentationOfJson(fields)
    case DESCRIPTOR_TAG.avail:
      return { kind: 'avail', providerAvailId: fields.number('providerAvailId') }
    case DESCRIPTOR_TAG.dtmf: {
      const chars = { preroll: fields.number('preroll'), chars: fields.text('chars') }
      return { kind: 'dtmf', ...chars, ...fields.optionalNumber('reserved', 'reserved') }
    }
    case DESCRIPTOR_TAG.time: {
      const tai = { taiSeconds: fields.number('taiSeconds'), taiNs: fields.number('taiNs') }
      return { kind: 'time', ...tai, utcOffset: fields.number('utcOffset') }
    }
    case DESCRIPTOR_TAG.audio: {
      const channels = fields.objects('channels').map((one) => ({
        tag: one.number('tag'),
        language: one.text('language'),
        bitStreamMode: one.number('bitStreamMode'),
        numChannels: one.number('numChannels'),
        fullService: one.flag('fullService'),
      }))
      return { kind: 'audio', channels, ...fields.optionalNumber('reserved', 'reserved') }
    }
    default:
      return undefined
  }
}
