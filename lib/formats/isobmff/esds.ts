/** ESDBox and the descriptors within (ISO/IEC 14496-14 6.7.2, ISO/IEC 14496-1 7.2.6). */
import { type Box, versionAndFlags } from './box.ts'
import type { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'

/** What of the elementary stream descriptor matters; the box itself is handed on as it stands. */
export interface ElementaryStream {
  /** objectTypeIndication: 0x40 is MPEG-4 audio, 0x6b MP3. */
  readonly objectType: number
  /** DecoderSpecificInfo, an AudioSpecificConfig for MPEG-4 audio; empty where there is none. */
  readonly specific: Uint8Array
}

const esTag = 3
const decoderConfigTag = 4
const specificTag = 5
const syncLayerTag = 6

/** Reads it. */
export function readEsds({ body }: Box): ElementaryStream {
  versionAndFlags(body)
  descriptor(body, esTag)
  body.skip(2)
  const flags = body.u8()
  if (flags & 0x80) body.skip(2)
  if (flags & 0x40) body.skip(body.u8())
  if (flags & 0x20) body.skip(2)
  const end = descriptor(body, decoderConfigTag) + body.position
  const objectType = body.u8()
  body.skip(12)
  if (body.position >= end) return { objectType, specific: new Uint8Array(0) }
  return { objectType, specific: body.take(descriptor(body, specificTag)) }
}

/** Writes one for sound that needs no configuration. */
export function writeEsds(to: ByteWriter, objectType: number): void {
  to.fullBox('esds', 0, 0, () => {
    to.u8(esTag)
    to.u8(3 + 2 + 13 + 2 + 1)
    // In a file the stream has no number of its own (ISO/IEC 14496-14 4.1.2).
    to.zeros(2 + 1)
    to.u8(decoderConfigTag)
    to.u8(13)
    to.u8(objectType)
    // Stream type 5 is audio; the lowest bit is reserved and set.
    to.u8((5 << 2) | 1)
    to.zeros(3 + 4 + 4)
    to.u8(syncLayerTag)
    to.u8(1)
    // Predefined for MP4 files.
    to.u8(2)
  })
}

/** Reads tag and length; the length has seven bits a byte, in at most four bytes. */
function descriptor(body: ByteReader, expected: number): number {
  const tag = body.u8()
  if (tag !== expected) body.fail('MP4_DESCRIPTOR_TAG', `expected descriptor ${expected}, got ${tag}`)
  let length = 0
  for (let i = 0; i < 4; i++) {
    const byte = body.u8()
    length = length * 128 + (byte & 127)
    if (byte < 128) break
  }
  if (length > body.left)
    body.fail('MP4_BOX_TRUNCATED', `descriptor ${tag} of ${length} bytes declared, ${body.left} left`)
  return length
}
