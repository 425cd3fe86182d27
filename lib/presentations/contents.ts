/** Which contents a presentation shows, and which presentations show a content. */
import { mapConcurrently } from '../platform/map-concurrently.ts'
import type { ContentId } from '../timeline/ids.ts'
import { joinedSpans, type Span, type SpansByContent } from '../timeline/spans.ts'
import type { PagePosition, PresentationRow, PresentationStore } from './store.ts'
import {
  contentsOf,
  decodePresentation,
  isOfChannel,
  presentationKey,
  type StoredPresentation,
} from './stored.ts'

/** The presentation of a row; undefined if its object is missing. */
export async function storedPresentation(
  { object }: Pick<PresentationStore, 'object'>,
  { id, version }: PresentationRow,
): Promise<StoredPresentation | undefined> {
  const key = presentationKey(id, version)
  const text = await object(key)
  return text === undefined ? undefined : decodePresentation(key, text)
}

/** What a presentation shows, for sessions and tokens. */
export interface PresentationContents {
  readonly contents: readonly string[]
  /** Of channels, and nothing of them beside. */
  readonly spans: SpansByContent
}

/** What a presentation shows; undefined if it does not exist. */
export async function presentationContents(
  presentations: PresentationStore,
  id: string,
): Promise<PresentationContents | undefined> {
  const row = await presentations.row(id)
  const stored = row && (await storedPresentation(presentations, row))
  return stored && { contents: contentsOf(stored), spans: spansOf(stored) }
}

/** Widened by half a segment: one belongs to the key period in which its middle lies. */
function spansOf({ clips, targetSeconds }: StoredPresentation): SpansByContent {
  const spans: Record<string, Span[]> = {}
  for (const { timelineId, from, to } of clips.filter(isOfChannel)) {
    const own = (spans[timelineId] ??= [])
    own.push([Math.floor(from / 1000 - targetSeconds / 2), Math.ceil(to / 1000 + targetSeconds / 2)])
  }
  return Object.fromEntries(Object.entries(spans).map(([id, own]) => [id, joinedSpans(own)]))
}

/** Presentations that show a content item, among those examined. */
export interface Showing {
  readonly ids: readonly string[]
  /** Whether all presentations were examined. */
  readonly isAll: boolean
}

/** Maximum number of presentations named: enough to know where to begin. */
const maxNamed = 10
/** Maximum number of rows read per query. */
const maxLooked = 5000

/**
 * Finds the presentations that show a content item; reads their rows, and the objects of rows that do not list their
 * contents.
 */
export async function presentationsShowing(
  presentations: PresentationStore,
  contentId: ContentId,
): Promise<Showing> {
  const ids: string[] = []
  let looked = 0
  let after: PagePosition | undefined
  do {
    const { rows, last } = await presentations.page(100, after)
    const shows = await mapConcurrently(rows, async (row) => {
      const stored = row.contents ? undefined : await storedPresentation(presentations, row)
      const contents = row.contents ?? (stored && contentsOf(stored)) ?? []
      return contents.includes(contentId) ? [row.id] : []
    })
    ids.push(...shows.flat())
    looked += rows.length
    after = last
  } while (after && ids.length < maxNamed && looked < maxLooked)
  return { ids: ids.slice(0, maxNamed), isAll: after === undefined }
}
