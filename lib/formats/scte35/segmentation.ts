/** segmentation_descriptor() (SCTE 35 10.3.3): what begins or ends, what it is called, who may have it. */
import type { FieldReader, FieldWriter, Reserved, Rest } from './fields.ts'
import { hasSubSegments } from './segmentation-types.ts'

/** A segment's beginning or end, or the cancellation of an event. */
export interface SegmentationDescriptor extends Reserved, Rest {
  readonly kind: 'segmentation'
  readonly eventId: number
  /** segmentation_event_id_compliance_indicator as it stands. */
  readonly idComplianceIndicator: boolean
  /** Absent if the event is cancelled. */
  readonly segment?: Segment
}

/** What is said of a segment. */
export interface Segment extends Reserved {
  /** Absent if delivery is not restricted. */
  readonly restrictions?: DeliveryRestrictions
  /** Absent if the whole programme is segmented. */
  readonly components?: readonly SegmentComponent[]
  /** In ticks of 90 kHz. */
  readonly duration?: number
  readonly upid: Upid
  readonly typeId: number
  readonly segmentNum: number
  readonly segmentsExpected: number
  readonly subSegments?: { readonly num: number; readonly expected: number }
}

/** Who may have a segment (10.3.3.1). */
export interface DeliveryRestrictions {
  readonly webDeliveryAllowed: boolean
  readonly noRegionalBlackout: boolean
  readonly archiveAllowed: boolean
  /** 0 to 2: groups of devices the parties agreed on; 3: no restriction. */
  readonly deviceRestrictions: number
}

/** A component whose segment begins `ptsOffset` ticks of 90 kHz after the signal's time. */
export interface SegmentComponent extends Reserved {
  readonly tag: number
  readonly ptsOffset: number
}

/** A segmentation_upid as it stands; of several (type 0x0D) `upidsOf` gives each. */
export interface Upid {
  readonly type: number
  readonly bytes: Uint8Array
}

/** Reads what follows the identifier. */
export function readSegmentation(bits: FieldReader): SegmentationDescriptor {
  const eventId = bits.bits(32)
  const cancel = bits.flag()
  const event = {
    kind: 'segmentation',
    eventId,
    idComplianceIndicator: bits.flag(),
    ...bits.reserved(6),
  } as const
  return cancel ? event : { ...event, segment: readSegment(bits) }
}

/** Writes the same. */
export function writeSegmentation(out: FieldWriter, descriptor: SegmentationDescriptor): void {
  out.bits(descriptor.eventId, 32, 'eventId')
  out.flag(descriptor.segment === undefined)
  out.flag(descriptor.idComplianceIndicator)
  out.reserved(6, descriptor)
  if (descriptor.segment) writeSegment(out, descriptor.segment)
}

function readSegment(bits: FieldReader): Segment {
  const isOfProgramme = bits.flag()
  const hasDuration = bits.flag()
  const isUnrestricted = bits.flag()
  const head = {
    ...(isUnrestricted ? bits.reserved(5) : { restrictions: readRestrictions(bits) }),
    ...(!isOfProgramme && { components: readComponents(bits) }),
    ...(hasDuration && { duration: bits.bits(40) }),
    upid: { type: bits.bits(8), bytes: bits.bytes(bits.bits(8)) },
    typeId: bits.bits(8),
    segmentNum: bits.bits(8),
    segmentsExpected: bits.bits(8),
  }
  // Encoders of before 2016 have these types without the two fields.
  if (!hasSubSegments(head.typeId) || bits.leftBytes < 2) return head
  return { ...head, subSegments: { num: bits.bits(8), expected: bits.bits(8) } }
}

function readRestrictions(bits: FieldReader): DeliveryRestrictions {
  return {
    webDeliveryAllowed: bits.flag(),
    noRegionalBlackout: bits.flag(),
    archiveAllowed: bits.flag(),
    deviceRestrictions: bits.bits(2),
  }
}

function readComponents(bits: FieldReader): SegmentComponent[] {
  const components: SegmentComponent[] = []
  for (let left = bits.bits(8); left > 0; left--)
    components.push({ tag: bits.bits(8), ...bits.reserved(7), ptsOffset: bits.bits(33) })
  return components
}

function writeSegment(out: FieldWriter, segment: Segment): void {
  const { restrictions, components, duration, upid, subSegments } = segment
  out.flag(components === undefined)
  out.flag(duration !== undefined)
  out.flag(restrictions === undefined)
  if (restrictions) {
    out.flag(restrictions.webDeliveryAllowed)
    out.flag(restrictions.noRegionalBlackout)
    out.flag(restrictions.archiveAllowed)
    out.bits(restrictions.deviceRestrictions, 2, 'deviceRestrictions')
  } else out.reserved(5, segment)
  if (components) {
    out.bits(components.length, 8, 'components')
    for (const component of components) {
      out.bits(component.tag, 8, 'components.tag')
      out.reserved(7, component)
      out.bits(component.ptsOffset, 33, 'components.ptsOffset')
    }
  }
  if (duration !== undefined) out.bits(duration, 40, 'duration')
  out.bits(upid.type, 8, 'upidType')
  out.bits(upid.bytes.length, 8, 'length of the UPID')
  out.bytes(upid.bytes)
  out.bits(segment.typeId, 8, 'typeId')
  out.bits(segment.segmentNum, 8, 'segmentNum')
  out.bits(segment.segmentsExpected, 8, 'segmentsExpected')
  if (!subSegments) return
  out.bits(subSegments.num, 8, 'subSegmentNum')
  out.bits(subSegments.expected, 8, 'subSegmentsExpected')
}
