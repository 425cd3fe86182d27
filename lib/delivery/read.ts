/** Reading timelines for manifests, over whatever can fetch an object and an index row. */
import { decodeHead, decodeTimeline, partsOf, timelinePrefix } from '../timeline/stored.ts'
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
  const parts = await Promise.all(
    partsOf(head, query.trackIds).map(async (name) => [name, await reader.object(prefix + name)] as const),
  )
  const known = new Map(parts.flatMap(([name, part]) => (part === undefined ? [] : [[name, part]])))
  const { targetSeconds } = head
  return {
    timeline: decodeTimeline(head, known, query.trackIds),
    ...(targetSeconds !== undefined && { targetSeconds }),
  }
}
