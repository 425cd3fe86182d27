/** What an object of a feed is, told by its bytes. */
import { ByteReader, boxes } from '../../formats/isobmff/index.ts'
import { isTransportStream } from '../../packaging/index.ts'
import type { FeedObject } from './ports.ts'

/** `whole`: a segment behind its init segment. */
export type ObjectForm = 'init' | 'segment' | 'whole' | 'transport stream' | 'other'

/** Tells it; throws the reader's error where boxes do not fill it. */
export function objectForm({ path, bytes }: Pick<FeedObject, 'path' | 'bytes'>): ObjectForm {
  if (isTransportStream(bytes)) return 'transport stream'
  const types = new Set([...boxes(new ByteReader(bytes, 0, path))].map(({ type }) => type))
  if (types.has('moof')) return types.has('moov') ? 'whole' : 'segment'
  return types.has('moov') ? 'init' : 'other'
}
