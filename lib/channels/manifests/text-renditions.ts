/**
 * What playlists say of WebVTT tracks: a multivariant one says language and name of each playlist of subtitles, and that
 * one which segments are its own. They come again with each segment, in any order, and before the channel has begun.
 */
import { HeadendError } from '../../errors.ts'
import { readPlaylist } from '../../formats/hls/index.ts'
import { bcp47 } from '../../packaging/index.ts'
import { sha256Hex } from '../../platform/crypto/digest.ts'
import type { FeedObject, FeedPorts } from '../ingest/ports.ts'
import { streamOf } from '../ingest/stream-name.ts'
import { saidOf, textStream } from '../ingest/text-facts.ts'
import type { HeadRow } from '../live/store.ts'
import type { SeenCues } from './seen-cues.ts'
import { segmentPath } from './segment-start.ts'

/** What it is done with. */
export interface TextPorts extends Pick<FeedPorts, 'channel'> {
  readonly live: FeedPorts['live']
  readonly seen: SeenCues
}

/** Renditions of one playlist, each a row. */
const maxRenditions = 100
/** Segments of subtitles have one name each, and the last ones will do. */
const tailChars = 16_384
const segmentForm = /^([^#\s]\S*\.(?:vtt|webvtt)(?:\?\S*)?)\s*$/im

/** Keeps what a playlist says, once in the life of a function; tells the head, if it knows the track already. */
export async function takeTextRenditions(ports: TextPorts, object: FeedObject, text: string): Promise<void> {
  const said = await saidBy(ports, object, text)
  if (said.length === 0) return
  const key = sha256Hex(`${object.channelId} texts ${said.flat().join(' ')}`)
  if (ports.seen.isDone(key)) return
  const id = `live/${object.channelId}`
  for (const [name, value] of said) await ports.live.putSaid(id, name, value)
  const row = await ports.live.head(id)
  const told = row && withSaid(row, await ports.live.said(id))
  // Who was first with the head leaves it to the next playlist.
  if (told && told !== row && !(await ports.live.putHead({ ...told, revision: row.revision + 1 }))) return
  ports.seen.done(key)
}

type Said = readonly [name: string, value: string]

async function saidBy(
  { channel }: TextPorts,
  { channelId, path }: FeedObject,
  text: string,
): Promise<readonly Said[]> {
  const feed = `live/${channelId}`
  if (text.includes('TYPE=SUBTITLES')) {
    const playlist = readPlaylist(text)
    if (playlist.kind !== 'multivariant') return []
    return playlist.multivariant.media
      .map(({ facts }) => facts)
      .filter(({ type }) => type === 'SUBTITLES')
      .slice(0, maxRenditions)
      .flatMap(({ uri, language, name, forced, characteristics = [] }): Said[] => {
        const own = uri === undefined ? undefined : pathOf(feed, path, uri)
        if (own === undefined) return []
        const isCaption = characteristics.some((one) => one.startsWith('public.accessibility.transcribes'))
        const role = forced ? 'forced-subtitle' : isCaption ? 'caption' : 'subtitle'
        const tag = bcp47(language)
        return [[`playlist/${own}`, JSON.stringify({ ...(tag && { language: tag }), name, roles: [role] })]]
      })
  }
  const [, uri] = segmentForm.exec(text.slice(-tailChars)) ?? []
  const segment = uri === undefined ? undefined : pathOf(feed, path, uri)
  if (segment === undefined) return []
  const pipelines = (await channel(channelId))?.pipelines
  return [[`stream/${streamOf(segment, pipelines)}`, path]]
}

/** Undefined for one that is not of this feed. */
function pathOf(feed: string, playlistPath: string, uri: string): string | undefined {
  try {
    return segmentPath(feed, playlistPath, uri)
  } catch (error) {
    if (error instanceof HeadendError) return undefined
    throw error
  }
}

/** The head with what is said of the WebVTT tracks that it has; the same one if it says so already. */
function withSaid(row: HeadRow, said: ReadonlyMap<string, string>): HeadRow {
  let changed = false
  const facts = new Map(
    Object.entries(row.streams).flatMap(([stream, trackId]) => {
      const own = stream.endsWith(textStream) ? saidOf(said, stream.slice(0, -textStream.length)) : undefined
      return own ? [[trackId, own] as const] : []
    }),
  )
  const tracks = row.head.tracks.map((track) => {
    const own = facts.get(track.id)
    if (!own || (own.language === track.language && own.name === track.name)) return track
    changed = true
    return { ...track, ...own }
  })
  return changed ? { ...row, head: { ...row.head, tracks } } : row
}
