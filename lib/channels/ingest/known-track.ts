/** Which track of a channel a stream of its feed is, when it comes under another name than before as well. */
import type { FeedTrack } from '../../packaging/index.ts'
import type { HeadRow } from '../live/store.ts'

/** Its id; undefined if it is none of those that are known. */
export const knownTrack = (row: HeadRow, stream: string, track: FeedTrack): string | undefined =>
  row.streams[stream] ?? firstOfKind(row, stream, track) ?? twinOf(row, track)

/**
 * The first of its kind is the same track whether others are beside it or not: an encoder that restarts without its audio
 * goes on with the video it had.
 */
function firstOfKind({ head, streams }: HeadRow, stream: string, { type, part }: FeedTrack) {
  const first = `#${type}1`
  const other = part === '' ? stream + first : part === first ? stream.slice(0, -part.length) : undefined
  const id = other === undefined ? undefined : streams[other]
  return head.tracks.find((one) => one.id === id && one.type === type)?.id
}

/**
 * The track that already has the same audio: transport streams bring it anew beside each quality of the video, where it
 * stands at the same place with the same setup.
 */
function twinOf({ head, streams }: HeadRow, { type, part, language, config }: FeedTrack): string | undefined {
  if (type !== 'audio' || part === '') return undefined
  const ids = new Set(Object.entries(streams).flatMap(([name, id]) => (name.endsWith(part) ? [id] : [])))
  return head.tracks.find(
    (one) => ids.has(one.id) && one.language === language && one.configs.some(({ id }) => id === config.id),
  )?.id
}
