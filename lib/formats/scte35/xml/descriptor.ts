/** Descriptors as elements, both ways. */
import { hexBytes, hexText } from '../../uuid.ts'
import type { XmlElement } from '../../xml/print.ts'
import { contentOf, localName, type XmlNode } from '../../xml/tree.ts'
import type { SpliceDescriptor } from '../descriptors.ts'
import { childNamed, childrenNamed, flagOf, numberOf, textOf } from './fields.ts'
import { segmentationElement, segmentationOfNode } from './segmentation.ts'

/** The element of a descriptor; undefined if it has none. */
export function descriptorElement(descriptor: SpliceDescriptor): XmlElement | undefined {
  switch (descriptor.kind) {
    case 'avail':
      return { name: 'AvailDescriptor', attributes: { providerAvailId: descriptor.providerAvailId } }
    case 'dtmf':
      return {
        name: 'DTMFDescriptor',
        attributes: { preroll: descriptor.preroll, chars: descriptor.chars },
      }
    case 'segmentation':
      return segmentationElement(descriptor)
    case 'time': {
      const { taiSeconds, taiNs, utcOffset } = descriptor
      return { name: 'TimeDescriptor', attributes: { taiSeconds, taiNs, utcOffset } }
    }
    case 'audio':
      return {
        name: 'AudioDescriptor',
        children: descriptor.channels.map((one) => ({
          name: 'AudioChannel',
          attributes: {
            ISOCode: one.language,
            BitStreamMode: one.bitStreamMode,
            NumChannels: one.numChannels,
            FullSrvcAudio: one.fullService ? 1 : 0,
            componentTag: one.tag,
          },
        })),
      }
    case 'private':
      return {
        name: 'PrivateDescriptor',
        attributes: { descriptorTag: descriptor.tag, identifier: descriptor.identifier },
        children: [{ name: 'PrivateBytes', children: [hexText(descriptor.bytes)] }],
      }
    case 'unreadable':
      return undefined
  }
}

/** The descriptor of an element; undefined if it is another element. */
export function descriptorOfNode(node: XmlNode): SpliceDescriptor | undefined {
  switch (localName(node.name)) {
    case 'AvailDescriptor':
      return { kind: 'avail', providerAvailId: numberOf(node, 'providerAvailId') }
    case 'DTMFDescriptor':
      return { kind: 'dtmf', preroll: numberOf(node, 'preroll', 0), chars: textOf(node, 'chars') ?? '' }
    case 'SegmentationDescriptor':
      return segmentationOfNode(node)
    case 'TimeDescriptor':
      return {
        kind: 'time',
        taiSeconds: numberOf(node, 'taiSeconds', 0),
        taiNs: numberOf(node, 'taiNs', 0),
        utcOffset: numberOf(node, 'utcOffset', 0),
      }
    case 'AudioDescriptor':
      return {
        kind: 'audio',
        channels: childrenNamed(node, 'AudioChannel').map((one) => ({
          tag: numberOf(one, 'componentTag', 0xff),
          language: textOf(one, 'ISOCode') ?? '',
          bitStreamMode: numberOf(one, 'BitStreamMode'),
          numChannels: numberOf(one, 'NumChannels'),
          fullService: flagOf(one, 'FullSrvcAudio', false),
        })),
      }
    case 'PrivateDescriptor':
      return {
        kind: 'private',
        tag: numberOf(node, 'descriptorTag'),
        identifier: numberOf(node, 'identifier'),
        bytes: privateBytesOf(node),
      }
    default:
      return undefined
  }
}

/** The bytes of a private command or descriptor. */
export function privateBytesOf(node: XmlNode): Uint8Array {
  const bytes = childNamed(node, 'PrivateBytes')
  return bytes ? hexBytes(contentOf(bytes), 'PrivateBytes') : new Uint8Array(0)
}
