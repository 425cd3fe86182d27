/** Takes an object of a feed into its channel. Safe to run twice, late and in any order. */
import { HeadendError } from '../../errors.ts'
import {
  type CuttableTrack,
  type FeedCues,
  type FeedTrack,
  messageCues,
  readFeedSegment,
  readFeedStream,
} from '../../packaging/index.ts'
import { sha256Hex } from '../../platform/crypto/digest.ts'
import type { LiveHead } from '../../timeline/live/head.ts'
import { liveObjects } from '../../timeline/live/placement.ts'
import { initFile } from '../../timeline/media-path.ts'
import type { Channel } from '../channel.ts'
import { cueTimescale } from '../cues/cue.ts'
import { boundariesIn, takeCues } from './cues.ts'
import { readWithInit } from './init-of.ts'
import { doubled, leftOut } from './left-out.ts'
import { type Missed, missedObjects } from './missed.ts'
import { noteNumber } from './numbered.ts'
import { objectForm } from './object-form.ts'
import { isLetPass, letBetterPass, provenHead, turnsToProve } from './patience.ts'
import type { FeedObject, FeedPorts, Outcome } from './ports.ts'
import { recordSegment } from './record-segment.ts'
import { type HeadedRun, headOfRun } from './restart.ts'
import { type Behind, settle } from './settle.ts'
import { streamOf } from './stream-name.ts'
import { takeWebVtt } from './take-webvtt.ts'
import { type Take, takeEarlier, takeUntold } from './untold.ts'

/** Init segments are kept by their contents: one that is sent again is the same. */
const initKey = (channelId: string, bytes: Uint8Array): string =>
  `timelines/live/${channelId}/feed/${sha256Hex(bytes).slice(0, 32)}.mp4`

/** How an object came. */
interface Circumstances {
  /** Nothing told of it: whoever found it looks for others, and settles what is due behind them. */
  readonly isUntold?: boolean
}

/** Takes it. Throws FEED_SEGMENT, or the reader's error, for what no retry makes readable. */
export async function takeObject(
  ports: FeedPorts,
  object: FeedObject,
  { isUntold = false }: Circumstances = {},
): Promise<readonly Outcome[]> {
  const { channelId, path, bytes } = object
  const form = objectForm(object)
  if (form === 'other') return [{ kind: 'other form' }]
  const channel = await ports.channel(channelId)
  if (!channel) return [{ kind: 'passed over', why: `live/${channelId}: no such channel` }]
  if (channel.stopped) return [{ kind: 'passed over', why: `live/${channelId}: it is stopped` }]
  if (form === 'init') {
    const key = initKey(channelId, bytes)
    await ports.putOnce(key, bytes, {})
    await ports.live.putInit(`live/${channelId}`, path, key)
    return [{ kind: 'init' }]
  }
  if (form === 'webvtt') return takeWebVtt(ports, channel, object)
  if (form === 'transport stream') {
    const { tracks, ...rest } = await readFeedStream(path, bytes, {
      memory: ports.memory,
      initBefore: () => initBefore(ports, channel, path),
    })
    // Its samples are copies, which segments are written from: into its place, if it is lent.
    ports.memory?.giveBack(bytes)
    return takeTracks(ports, { channel, object, tracks, isUntold, ...rest })
  }
  const read = form === 'whole' ? await readWhole(object) : await readWithInit(ports, object)
  if (!read) return [{ kind: 'waits' }]
  const [first] = read.tracks
  const cues = messageCues(path, bytes, first ? first.start / first.timescale : 0)
  return takeTracks(ports, { channel, object, isUntold, ...read, ...cues })
}

const readWhole = async ({ path, bytes }: FeedObject): Promise<Pick<Read, 'tracks'>> => ({
  tracks: await readFeedSegment(path, new Uint8Array(0), bytes),
})

const takeUntoldOne: Take = (ports, object) => takeObject(ports, object, { isUntold: true })

/** What was read of an object. */
interface Read extends FeedCues, Required<Circumstances> {
  readonly channel: Channel
  readonly object: FeedObject
  readonly tracks: readonly CuttableTrack[]
  /** Whether another init segment has come under the name of the one it was read with. @default none does */
  readonly isOutdated?: () => Promise<boolean>
}

