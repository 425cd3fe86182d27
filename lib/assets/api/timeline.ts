/** A stored timeline as an operator sees it: for each track the segments that start in a range of time. */
import { initFile, trackPath } from '../../timeline/media-path.ts'
import { decodeHead, decodeTimeline, type StoredHead, timelinePrefix } from '../../timeline/stored.ts'
import { encodeColumns } from '../../timeline/stored-columns.ts'
import type { Track, Timeline as Whole } from '../../timeline/timeline.ts'
import type { AssetList } from '../list/store.ts'
import type { Timeline, TimelineTrack } from './schemas.ts'

/** A version of a timeline, and a range of it in seconds. */
export interface TimelineRange {
  readonly timelineId: string
  readonly version: string
  readonly from: number
  readonly to?: number | undefined
  /** The root URL of playback, without a trailing slash. */
  readonly playbackUrl: string
}

/**
 * The maximum number of stored pages of a track in one answer: enough for eight hours, and with 100 tracks still below
 * Lambda's 6 MB.
 */
const maxPages = 4

/** Reads only pages with segments in the range; undefined if there is no such timeline. */
export async function readTimeline(
  assets: Pick<AssetList, 'object'>,
  range: TimelineRange,
): Promise<Timeline | undefined> {
  const prefix = timelinePrefix(range.timelineId, range.version)
  const text = await assets.object(`${prefix}timeline.json`)
  if (text === undefined) return undefined
  const head = decodeHead(text)
  const { from } = range
  const to = range.to ?? Number.POSITIVE_INFINITY
  const end = Math.min(to, endOfAnswer(head, from))
  const pages = head.pages.filter(({ tracks }) =>
    head.tracks.some(({ id, timescale }) => {
      const page = tracks[id]
      return page !== undefined && page.from / timescale < end && page.to / timescale > from
    }),
  )
  const parts = new Map<string, string>()
  await Promise.all(
    [...pages, ...Object.values(head.overlays)].map(async ({ name }) => {
      const part = await assets.object(prefix + name)
      if (part !== undefined) parts.set(name, part)
    }),
  )
  const timeline = decodeTimeline(head, parts)
  const durationSeconds = durationOf(head)
  const shows = (seconds: number): boolean => seconds >= from && seconds < end
  return {
    version: head.version,
    durationSeconds,
    ...(end < to && { nextSeconds: end }),
    tracks: timeline.tracks.map((track) => trackOf(track, { timeline, head, range, shows })),
    markers: markersOf(timeline).filter(({ atSeconds }) => shows(atSeconds)),
    clips: [{ role: 'content', fromSeconds: 0, toSeconds: durationSeconds }],
  }
}

/** The time at which some track's pages become too many for one answer; infinite if none does. */
function endOfAnswer({ tracks, pages }: StoredHead, from: number): number {
  let end = Number.POSITIVE_INFINITY
  for (const { id, timescale } of tracks) {
    const mine = pages.flatMap((page) => page.tracks[id] ?? []).filter((page) => page.to / timescale > from)
    const beyond = mine[maxPages]
    if (beyond) end = Math.min(end, beyond.from / timescale)
  }
  return end
}

const durationOf = ({ tracks, pages }: StoredHead): number =>
  Math.max(
    0,
    ...tracks.flatMap(({ id, timescale }) => pages.map((page) => (page.tracks[id]?.to ?? 0) / timescale)),
  )

interface Shown {
  readonly timeline: Whole
  readonly head: StoredHead
  readonly range: TimelineRange
  readonly shows: (seconds: number) => boolean
}

function trackOf(track: Track, { timeline, head, range, shows }: Shown): TimelineTrack {
  const { id, type, timescale, roles, bandwidth, language, name, trickOf, captions } = track
  const path = trackPath({ scheme: 'clear' }, timeline.id, timeline.version, id)
  const ours = `${range.playbackUrl}/${path}`
  const baseUrl = timeline.origin?.baseUrl
  const init = (configId: string): string =>
    baseUrl === undefined
      ? ours + initFile(configId)
      : new URL(track.inits?.[configId] ?? configId, baseUrl).href
  const segments = track.segments
    .filter(({ start }) => shows(start / timescale))
    // A third party's manifest tags are only used in manifests.
    .map(({ tags: _tags, ...segment }) => segment)
  return {
    id,
    type,
    timescale,
    roles,
    bandwidth,
    ...(language !== undefined && { language }),
    ...(name !== undefined && { name }),
    ...(trickOf !== undefined && { trickOf }),
    ...(captions && { captions }),
    configs: track.configs.map((config) => ({ ...config, init: init(config.id) })),
    count: head.pages.reduce((sum, page) => sum + (page.tracks[id]?.count ?? 0), 0),
    media: baseUrl ?? ours,
    ...(segments.length > 0 && { segments: encodeColumns(segments) }),
  }
}

const markersOf = ({ overlays, timescale }: Whole): Timeline['markers'] =>
  overlays.markers.entries.map(({ id, kind, at, duration }) => ({
    id,
    kind,
    atSeconds: at / timescale,
    ...(duration !== undefined && { durationSeconds: duration / timescale }),
  }))
