/** The descriptors of avails, DTMF tones, time and audio (SCTE 35 10.3.1, 10.3.2, 10.3.4, 10.3.5). */
import { latin1Bytes, latin1Text } from './bytes.ts'
import type { FieldReader, FieldWriter, Reserved, Rest } from './fields.ts'

/** One of those with few fields. */
export type SmallDescriptor = AvailDescriptor | DtmfDescriptor | TimeDescriptor | AudioDescriptor

/** Names an avail to who places ads in it. */
export interface AvailDescriptor extends Rest {
  readonly kind: 'avail'
  readonly providerAvailId: number
}

/** Tones for analogue equipment, the last of them `preroll` tenths of a second before the splice. */
export interface DtmfDescriptor extends Reserved, Rest {
  readonly kind: 'dtmf'
  readonly preroll: number
  /** At most seven of 0-9, * and #. */
  readonly chars: string
}

/** The time of the wall clock at the signal: TAI, and how far UTC is behind it in seconds. */
export interface TimeDescriptor extends Rest {
  readonly kind: 'time'
  readonly taiSeconds: number
  readonly taiNs: number
  readonly utcOffset: number
}

/** The audio that the programme has from here on. */
export interface AudioDescriptor extends Reserved, Rest {
  readonly kind: 'audio'
  /** At most 15. */
  readonly channels: readonly AudioChannel[]
}

/** One audio component. */
export interface AudioChannel {
  /** Component tag, or 0xFF where the order of the PMT counts. */
  readonly tag: number
  /** ISO 639-2. */
  readonly language: string
  /** bsmod of AC-3 (ATSC A/52 Table 5.7). */
  readonly bitStreamMode: number
  readonly numChannels: number
  /** Complete by itself, without another component mixed in. */
  readonly fullService: boolean
}

/** Reads what follows the identifier; undefined if the tag is of none of these. */
export function readSmall(tag: number, bits: FieldReader): SmallDescriptor | undefined {
  switch (tag) {
    case 0:
      return { kind: 'avail', providerAvailId: bits.bits(32) }
    case 1:
      return readDtmf(bits)
    case 3:
      return { kind: 'time', taiSeconds: bits.bits(48), taiNs: bits.bits(32), utcOffset: bits.bits(16) }
    case 4:
      return readAudio(bits)
    default:
      return undefined
  }
}

/** Writes the same. */
export function writeSmall(out: FieldWriter, descriptor: SmallDescriptor): void {
  switch (descriptor.kind) {
    case 'avail':
      out.bits(descriptor.providerAvailId, 32, 'providerAvailId')
      break
    case 'dtmf':
      out.bits(descriptor.preroll, 8, 'preroll')
      out.bits(descriptor.chars.length, 3, 'number of chars')
      out.reserved(5, descriptor)
      out.bytes(latin1Bytes(descriptor.chars, 'chars'))
      break
    case 'time':
      out.bits(descriptor.taiSeconds, 48, 'taiSeconds')
      out.bits(descriptor.taiNs, 32, 'taiNs')
      out.bits(descriptor.utcOffset, 16, 'utcOffset')
      break
    case 'audio':
      writeAudio(out, descriptor)
  }
}

function readDtmf(bits: FieldReader): DtmfDescriptor {
  const preroll = bits.bits(8)
  const count = bits.bits(3)
  return { kind: 'dtmf', preroll, ...bits.reserved(5), chars: latin1Text(bits.bytes(count)) }
}

function readAudio(bits: FieldReader): AudioDescriptor {
  const count = bits.bits(4)
  const reserved = bits.reserved(4)
  const channels: AudioChannel[] = []
  while (channels.length < count)
    channels.push({
      tag: bits.bits(8),
      language: latin1Text(bits.bytes(3)),
      bitStreamMode: bits.bits(3),
      numChannels: bits.bits(4),
      fullService: bits.flag(),
    })
  return { kind: 'audio', ...reserved, channels }
}

function writeAudio(out: FieldWriter, descriptor: AudioDescriptor): void {
  out.bits(descriptor.channels.length, 4, 'number of channels')
  out.reserved(4, descriptor)
  for (const channel of descriptor.channels) {
    out.bits(channel.tag, 8, 'channels.tag')
    out.bytes(latin1Bytes(channel.language, 'channels.language', 3))
    out.bits(channel.bitStreamMode, 3, 'channels.bitStreamMode')
    out.bits(channel.numChannels, 4, 'channels.numChannels')
    out.flag(channel.fullService)
  }
}
