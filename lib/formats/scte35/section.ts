/** splice_info_section() (SCTE 35 9.6): read and written so that what is read comes back byte for byte. */
import { HeadendError } from '../../errors.ts'
import { crc32Mpeg } from '../crc32.ts'
import { hexText } from '../uuid.ts'
import {
  commandTypeOf,
  readCommand,
  readCommandOfUnknownLength,
  type SpliceCommand,
  writeCommand,
} from './command.ts'
import { readDescriptors, type SpliceDescriptor, writeDescriptors } from './descriptors.ts'
import { FieldReader, FieldWriter, withinBounds } from './fields.ts'

/** A section, in the clear or encrypted. */
export interface SpliceInfoSection {
  /** Kind of access point at the splice; 3 if it is not said. */
  readonly sapType: number
  /** private_indicator, which the standard wants cleared. */
  readonly privateIndicator: boolean
  readonly protocolVersion: number
  readonly encryptionAlgorithm: number
  /** Added to every pts of the section, modulo 2^33. */
  readonly ptsAdjustment: number
  /** Which control word decrypts it. */
  readonly cwIndex: number
  /** Authorisation tier; 0xFFF is for everybody. */
  readonly tier: number
  readonly content: ClearContent | EncryptedContent
}

/** What a section says. */
export interface ClearContent {
  readonly kind: 'clear'
  readonly command: SpliceCommand
  /** splice_command_length is 0xFFF, as in the standard's first editions. */
  readonly hasLegacyLength: boolean
  readonly descriptors: readonly SpliceDescriptor[]
  /** Between the descriptors and the CRC, usually empty. */
  readonly stuffing: Uint8Array
}

/** The encrypted part, from splice_command_type to E_CRC_32, as it is. */
export interface EncryptedContent {
  readonly kind: 'encrypted'
  readonly commandLength: number
  readonly bytes: Uint8Array
}

const TABLE_ID = 0xfc
const LEGACY_LENGTH = 0xfff
const CRC_BYTES = 4

/** Reads one section; what follows it may be the 0xFF of a transport stream's packet. */
export function readSpliceInfoSection(bytes: Uint8Array): SpliceInfoSection {
  const section = oneSection(bytes)
  const crc = crc32Mpeg(section)
  if (crc !== 0) {
    const [said, computed] = [section.subarray(-CRC_BYTES), crc32Mpeg(section.subarray(0, -CRC_BYTES))]
    const expected = computed.toString(16).padStart(8, '0')
    throw new HeadendError('SCTE35_CRC', `section: expected CRC_32 ${expected}, got ${hexText(said)}`)
  }
  return withinBounds('SCTE35_TRUNCATED', 'the section', () =>
    readSection(new FieldReader(section.subarray(0, -CRC_BYTES), 'section')),
  )
}

/** The bytes of a section with their checksum; throws SCTE35_VALUE if a value has no place in its field. */
export function writeSpliceInfoSection(section: SpliceInfoSection): Uint8Array {
  const out = new FieldWriter()
  const { content } = section
  out.bits(section.protocolVersion, 8, 'protocolVersion')
  out.flag(content.kind === 'encrypted')
  out.bits(section.encryptionAlgorithm, 6, 'encryptionAlgorithm')
  out.bits(section.ptsAdjustment, 33, 'ptsAdjustment')
  out.bits(section.cwIndex, 8, 'cwIndex')
  out.bits(section.tier, 12, 'tier')
  if (content.kind === 'encrypted') {
    out.bits(content.commandLength, 12, 'commandLength')
    out.bytes(content.bytes)
  } else writeClear(out, content)
  const head = new FieldWriter()
  head.bits(TABLE_ID, 8, 'table_id')
  head.flag(false)
  head.flag(section.privateIndicator)
  head.bits(section.sapType, 2, 'sapType')
  head.bits(out.written.length + CRC_BYTES, 12, 'section_length')
  head.bytes(out.written)
  head.bits(crc32Mpeg(head.written), 32, 'CRC_32')
  return head.written
}

/** The section alone, as far as its head says. */
function oneSection(bytes: Uint8Array): Uint8Array {
  const [tableId, flags = 0, low = 0] = bytes
  if (bytes.length > 0 && (tableId !== TABLE_ID || flags >= 0x80))
    throw new HeadendError(
      'SCTE35_NOT_A_SECTION',
      `section: expected table_id fc and a short head, got ${hexText(bytes.subarray(0, 2))}`,
    )
  const length = 3 + (((flags & 0xf) << 8) | low)
  if (bytes.length < 3 || bytes.length < length)
    throw new HeadendError('SCTE35_TRUNCATED', `section: expected ${length} bytes, got ${bytes.length}`)
  const behind = bytes.subarray(length)
  if (behind.some((byte) => byte !== 0xff))
    throw new HeadendError(
      'SCTE35_NOT_A_SECTION',
      `section: expected one of ${length} bytes, got ${behind.length} more behind it`,
    )
  return bytes.subarray(0, length)
}

function readSection(bits: FieldReader): SpliceInfoSection {
  bits.bits(9)
  const head = { privateIndicator: bits.flag(), sapType: bits.bits(2) }
  bits.bits(12)
  const protocolVersion = bits.bits(8)
  const isEncrypted = bits.flag()
  return {
    ...head,
    protocolVersion,
    encryptionAlgorithm: bits.bits(6),
    ptsAdjustment: bits.bits(33),
    cwIndex: bits.bits(8),
    tier: bits.bits(12),
    content: isEncrypted
      ? { kind: 'encrypted', commandLength: bits.bits(12), bytes: bits.bytes(bits.leftBytes) }
      : readClear(bits),
  }
}

function readClear(bits: FieldReader): ClearContent {
  const length = bits.bits(12)
  const type = bits.bits(8)
  const hasLegacyLength = length === LEGACY_LENGTH
  return {
    kind: 'clear',
    command: hasLegacyLength ? readCommandOfUnknownLength(type, bits) : readCommand(type, bits.bytes(length)),
    hasLegacyLength,
    descriptors: readDescriptors(bits.bytes(bits.bits(16))),
    stuffing: bits.bytes(bits.leftBytes),
  }
}

function writeClear(
  out: FieldWriter,
  { command, hasLegacyLength, descriptors, stuffing }: ClearContent,
): void {
  const bytes = writeCommand(command)
  const loop = writeDescriptors(descriptors)
  out.bits(hasLegacyLength ? LEGACY_LENGTH : bytes.length, 12, 'length of the command')
  out.bits(commandTypeOf(command), 8, 'commandType')
  out.bytes(bytes)
  out.bits(loop.length, 16, 'length of the descriptors')
  out.bytes(loop)
  out.bytes(stuffing)
}
