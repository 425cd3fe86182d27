/** ESDBox and the descriptors in it (ISO/IEC 14496-14 6.7.2, ISO/IEC 14496-1 7.2.6). */
import { type Box, versionAndFlags } from './box.ts'
import type { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'

/** The parsed fields of the elementary stream descriptor. */
export interface ElementaryStream {
  /** objectTypeIndication: 0x40 is MPEG-4 audio, 0x6b MP3. */
  readonly objectType: number
  /** Decoder buffer size, maximum and average bit rate, unparsed. */
  readonly rates: Uint8Array
  /** DecoderSpecificInfo, an AudioSpecificConfig for MPEG-4 audio; empty if absent. */
  readonly specific: Uint8Array
}

const esTag = 3
const decoderConfigTag = 4
const specificTag = 5
const syncLayerTag = 6
const ratesBytes = 3 + 4 + 4

/** Reads it. */
export function readEsds({ body }: Box): ElementaryStream {
  versionAndFlags(body)
  // Truncation after the decoder's configuration does no harm.
  descriptorLength(body, esTag)
  body.skip(2)
  const flags = body.u8()
  if (flags & 0x80) body.skip(2)
  if (flags & 0x40) body.skip(body.u8())
  if (flags & 0x20) body.skip(2)
  const end = descriptor(body, decoderConfigTag) + body.position
  const objectType = body.u8()
  // Stream type.
  body.skip(1)
  const rates = body.take(ratesBytes)
  if (body.position >= end) return { objectType, rates, specific: new Uint8Array(0) }
  return { objectType, rates, specific: body.take(descriptor(body, specificTag)) }
}

/** Writes it in CMAF form (ISO/IEC 23000-19 10.3.4.2): its ES_ID is 0, and it depends on no other stream. */
export function writeEsds(to: ByteWriter, { objectType, rates, specific }: ElementaryStream): void {
  const specificBytes = specific.length > 0 ? describedBytes(specific.length) : 0
  const decoderBytes = 2 + ratesBytes + specificBytes
  to.fullBox('esds', 0, 0, () => {
    writeDescriptor(to, esTag, 3 + describedBytes(decoderBytes) + describedBytes(1))
    to.zeros(2 + 1)
    writeDescriptor(to, decoderConfigTag, decoderBytes)
    to.u8(objectType)
    // Stream type 5 is audio; the lowest bit is reserved and set.
    to.u8((5 << 2) | 1)
    to.bytes(rates)
    if (specific.length > 0) {
      writeDescriptor(to, specificTag, specific.length)
      to.bytes(specific)
    }
    writeDescriptor(to, syncLayerTag, 1)
    // Predefined for MP4 files.
    to.u8(2)
  })
}

/** For an unknown buffer size and unknown bit rates. */
export const unknownRates = new Uint8Array(ratesBytes)

/** The length of a descriptor with its tag and length field. */
const describedBytes = (length: number): number => 1 + lengthBytes(length) + length

const lengthBytes = (length: number): number =>
  length < 2 ** 7 ? 1 : length < 2 ** 14 ? 2 : length < 2 ** 21 ? 3 : 4

function writeDescriptor(to: ByteWriter, tag: number, length: number): void {
  to.u8(tag)
  for (let left = lengthBytes(length) - 1; left >= 0; left--)
    to.u8(((length >> (7 * left)) & 127) | (left > 0 ? 128 : 0))
}

/** Reads tag and length, which must fit the data. */
function descriptor(body: ByteReader, expected: number): number {
  const length = descriptorLength(body, expected)
  if (length > body.left)
    body.fail('MP4_BOX_TRUNCATED', `descriptor ${expected} of ${length} bytes declared, ${body.left} left`)
  return length
}

/** Reads tag and length; the length has seven bits a byte, in at most four bytes. */
function descriptorLength(body: ByteReader, expected: number): number {
  const tag = body.u8()
  if (tag !== expected) body.fail('MP4_DESCRIPTOR_TAG', `expected descriptor ${expected}, got ${tag}`)
  let length = 0
  for (let i = 0; i < 4; i++) {
    const byte = body.u8()
    length = length * 128 + (byte & 127)
    if (byte < 128) break
  }
  return length
}
