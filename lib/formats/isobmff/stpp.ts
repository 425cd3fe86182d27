/** XMLSubtitleSampleEntry `stpp` (ISO/IEC 14496-12 12.6.3): TTML and its profile. */
import { type Box, boxes, versionAndFlags } from './box.ts'
import { readBoxString, readString } from './box-string.ts'
import type { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'

/** The content of the entry. */
export interface StppEntry {
  readonly dataReference: number
  /** URIs, separated by one space. */
  readonly namespace: string
  readonly schemaLocation: string
  /** Media types of images and fonts in the samples. */
  readonly auxiliaryTypes: string
  /** From its MIMEBox (ISO/IEC 14496-12 12.3.3.2): `application/ttml+xml;codecs=im1t`. */
  readonly mediaType?: string
}

/** Reads it. */
export function readStpp({ body }: Box): StppEntry {
  body.skip(6)
  const dataReference = body.u16()
  const [namespace, schemaLocation] = [readString(body), readString(body)]
  // Early writers omitted the third string if it is empty.
  const auxiliaryTypes = startsBox(body) ? '' : readString(body)
  let mediaType: string | undefined
  for (const { type, body: content } of boxes(body)) {
    if (type !== 'mime') continue
    versionAndFlags(content)
    mediaType = readBoxString(content)
  }
  return {
    dataReference,
    namespace,
    schemaLocation,
    auxiliaryTypes,
    ...(mediaType !== undefined && { mediaType }),
  }
}

/** True if a box follows: four characters of text, or a zero and three more, would be no valid size. */
function startsBox(body: ByteReader): boolean {
  const from = body.position
  const size = body.left < 8 ? 0 : body.u32()
  body.position = from
  return size >= 8 && size <= body.left
}

/** Writes it; its samples are in the same file. */
export function writeStpp(to: ByteWriter, entry: Omit<StppEntry, 'dataReference'>): void {
  const text = (value: string): void => {
    to.bytes(new TextEncoder().encode(value))
    to.u8(0)
  }
  to.box('stpp', () => {
    to.zeros(6)
    to.u16(1)
    text(entry.namespace)
    text(entry.schemaLocation)
    text(entry.auxiliaryTypes)
    const { mediaType } = entry
    if (mediaType !== undefined) to.fullBox('mime', 0, 0, () => text(mediaType))
  })
}
