/** Reads timelines for manifests, from any source of objects and index rows. */
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

/** The published version and the protection state of a timeline. */
export type CurrentTimeline = Published

/** The two look-ups a manifest needs. */
export interface TimelineReader {
  /** The current publication of a timeline; undefined if there is none. */
  current(timelineId: string): Promise<CurrentTimeline | undefined>
  /** Text of an object in the media bucket; undefined if it does not exist. */
  object(key: string): Promise<string | undefined>
}

/** The parts of a timeline to read. */
export interface TimelineQuery {
  readonly timelineId: string
  readonly version: string
  /** Tracks whose segments are needed; absent: all. */
  readonly trackIds?: readonly string[]
  /**
   * Skips the segments of trick play tracks, of which there may be many, for callers that only name their playlists.
   */
  readonly playedOnly?: boolean
}

/** The parts of a timeline that were read, and the facts of the whole from its head. */
export interface ReadTimeline {
  readonly timeline: Timeline
  /** All tracks, with the segments of the first page. */
  readonly opening: () => readonly Track[]
  /** A track with its segments from the pages read, whether or not they were requested. */
  readonly track: (trackId: string) => Track | undefined
  readonly targetSeconds?: number
}

/** One version of a timeline with the pages the query needs; undefined if it does not exist. */
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

/** Decoded pages cached in a warm environment. */
const decodedPages = new WeakMap<TimelineReader, Cache<KeptPage>>()

/** Two days of video and audio with a key frame each second take 2.2 million characters, and 33 MB decoded. */
const maxCharacters = 4 * 2 ** 20

/** A page is immutable under its name; the text is compared all the same. */
async function pageOf(reader: TimelineReader, key: string, text: string): Promise<TimelinePage> {
  const cache = decodedPages.get(reader) ?? new Cache({ maxWeight: maxCharacters })
  decodedPages.set(reader, cache)
  const decode = async () => ({ value: { text, page: decodePage(key, text) }, weight: text.length })
  const kept = await cache.get(key, decode)
  if (kept.text === text) return kept.page
  cache.delete(key)
  return (await cache.get(key, decode)).page
}
