/** Composes a presentation request into its stored form: versions pinned, cuts snapped, tracks mapped. */

import { readTimeline, referenceTrackOf, type TimelineReader } from '../delivery/index.ts'
import { HeadendError } from '../errors.ts'
import { mapConcurrently } from '../platform/map-concurrently.ts'
import type { AssetId, ContentId } from '../timeline/ids.ts'
import { type LiveHead, liveTimescale } from '../timeline/live/head.ts'
import type { Clip } from '../timeline/presentation.ts'
import { targetSeconds } from '../timeline/stored.ts'
import { noCounts, type Timeline, type Track } from '../timeline/timeline.ts'
import { mappedTracks } from './map-tracks.ts'
import { type AskedRange, snapped } from './snap.ts'
import {
  type Breaks,
  maxContents,
  maxLetters,
  type StoredChannelClip,
  type StoredClip,
  type StoredPresentation,
} from './stored.ts'

/** A clip of a request. */
export interface AskedClip extends AskedRange {
  readonly assetId: AssetId
  readonly role: Clip['role']
}

/** A range of a channel, of a request; times in epoch milliseconds. */
export interface AskedChannelClip {
  readonly channelId: string
  readonly fromMs: number
  readonly toMs: number
  readonly role: Clip['role']
  readonly breaks: Breaks
  /** Whole assets in the place of each break. */
  readonly replacements: readonly AssetId[]
}

