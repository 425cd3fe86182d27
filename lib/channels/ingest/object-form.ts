/** What an object of a feed is, told by its bytes. */
import { ByteReader, boxes } from '../../formats/isobmff/index.ts'
import { isTransportStream } from '../../packaging/index.ts'
import type { FeedObject } from './ports.ts'

/** `whole`: a segment behind its init segment. */
export type ObjectForm = 'init' | 'segment' | 'whole' | 'transport stream' | 'webvtt' | 'other'

/** What files and segments begin with (ISO/IEC 14496-12 4.3, 8.16; ISO/IEC 23000-19 7.3). */
const fileBoxes = new Set(
  'ftyp styp moov moof mdat sidx ssix emsg prft pdin free skip meta uuid wide'.split(' '),
)

/** Tells it; throws the reader's error where boxes do not fill it. */
export function objectForm({ path, bytes }: Pick<FeedObject, 'path' | 'bytes'>): ObjectForm {
  if (isTransportStream(bytes)) return 'transport stream'
  if (isWebVtt(bytes)) return 'webvtt'
  if (!beginsAsBox(bytes)) return 'other'
  const types = new Set([...boxes(new ByteReader(bytes, 0, path))].map(({ type }) => type))
  if (types.has('moof')) return types.has('moov') ? 'whole' : 'segment'
  return types.has('moov') ? 'init' : 'other'
}

/** A picture or a page reads as a box that breaks off: its encoder would be told to mend what is none. */
function beginsAsBox(bytes: Uint8Array): boolean {
  if (bytes.length < 8) return true
  const { buffer, byteOffset, length } = bytes
  const head = Buffer.from(buffer, byteOffset, 8)
  return fileBoxes.has(head.toString('latin1', 4)) || head.readUInt32BE(0) <= length
}

/** Its first bytes, behind a byte order mark or not (W3C WebVTT 4.1). */
function isWebVtt(bytes: Uint8Array): boolean {
  const from = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  return Buffer.from(bytes.subarray(from, from + 6)).toString('latin1') === 'WEBVTT'
}
