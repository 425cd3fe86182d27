/**
 * The stored form of a timeline: a head, immutable pages of segments, overlays beside them. All JSON with run-length
 * coded columns, so that a film of hours is a few tens of kilobytes and parses in a millisecond. See docs/timeline.md;
 * `format` names its version.
 */
import { HeadendError } from '../errors.ts'
import { decodeColumns, encodeColumns, type StoredColumns } from './stored-columns.ts'
import {
  type Anchor,
  type Before,
  continues,
  noCounts,
  type Origin,
  type Overlay,
  type Overlays,
  type Segment,
  type Timeline,
  type Track,
} from './timeline.ts'

/** The contents of `timeline.json`. */
export interface StoredHead {
  readonly format: 'headend-timeline/1'
  readonly id: string
  readonly version: string
  readonly timescale: number
  readonly state: Timeline['state']
  readonly sealedThrough: number
  readonly anchors: readonly Anchor[]
  readonly origin?: Origin
  readonly tracks: readonly StoredTrack[]
  readonly pages: readonly StoredPageRef[]
  /**
   * `targetSeconds` of all tracks together; stored for closed timelines, so that a reader of one track need not read
   * all.
   */
  readonly targetSeconds?: number
  /** Object name and revision of each overlay; absent while empty. */
  readonly overlays: Readonly<
    Partial<Record<keyof Overlays, { readonly revision: number; readonly name: string }>>
  >
}

/** A track without its segments. */
export type StoredTrack = Omit<Track, 'segments' | 'before'>

/** A page and its contents, so that a reader fetches only the pages its window needs. */
export interface StoredPageRef {
  readonly name: string
  /** By track id; times in the track's timescale. */
  readonly tracks: Readonly<
    Record<
      string,
      { readonly count: number; readonly from: number; readonly to: number; readonly before: Before }
    >
  >
}

interface StoredPage {
  readonly format: 'headend-page/1'
  readonly tracks: Readonly<Record<string, StoredColumns>>
}

/** A decoded page; caching it avoids decoding it again. */
export interface TimelinePage {
  /** Segments of one track, decoded on first use. */
  segments(trackId: string): readonly Segment[]
}

/** An object to write beside the head, named relative to the timeline's prefix. */
export interface StoredPart {
  readonly name: string
  readonly text: string
}

/** Key prefix of a timeline's objects in the media bucket, ending in a slash. */
export const timelinePrefix = (id: string, version: string): string => `timelines/${id}/${version}/`

/** Segments of one track per page: two hours of 6 s. */
const segmentsPerPage = 1200
const overlayNames = ['markers', 'keyPeriods', 'programmes'] as const

/** Encodes a timeline: write `parts` first, the head (`timeline.json`) last. */
export function encodeTimeline(timeline: Timeline): {
  readonly head: string
  readonly parts: readonly StoredPart[]
} {
  const parts: StoredPart[] = []
  const pages: StoredPageRef[] = []
  const longest = Math.max(0, ...timeline.tracks.map((track) => track.segments.length))
  for (let at = 0; at < longest; at += segmentsPerPage) {
    const name = `pages/${pages.length}.json`
    const columns: Record<string, StoredColumns> = {}
    const tracks: Record<string, StoredPageRef['tracks'][string]> = {}
    for (const track of timeline.tracks) {
      const segments = track.segments.slice(at, at + segmentsPerPage)
      const first = segments[0]
      const last = segments.at(-1)
      if (!first || !last) continue
      columns[track.id] = encodeColumns(segments)
      tracks[track.id] = {
        count: segments.length,
        from: first.start,
        to: last.start + last.duration,
        before: before(track, at),
      }
    }
    const page: StoredPage = { format: 'headend-page/1', tracks: columns }
    parts.push({ name, text: JSON.stringify(page) })
    pages.push({ name, tracks })
  }
  const overlays: Partial<Record<keyof Overlays, { revision: number; name: string }>> = {}
  for (const kind of overlayNames) {
    const said = timeline.overlays[kind]
    if (said.revision === 0) continue
    const name = `overlays/${kind}-${said.revision}.json`
    overlays[kind] = { revision: said.revision, name }
    parts.push({ name, text: JSON.stringify(said) })
  }
  const { tracks, overlays: _, ...facts } = timeline
  const head: StoredHead = {
    format: 'headend-timeline/1',
    ...facts,
    tracks: tracks.map(({ segments: _segments, before: _before, ...track }) => track),
    pages,
    ...(timeline.state === 'closed' && { targetSeconds: targetSeconds({ tracks: tracks.map(withHidden) }) }),
    overlays,
  }
  return { head: JSON.stringify(head), parts }
}