/** Reads of the composer. */
export interface ComposeReader extends Pick<TimelineReader, 'object'> {
  /** Versions of ready assets by content ID; assets that are not ready are missing. */
  readonly versions: (contentIds: readonly ContentId[]) => Promise<ReadonlyMap<string, string>>
  /** The head of a channel, by `live/<channelId>`; undefined if nothing has come for it. */
  readonly channel: (id: string) => Promise<LiveHead | undefined>
  /** Whether a range of a life of a channel is kept for longer than its window. */
  readonly isHeld: (
    id: string,
    range: { readonly fromMs: number; readonly toMs: number; readonly version: string },
  ) => Promise<boolean>
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** A segment is published by then; a gap is a fact. */
const publishedWithinMs = 60_000
/** Units per second of presentation time: no asset has finer cuts. */
const timescale = 90_000

/** What a clip can be of. */
interface Source {
  readonly id: string
  readonly version: string
  readonly timescale: number
  readonly targetSeconds: number
  readonly tracks: readonly Track[]
}

interface CutSource {
  readonly source: Source
  readonly where: string
  readonly role: Clip['role']
  readonly from: number
  readonly to: number
  /** Of a channel. */
  readonly own?: {
    readonly breaks: Breaks
    readonly grows?: true
    readonly replacements: readonly CutSource[]
  }
}

const isOfChannel = (clip: AskedClip | AskedChannelClip): clip is AskedChannelClip => 'channelId' in clip

/**
 * The presentation in its stored form. Throws ASSET_NOT_READY (409) for an asset that is not ready or a channel that has
 * not begun, CLIP_RANGE (400) for a range outside its asset or its channel's window, CLIP_CODEC (409) if players could
 * not continue, PRESENTATION_CONTENTS (400) for too many assets.
 */
export async function composed(
  id: string,
  clips: readonly (AskedClip | AskedChannelClip)[],
  reader: ComposeReader,
): Promise<StoredPresentation> {
  const assets = clips.flatMap((clip) => (isOfChannel(clip) ? clip.replacements : [clip.assetId]))
  const channels = [
    ...new Set(clips.flatMap((clip) => (isOfChannel(clip) ? [`live/${clip.channelId}`] : []))),
  ]
  const contents = [...new Set(assets.map((assetId) => `vod/${assetId}`))]
  checkContents([...contents, ...channels])
  const versions = await reader.versions(contents)
  const timelines = new Map(
    await mapConcurrently(contents, async (timelineId) => {
      const timeline = await timelineOf(timelineId, versions.get(timelineId), reader)
      return [timelineId, timeline] as const
    }),
  )
  const heads = new Map(
    await mapConcurrently(channels, async (channel) => [channel, await reader.channel(channel)] as const),
  )
  const held = new Set(
    await heldClips(clips.filter(isOfChannel), (channelId) => heads.get(`live/${channelId}`), reader),
  )
  const assetCut = (i: number, { assetId, role, ...range }: AskedClip): CutSource => {
    const timeline = timelines.get(`vod/${assetId}`)
    const where = `clip ${i + 1} (vod/${assetId})`
    const lead = timeline && referenceTrackOf(timeline.tracks)
    if (!lead) throw notReady(`vod/${assetId}`)
    const source = { ...timeline, targetSeconds: targetSeconds(timeline) }
    return { source, where, role, ...snapped(lead, range, { timescale: timeline.timescale, where }) }
  }
  const cuts = clips.map((clip, i): CutSource => {
    if (!isOfChannel(clip)) return assetCut(i, clip)
    const { channelId, fromMs, toMs, role, breaks, replacements } = clip
    const where = `clip ${i + 1} (live/${channelId})`
    const head = heads.get(`live/${channelId}`)
    if (!head) throw notBegun(`live/${channelId}`)
    if (!held.has(clip)) checkWindow(where, fromMs, head, reader.now())
    const ads = replacements.map((assetId) => assetCut(i, { assetId, role: 'ad' }))
    const grows = toMs > reader.now() - publishedWithinMs && { grows: true as const }
    const own = { breaks, ...grows, replacements: ads }
    return { source: channelSource(head), where, role, from: fromMs, to: toMs, own }
  })
  const all = cuts.flatMap((cut) => [cut, ...(cut.own?.replacements ?? [])])
  const reference = maxShown(cuts)
  const offered = reference.tracks.filter(({ type }) => type !== 'metadata')
  const stored = ({ source, where, role, from, to }: CutSource): StoredClip => ({
    timelineId: source.id,
    version: source.version,
    timescale: source.timescale,
    from,
    to,
    role,
    tracks: source.id === reference.id ? own(offered) : mappedTracks(offered, source.tracks, where),
  })
  return {
    format: 'headend-presentation/1',
    id,
    timescale,
    targetSeconds: Math.max(...all.map(({ source }) => source.targetSeconds)),
    reference: reference.id,
    renditions: offered.map(({ id: trackId, type, language, configs: [config] }) => ({
      id: trackId,
      type,
      codec: config?.codec ?? '',
      ...(language !== undefined && { language }),
      ...(config?.height !== undefined && { height: config.height }),
    })),
    clips: cuts.map((cut): StoredClip | StoredChannelClip =>
      cut.own ? { ...stored(cut), ...cut.own, replacements: cut.own.replacements.map(stored) } : stored(cut),
    ),
  }
}

function checkContents(contents: readonly string[]): void {
  const letters = contents.join('').length
  if (contents.length > maxContents || letters > maxLetters)
    throw new HeadendError(
      'PRESENTATION_CONTENTS',
      `clips: expected at most ${maxContents} assets with ids of ${maxLetters} characters in all, got ${contents.length} with ${letters}; sessions and tokens can list no more`,
    )
}

function checkWindow(where: string, fromMs: number, { windowSeconds }: LiveHead, nowMs: number): void {
  if (fromMs < nowMs - windowSeconds * 1000)
    throw new HeadendError(
      'CLIP_RANGE',
      `${where}: expected a beginning within the last ${windowSeconds} s, the channel's window, got ${new Date(fromMs).toISOString()}`,
    )
}

/** Of clips from behind their channel's window those that are held, and are of the life that runs. */
async function heldClips(
  clips: readonly AskedChannelClip[],
  headOf: (channelId: string) => LiveHead | undefined,
  { isHeld, now }: Pick<ComposeReader, 'isHeld' | 'now'>,
): Promise<readonly AskedChannelClip[]> {
  const old = clips.filter(({ channelId, fromMs }) => {
    const head = headOf(channelId)
    return head && fromMs < now() - head.windowSeconds * 1000
  })
  const held = await mapConcurrently(old, (clip) => {
    const { version = '' } = headOf(clip.channelId) ?? {}
    return isHeld(`live/${clip.channelId}`, { fromMs: clip.fromMs, toMs: clip.toMs, version })
  })
  return old.filter((_, i) => held[i])
}

const channelSource = ({ id, version, tracks, targetSeconds: seconds }: LiveHead): Source => ({
  id,
  version,
  timescale: liveTimescale,
  targetSeconds: seconds,
  tracks: tracks.map((track) => ({ ...track, before: noCounts, segments: [] })),
})

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

/** The source shown longest, ignoring ads and the like unless there is nothing else. */
function maxShown(cuts: readonly CutSource[]): Source {
  const content = cuts.filter(({ role }) => role === 'content')
  const shown = Map.groupBy(content.length > 0 ? content : cuts, ({ source }) => source.id)
  const measured = [...shown.values()].flatMap((of) => {
    const seconds = of.reduce((sum, { from, to, source }) => sum + (to - from) / source.timescale, 0)
    return of[0] ? [{ source: of[0].source, seconds }] : []
  })
  const [first, ...others] = measured
  if (!first) throw new HeadendError('PRESENTATION_CONTENTS', 'clips: expected at least one, got none')
  return others.reduce((most, one) => (one.seconds > most.seconds ? one : most), first).source
}

const own = (tracks: readonly Track[]): Readonly<Record<string, string>> =>
  Object.fromEntries(tracks.map(({ id }) => [id, id]))

const notReady = (contentId: ContentId): HeadendError =>
  new HeadendError(
    'ASSET_NOT_READY',
    `${contentId}: expected an asset that plays, got none; upload it, or wait until it is ready`,
    { status: 409 },
  )

const notBegun = (contentId: ContentId): HeadendError =>
  new HeadendError(
    'ASSET_NOT_READY',
    `${contentId}: expected a channel that something has come for, got none; start its encoder first`,
    { status: 409 },
  )
