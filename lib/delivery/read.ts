/** Reading timelines for manifests, over whatever can fetch an object and an index row. */
import type { Published } from '../assets/published/index.ts'
import { Cache } from '../platform/cache.ts'
import {
  decodeHead,
  decodePage,
  decodeTimeline,
  partsOf,
  type TimelinePage,
  timelinePrefix,
} from '../timeline/stored.ts'
import type { Timeline, Track } from '../timeline/timeline.ts'

/** What holds of a timeline now. */
export type CurrentTimeline = Published

/** The two look-ups a manifest needs. */
export interface TimelineReader {
  /** What was last published of a timeline; undefined where nothing was. */
  current(timelineId: string): Promise<CurrentTimeline | undefined>
  /** Text of an object in the media bucket; undefined where there is none. */
  object(key: string): Promise<string | undefined>
}

/** What to read. */
export interface TimelineQuery {
  readonly timelineId: string
  readonly version: string
  /** Tracks whose segments are needed; all where absent. */
  readonly trackIds?: readonly string[]
  /** Leaves out the segments of key frames, of which there may be many: for who only names their playlist. */
  readonly playedOnly?: boolean
}

/** A timeline as far as it was read, and what its head says of the whole. */
export interface ReadTimeline {
  readonly timeline: Timeline
  /** All tracks, with the segments the first page has. */
  readonly opening: () => readonly Track[]
  /** A track, whether or not its segments were asked for, with those in the pages that were read. */
  readonly track: (trackId: string) => Track | undefined
  readonly targetSeconds?: number
}

/** One version of a timeline with the pages the query needs; undefined where it does not exist. */
export async function readTimeline(
  reader: TimelineReader,
  query: TimelineQuery,
): Promise<ReadTimeline | undefined> {
  const prefix = timelinePrefix(query.timelineId, query.version)
  const text = await reader.object(`${prefix}timeline.json`)
  if (text === undefined) return undefined
  const head = decodeHead(text)
  const played = head.tracks.filter(({ trickOf }) => trickOf === undefined).map(({ id }) => id)
  const trackIds = query.trackIds ?? (query.playedOnly ? played : undefined)
  const pages = new Set(head.pages.map(({ name }) => name))
  const parts = await Promise.all(
    partsOf(head, trackIds).map(async (name) => {
      const part = await reader.object(prefix + name)
      const isPage = part !== undefined && pages.has(name)
      return [name, isPage ? await pageOf(reader, prefix + name, part) : part] as const
    }),
  )
  const known = new Map(parts.flatMap(([name, part]) => (part === undefined ? [] : [[name, part]])))
  const { targetSeconds } = head
  return {
    timeline: decodeTimeline(head, known, trackIds),
    opening: () => decodeTimeline({ ...head, pages: head.pages.slice(0, 1) }, known).tracks,
    track: (trackId) => decodeTimeline(head, known, [trackId]).tracks.find(({ id }) => id === trackId),
    ...(targetSeconds !== undefined && { targetSeconds }),
  }
}

interface KeptPage {
  readonly text: string
  readonly page: TimelinePage
}

/** Pages a warm environment has decoded. */
const decodedPages = new WeakMap<TimelineReader, Cache<KeptPage>>()

/** Two days of pictures and sound with a key frame each second are 2.2 million, and take 33 MB decoded. */
const maxCharacters = 4 * 2 ** 20

/** A page never changes under its name; that the text is the same is asked all the same. */
async function pageOf(reader: TimelineReader, key: string, text: string): Promise<TimelinePage> {
  const cache = decodedPages.get(reader) ?? new Cache({ maxWeight: maxCharacters })
  decodedPages.set(reader, cache)
  const decode = async () => ({ value: { text, page: decodePage(key, text) }, weight: text.length })
  const kept = await cache.get(key, decode)
  if (kept.text === text) return kept.page
  cache.delete(key)
  return (await cache.get(key, decode)).page
}