async function takeTracks(ports: FeedPorts, read: Read): Promise<readonly Outcome[]> {
  const { channel, object, tracks, problems } = read
  const { channelId, path, writtenMs } = object
  const outcomes = damages(problems)
  let behind: Behind | undefined
  const missed = new Map<string, Missed>()
  const isDamaged = problems.length > 0
  if (ports.postpones && isLetPass(channel, { ...object, isDamaged })) return [{ kind: 'postponed' }]
  const waited = await letBetterPass(ports, channel, { ...object, isDamaged })
  let turns = ports.postpones ? 0 : turnsToProve(channel) - waited
  // Audio follows the video of its object: that is cut at key frames, which may lie a little behind the cue.
  let boundaries: readonly number[] | undefined
  let lead: Lead | undefined
  for (const [i, track] of tracks.entries()) {
    if (track.duration > (Math.ceil(channel.segmentSeconds) + 0.5) * track.timescale)
      throw new HeadendError(
        'FEED_SEGMENT',
        `live/${channelId}/${path}: expected segments of ${channel.segmentSeconds} s, got ${(track.duration / track.timescale).toFixed(3)} s; set the encoder's segments and key frames to that, or the channel's segmentSeconds to these`,
      )
    const stream = streamOf(path, channel.pipelines) + track.part
    const endSeconds = (track.start + track.duration) / track.timescale
    const placed = lead && placedWith(lead, endSeconds, channel)
    const needed = { channel, stream, track, writtenMs, ...(placed && { placed }) }
    const isLooked = i === 0 && !read.isUntold
    const headed: HeadedRun | undefined = await (isLooked ? headOfRun : provenHead)(ports, needed, turns)
    if (!headed && ports.postpones) return [{ kind: 'postponed' }]
    if (!headed) {
      // Its other tracks have waited with it.
      turns = 0
      outcomes.push({ kind: 'outlying', part: track.part, endSeconds })
      continue
    }
    const { row, trackId, addSeconds, run } = headed
    lead ??= { endSeconds, addSeconds, run }
    const sinceMs = row.runs.find((one) => one.addSeconds === run)?.sinceMs
    // Of a run that has only begun the init segment may have come behind this, in the place of that of the run before.
    const isNewRun = sinceMs !== undefined && Math.abs(writtenMs - sinceMs) <= 3000 * channel.segmentSeconds
    if (i === 0 && isNewRun && (await read.isOutdated?.())) return takeObject(ports, object, read)
    if (headed.isDoubled) outcomes.push(doubled(trackId))
    if (i === 0) outcomes.push(...(await takeCues(ports, row.head, { cues: read.cues, addSeconds })))
    const added = Math.round(addSeconds * track.timescale)
    if (i === 0 && !read.isUntold)
      await takeEarlier(ports, object, { row, trackId, track, added }, takeUntoldOne)
    await noteNumber(ports, read, { row, trackId, track, added })
    boundaries ??= await boundariesIn(ports, row.head, {
      from: (track.start + added) / track.timescale,
      to: (track.start + track.duration + added) / track.timescale,
    })
    const pieces = track.cutAt(
      boundaries.map((time) => Math.round((time * track.timescale) / cueTimescale) - added),
    )
    if (track.type === 'video')
      boundaries = pieces.slice(1).map(({ start }) => ((start + added) * cueTimescale) / track.timescale)
    for (const piece of pieces) {
      const start = piece.start + added
      const own = asSetUp(row.head, trackId, piece)
      const recorded = await recordSegment(ports, {
        ref: row.head,
        trackId,
        track: own,
        start,
        run,
        writtenMs,
      })
      outcomes.push(recorded, ...leftOut(channel, { track, recorded, writtenMs, sinceMs, isLead: i === 0 }))
      behind = { head: row.head, seconds: start / piece.timescale }
      if (recorded.kind !== 'recorded' || !recorded.hole) continue
      const { timescale, duration, start: ownStart } = track
      const beside = { path, writtenMs, timescale, start: ownStart + added, duration, ownStart }
      for (const one of missedObjects(beside, recorded.hole)) missed.set(one.path, one)
    }
  }
  if (read.isUntold) return outcomes
  outcomes.push(...(await takeUntold(ports, object, [...missed.values()], takeUntoldOne)))
  if (behind) await settle(ports, behind)
  return outcomes
}

/** Where the first track of an object lies. */
interface Lead extends Pick<HeadedRun, 'addSeconds' | 'run'> {
  readonly endSeconds: number
}

/** Tracks of one object are of one run: told each for itself, a restart between the two would part audio from video. */
const placedWith = (lead: Lead, endSeconds: number, { segmentSeconds }: Channel): Lead | undefined =>
  Math.abs(endSeconds - lead.endSeconds) <= segmentSeconds ? lead : undefined

/** One of each kind: a stream that is damaged says so with every picture. */
function damages(problems: FeedCues['problems']): Outcome[] {
  const times = new Map<string, number>()
  for (const { code } of problems) times.set(code, (times.get(code) ?? 0) + 1)
  return [...times].map(([code, count]) => {
    const { message = '' } = problems.find((one) => one.code === code) ?? {}
    return { kind: 'damaged', code, why: message, ...(count > 1 && { times: count }) }
  })
}

/** Text as its track was set up first: it does so for its whole life. Throws FEED_SEGMENT where it can not. */
function asSetUp({ id, tracks }: LiveHead, trackId: string, track: FeedTrack): FeedTrack {
  if (track.type !== 'text') return track
  const known = tracks.find((one) => one.id === trackId)
  const [config = track.config] = known?.configs ?? []
  if (known && known.timescale !== track.timescale)
    throw new HeadendError(
      'FEED_SEGMENT',
      `${id} ${trackId}: expected text of ${known.timescale} ticks a second, as it began, got ${track.timescale}; send it under another name`,
    )
  return { ...track, config }
}

/** Init segment of the video that a stream of transport streams had last; undefined if it had none. */
async function initBefore(ports: FeedPorts, channel: Channel, path: string): Promise<Uint8Array | undefined> {
  const { head, streams } = (await ports.live.head(`live/${channel.id}`)) ?? {}
  const trackId = streams?.[streamOf(path, channel.pipelines) + firstVideo]
  const config = head?.tracks.find(({ id }) => id === trackId)?.configs.at(-1)
  if (!head || trackId === undefined || !config) return undefined
  return ports.object(liveObjects(head.id, head.version, trackId) + initFile(config.id))
}

/** What the reader of transport streams calls it. */
const firstVideo = '#video1'
