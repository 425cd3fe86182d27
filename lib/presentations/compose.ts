/** Composes a presentation request into its stored form: versions pinned, cuts snapped, tracks mapped. */

import { readTimeline, referenceTrackOf, type TimelineReader } from '../delivery/index.ts'
import { HeadendError } from '../errors.ts'
import { mapConcurrently } from '../platform/map-concurrently.ts'
import type { AssetId, ContentId } from '../timeline/ids.ts'
import type { Clip } from '../timeline/presentation.ts'
import { targetSeconds } from '../timeline/stored.ts'
import type { Timeline, Track } from '../timeline/timeline.ts'
import { mappedTracks } from './map-tracks.ts'
import { type AskedRange, snapped } from './snap.ts'
import { maxContents, maxLetters, type StoredClip, type StoredPresentation } from './stored.ts'

/** A clip of a request. */
export interface AskedClip extends AskedRange {
  readonly assetId: AssetId
  readonly role: Clip['role']
}

/** Reads of the composer. */
export interface ComposeReader extends Pick<TimelineReader, 'object'> {
  /** Versions of ready assets by content ID; assets that are not ready are missing. */
  readonly versions: (contentIds: readonly ContentId[]) => Promise<ReadonlyMap<string, string>>
}

/** Units per second of presentation time: no asset has finer cuts. */
const timescale = 90_000

/**
 * The presentation in its stored form. Throws ASSET_NOT_READY (409) for an asset that is not ready, CLIP_RANGE (400)
 * for a range outside its asset, CLIP_CODEC (409) if players could not continue, PRESENTATION_CONTENTS (400) for too
 * many assets.
 */
export async function composed(
  id: string,
  clips: readonly AskedClip[],
  reader: ComposeReader,
): Promise<StoredPresentation> {
  const contents = [...new Set(clips.map(({ assetId }) => `vod/${assetId}`))]
  const letters = contents.join('').length
  if (contents.length > maxContents || letters > maxLetters)
    throw new HeadendError(
      'PRESENTATION_CONTENTS',
      `clips: expected at most ${maxContents} assets with ids of ${maxLetters} characters in all, got ${contents.length} with ${letters}; sessions and tokens can list no more`,
    )
  const versions = await reader.versions(contents)
  const read = await mapConcurrently(contents, async (timelineId) => {
    const timeline = await timelineOf(timelineId, versions.get(timelineId), reader)
    return [timelineId, timeline] as const
  })
  const timelines = new Map(read)
  const cuts = clips.map(({ assetId, role, ...range }, i) => {
    const timeline = known(timelines, `vod/${assetId}`)
    const where = `clip ${i + 1} (${timeline.id})`
    const lead = referenceTrackOf(timeline.tracks)
    if (!lead) throw notReady(timeline.id)
    return { timeline, where, role, ...snapped(lead, range, { timescale: timeline.timescale, where }) }
  })
  const reference = known(timelines, maxShown(cuts))
  const offered = reference.tracks.filter(({ type }) => type !== 'metadata')
  return {
    format: 'headend-presentation/1',
    id,
    timescale,
    targetSeconds: Math.max(...[...timelines.values()].map(targetSeconds)),
    reference: reference.id,
    renditions: offered.map(({ id: trackId, type, language, configs: [config] }) => ({
      id: trackId,
      type,
      codec: config?.codec ?? '',
      ...(language !== undefined && { language }),
      ...(config?.height !== undefined && { height: config.height }),
    })),
    clips: cuts.map(
      ({ timeline, where, role, from, to }): StoredClip => ({
        timelineId: timeline.id,
        version: timeline.version,
        timescale: timeline.timescale,
        from,
        to,
        role,
        tracks: timeline === reference ? own(offered) : mappedTracks(offered, timeline.tracks, where),
      }),
    ),
  }
}

async function timelineOf(
  timelineId: string,
  version: string | undefined,
  reader: ComposeReader,
): Promise<Timeline> {
  if (version === undefined) throw notReady(timelineId)
  const read = await readTimeline(
    { object: (key) => reader.object(key), current: () => Promise.resolve(undefined) },
    { timelineId, version, playedOnly: true },
  )
  if (!read) throw notReady(timelineId)
  return read.timeline
}

interface Shown {
  readonly timeline: Timeline
  readonly role: Clip['role']
  readonly from: number
  readonly to: number
}

/** The content item shown longest, ignoring ads and the like unless there is nothing else. */
function maxShown(cuts: readonly Shown[]): string {
  const content = cuts.filter(({ role }) => role === 'content')
  const seconds = new Map<string, number>()
  for (const { timeline, from, to } of content.length > 0 ? content : cuts)
    seconds.set(timeline.id, (seconds.get(timeline.id) ?? 0) + (to - from) / timeline.timescale)
  return [...seconds].reduce((most, one) => (one[1] > most[1] ? one : most), ['', 0])[0]
}

const own = (tracks: readonly Track[]): Readonly<Record<string, string>> =>
  Object.fromEntries(tracks.map(({ id }) => [id, id]))

function known(timelines: ReadonlyMap<string, Timeline>, id: string): Timeline {
  const timeline = timelines.get(id)
  if (!timeline) throw notReady(id)
  return timeline
}

const notReady = (contentId: ContentId): HeadendError =>
  new HeadendError(
    'ASSET_NOT_READY',
    `${contentId}: expected an asset that plays, got none; upload it, or wait until it is ready`,
    { status: 409 },
  )
