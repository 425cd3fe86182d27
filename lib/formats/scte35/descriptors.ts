/** The splice descriptors of a section (SCTE 35 10). */
import { HeadendError } from '../../errors.ts'
import { FieldReader, FieldWriter, withinBounds } from './fields.ts'
import { readSegmentation, type SegmentationDescriptor, writeSegmentation } from './segmentation.ts'
import { readSmall, type SmallDescriptor, writeSmall } from './small-descriptors.ts'

/** What a section says beside its command. */
export type SpliceDescriptor =
  | SmallDescriptor
  | SegmentationDescriptor
  | PrivateDescriptor
  | UnreadableDescriptor

/** A descriptor of another identifier than CUEI, or of a tag nobody defined, its bytes as they are. */
export interface PrivateDescriptor {
  readonly kind: 'private'
  readonly tag: number
  readonly identifier: number
  /** What follows the identifier. */
  readonly bytes: Uint8Array
}

/** A descriptor whose content is not what its tag says: nothing of it is guessed. */
export interface UnreadableDescriptor {
  readonly kind: 'unreadable'
  readonly tag: number
  /** The whole content, the identifier with it. */
  readonly bytes: Uint8Array
  readonly problem: string
}

/** `CUEI`, the identifier of the standard's own descriptors. */
export const CUEI = 0x43554549

/** splice_descriptor_tag of those. */
export const DESCRIPTOR_TAG = { avail: 0, dtmf: 1, segmentation: 2, time: 3, audio: 4 } as const

/** Reads the descriptor loop; throws SCTE35_TRUNCATED if a descriptor does not end within it. */
export function readDescriptors(loop: Uint8Array): SpliceDescriptor[] {
  const bits = new FieldReader(loop, 'descriptor loop')
  const descriptors: SpliceDescriptor[] = []
  while (bits.leftBytes > 0)
    descriptors.push(
      withinBounds('SCTE35_TRUNCATED', 'a descriptor', () =>
        readDescriptor(bits.bits(8), bits.bytes(bits.bits(8))),
      ),
    )
  return descriptors
}

/** The bytes of the descriptor loop. */
export function writeDescriptors(descriptors: readonly SpliceDescriptor[]): Uint8Array {
  const out = new FieldWriter()
  for (const descriptor of descriptors) {
    const content = contentOf(descriptor)
    out.bits(descriptorTagOf(descriptor), 8, 'tag')
    out.bits(content.length, 8, 'length of a descriptor')
    out.bytes(content)
  }
  return out.written
}

/** The splice_descriptor_tag of a descriptor. */
export function descriptorTagOf(descriptor: SpliceDescriptor): number {
  return 'tag' in descriptor ? descriptor.tag : DESCRIPTOR_TAG[descriptor.kind]
}

function readDescriptor(tag: number, bytes: Uint8Array): SpliceDescriptor {
  if (bytes.length < 4)
    return { kind: 'unreadable', tag, bytes, problem: `expected an identifier, got ${bytes.length} bytes` }
  const bits = new FieldReader(bytes, `descriptor ${tag}`)
  try {
    return withinBounds('SCTE35_TRUNCATED', 'the descriptor', () => readContent(tag, bits))
  } catch (error) {
    if (!(error instanceof HeadendError)) throw error
    return { kind: 'unreadable', tag, bytes, problem: error.message }
  }
}

function readContent(tag: number, bits: FieldReader): SpliceDescriptor {
  const identifier = bits.bits(32)
  if (identifier === CUEI) {
    const known = tag === DESCRIPTOR_TAG.segmentation ? readSegmentation(bits) : readSmall(tag, bits)
    if (known) return { ...known, ...bits.rest() }
  }
  return { kind: 'private', tag, identifier, bytes: bits.bytes(bits.leftBytes) }
}

function contentOf(descriptor: SpliceDescriptor): Uint8Array {
  if (descriptor.kind === 'unreadable') return descriptor.bytes
  const out = new FieldWriter()
  if (descriptor.kind === 'private') {
    out.bits(descriptor.identifier, 32, 'identifier')
    out.bytes(descriptor.bytes)
    return out.written
  }
  out.bits(CUEI, 32, 'identifier')
  if (descriptor.kind === 'segmentation') writeSegmentation(out, descriptor)
  else writeSmall(out, descriptor)
  out.bytes(descriptor.rest)
  return out.written
}
