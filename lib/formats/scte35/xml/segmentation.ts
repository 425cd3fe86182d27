/** SegmentationDescriptor elements, both ways. */
import { optional } from '../../optional.ts'
import type { XmlElement } from '../../xml/print.ts'
import type { XmlNode } from '../../xml/tree.ts'
import type { DeliveryRestrictions, Segment, SegmentationDescriptor, Upid } from '../segmentation.ts'
import { childNamed, childrenNamed, flagOf, numberOf, optionalNumberOf, refuseXml, textOf } from './fields.ts'
import { upidElements, upidOfNodes, upidOfText } from './upid.ts'

/** The element of a segment's beginning or end. */
export function segmentationElement({
  eventId,
  segment,
  idComplianceIndicator,
}: SegmentationDescriptor): XmlElement {
  const attributes = {
    segmentationEventId: eventId,
    segmentationEventCancelIndicator: segment === undefined,
    // The name is what the schema has.
    segmentationEventIdComplianceIndicatorbute: idComplianceIndicator ? undefined : false,
  }
  if (!segment) return { name: 'SegmentationDescriptor', attributes }
  return {
    name: 'SegmentationDescriptor',
    attributes: {
      ...attributes,
      segmentationDuration: segment.duration,
      segmentationTypeId: segment.typeId,
      segmentNum: segment.segmentNum,
      segmentsExpected: segment.segmentsExpected,
      subSegmentNum: segment.subSegments?.num,
      subSegmentsExpected: segment.subSegments?.expected,
    },
    children: [...restrictionElements(segment), ...upidElements(segment.upid), ...componentElements(segment)],
  }
}

function restrictionElements({ restrictions }: Segment): XmlElement[] {
  if (!restrictions) return []
  const attributes = {
    webDeliveryAllowedFlag: restrictions.webDeliveryAllowed,
    noRegionalBlackoutFlag: restrictions.noRegionalBlackout,
    archiveAllowedFlag: restrictions.archiveAllowed,
    deviceRestrictions: restrictions.deviceRestrictions,
  }
  return [{ name: 'DeliveryRestrictions', attributes }]
}

function componentElements({ components = [] }: Segment): XmlElement[] {
  return components.map(({ tag, ptsOffset }) => ({
    name: 'Component',
    attributes: { componentTag: tag, ptsOffset },
  }))
}

/** The descriptor of an element, also where encoders wrote its attributes under other names or a level deeper. */
export function segmentationOfNode(node: XmlNode): SegmentationDescriptor {
  const event = {
    kind: 'segmentation',
    eventId: optionalNumberOf(node, 'segmentationEventId') ?? numberOf(node, 'spliceEventId'),
    idComplianceIndicator: flagOf(node, 'segmentationEventIdComplianceIndicatorbute', true),
  } as const
  if (flagOf(node, 'segmentationEventCancelIndicator', false)) return event
  return { ...event, segment: segmentOfNode(node) }
}

function segmentOfNode(node: XmlNode): Segment {
  const upids = childrenNamed(node, 'SegmentationUpid')
  const components = childrenNamed(node, 'Component').map((one) => ({
    tag: numberOf(one, 'componentTag'),
    ptsOffset: numberOf(one, 'ptsOffset'),
  }))
  const restrictions = childNamed(node, 'DeliveryRestrictions')
  const num = optionalNumberOf(node, 'subSegmentNum')
  // AWS MediaPackage's manifests have these three in SegmentationUpid.
  const own = (name: string) =>
    optionalNumberOf(node, name) ?? (upids[0] && optionalNumberOf(upids[0], name)) ?? 0
  return {
    ...(restrictions && { restrictions: restrictionsOfNode(restrictions) }),
    ...(components.length > 0 && { components }),
    ...optional('duration', optionalNumberOf(node, 'segmentationDuration')),
    upid: upids.length > 0 ? upidOfNodes(upids) : upidOfAttributes(node),
    typeId: own('segmentationTypeId'),
    segmentNum: own('segmentNum'),
    segmentsExpected: own('segmentsExpected'),
    ...(num !== undefined && { subSegments: { num, expected: numberOf(node, 'subSegmentsExpected', 0) } }),
  }
}

function restrictionsOfNode(node: XmlNode): DeliveryRestrictions {
  return {
    webDeliveryAllowed: flagOf(node, 'webDeliveryAllowedFlag', true),
    noRegionalBlackout: flagOf(node, 'noRegionalBlackoutFlag', true),
    archiveAllowed: flagOf(node, 'archiveAllowedFlag', true),
    deviceRestrictions: numberOf(node, 'deviceRestrictions', 3),
  }
}

/** A UPID that is no element but two attributes, as Telestream's encoder writes it. */
function upidOfAttributes(node: XmlNode): Upid {
  const text = textOf(node, 'segmentationUpid')
  if (text === undefined) return upidOfNodes([])
  const type = numberOf(node, 'segmentationUpidType')
  return type > 0xff
    ? refuseXml(node, 'segmentationUpidType', 'a byte', String(type))
    : upidOfText(type, text)
}
