/** Reading timelines for manifests, over whatever can fetch an object and an index row. */
import {
  decodeHead,
  decodePage,
  decodeTimeline,
  partsOf,
  type TimelinePage,
  timelinePrefix,
} from '../timeline/stored.ts'
import type { Timeline } from '../timeline/timeline.ts'

/** The two look-ups a manifest needs. */
export interface TimelineReader {
  /** Version last published for a timeline; undefined where there is none. */
  currentVersion(timelineId: string): Promise<string | undefined>
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
      const page = part !== undefined && pages.has(name) && pageOf(reader, prefix + name, part)
      return [name, page || part] as const
    }),
  )
  const known = new Map(parts.flatMap(([name, part]) => (part === undefined ? [] : [[name, part]])))
  const { targetSeconds } = head
  return {
    timeline: decodeTimeline(head, known, trackIds),
    ...(targetSeconds !== undefined && { targetSeconds }),
  }
}

interface KeptPage {
  readonly text: string
  readonly page: TimelinePage
}

/** Pages a warm environment has decoded, by who read them, the one not asked for longest first. */
const keptPages = new WeakMap<TimelineReader, Map<string, KeptPage>>()

/** Pages of a track or two: the segments of forty take some 12 MB, and are a two-day window with its sound. */
const mostPages = 40

/** A page never changes under its name; that the text is the same is asked all the same. */
function pageOf(reader: TimelineReader, key: string, text: string): TimelinePage {
  const kept = keptPages.get(reader) ?? new Map<string, KeptPage>()
  keptPages.set(reader, kept)
  const known = kept.get(key)
  const page = known?.text === text ? known.page : decodePage(key, text)
  kept.delete(key)
  kept.set(key, { text, page })
  for (const oldest of kept.keys()) {
    if (kept.size <= mostPages) break
    kept.delete(oldest)
  }
  return page
}