/** Counts before the segment at `index`. */
function before({ before: known, segments }: Track, index: number): Before {
  let { discontinuities, run } = known
  for (let i = 0; i < index; i++) {
    const [one, next] = [segments[i], segments[i + 1]]
    if (one?.discontinuity) discontinuities++
    if (!one || !next) continue
    if (!continues(one, next)) run = undefined
    else run ??= { number: one.number, cut: one.cut, start: one.start }
  }
  return { segments: known.segments + index, discontinuities, ...(run && { run }) }
}

/** In HLS the first segment is longer by `hiddenTicks`. */
function withHidden({ segments: [first, ...rest], hiddenTicks = 0, ...track }: Track): Track {
  const segments = first ? [{ ...first, duration: first.duration + hiddenTicks }, ...rest] : []
  return { ...track, segments }
}

/** The longest segment of normal playback, rounded as EXT-X-TARGETDURATION requires, 1 or more. */
export function targetSeconds({ tracks }: Pick<Timeline, 'tracks'>): number {
  let longest = 1
  for (const { segments, timescale } of tracks.filter(({ trickOf }) => trickOf === undefined))
    for (const { duration } of segments) longest = Math.max(longest, Math.round(duration / timescale))
  return longest
}

/** Parses a head; throws TIMELINE_FORMAT for an unknown format. */
export function decodeHead(text: string): StoredHead {
  const head = JSON.parse(text) as Partial<StoredHead>
  if (head.format !== 'headend-timeline/1')
    throw new HeadendError(
      'TIMELINE_FORMAT',
      `timeline.json: expected format headend-timeline/1, got ${String(head.format)}`,
      { status: 500 },
    )
  return head as StoredHead
}

/** Names of the parts needed to show `trackIds` (all tracks if absent). */
export function partsOf(head: StoredHead, trackIds?: readonly string[]): string[] {
  const pages = head.pages.filter((page) => !trackIds || trackIds.some((id) => id in page.tracks))
  return [...pages, ...Object.values(head.overlays)].map((part) => part.name)
}

/**
 * Assembles a timeline from its head and the loaded parts, pages as text or decoded; pages must be consecutive. If
 * `trackIds` is given, other tracks have no segments.
 */
export function decodeTimeline(
  head: StoredHead,
  parts: ReadonlyMap<string, string | TimelinePage>,
  trackIds?: readonly string[],
): Timeline {
  const pages = head.pages.flatMap((ref) => {
    const part = parts.get(ref.name)
    if (part === undefined) return []
    return [{ ref, page: typeof part === 'string' ? decodePage(ref.name, part) : part }]
  })
  const tracks = head.tracks.map((track): Track => {
    const wanted = !trackIds || trackIds.includes(track.id)
    const mine = wanted ? pages.filter(({ ref }) => track.id in ref.tracks) : []
    return {
      ...track,
      before: mine[0]?.ref.tracks[track.id]?.before ?? noCounts,
      segments: joined(mine.map(({ page }) => page.segments(track.id))),
    }
  })
  const { pages: _pages, format: _format, targetSeconds: _target, overlays, ...facts } = head
  return {
    ...facts,
    tracks,
    overlays: {
      markers: overlay(overlays.markers, parts),
      keyPeriods: overlay(overlays.keyPeriods, parts),
      programmes: overlay(overlays.programmes, parts),
    },
  }
}

/** Joins lists of thousands on each request: `concat` copies them in bulk. */
const joined = ([first = [], ...rest]: readonly (readonly Segment[])[]): readonly Segment[] =>
  rest.length === 0 ? first : first.concat(...rest)

/** Decodes a page; throws TIMELINE_FORMAT for an unknown format. */
export function decodePage(name: string, text: string): TimelinePage {
  const { tracks } = parsePage(name, text)
  const decoded = new Map<string, readonly Segment[]>()
  return {
    segments(trackId) {
      let segments = decoded.get(trackId)
      if (!segments) {
        const columns = tracks[trackId]
        segments = columns ? decodeColumns(columns) : []
        decoded.set(trackId, segments)
      }
      return segments
    },
  }
}

function parsePage(name: string, text: string): StoredPage {
  const page = JSON.parse(text) as Partial<StoredPage>
  if (page.format !== 'headend-page/1' || !page.tracks)
    throw new HeadendError(
      'TIMELINE_FORMAT',
      `${name}: expected format headend-page/1, got ${String(page.format)}`,
      {
        status: 500,
      },
    )
  return page as StoredPage
}

function overlay<Entry>(
  ref: { readonly name: string } | undefined,
  parts: ReadonlyMap<string, string | TimelinePage>,
): Overlay<Entry> {
  if (!ref) return { revision: 0, entries: [] }
  const text = parts.get(ref.name)
  // An overlay that can't be read may hold key periods: continuing without it could expose protected content.
  if (typeof text !== 'string')
    throw new HeadendError('TIMELINE_PART', `${ref.name}: named by the head but not read`, { status: 500 })
  return JSON.parse(text) as Overlay<Entry>
}
