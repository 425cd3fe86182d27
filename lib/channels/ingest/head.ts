/** The head of a channel's life as its feed makes it: begun with the first segment, and a line for each new track. */
import { HeadendError } from '../../errors.ts'
import type { FeedTrack } from '../../packaging/index.ts'
import { again, untilDone } from '../../platform/retry.ts'
import type { LiveHead, LiveTrack } from '../../timeline/live/head.ts'
import { liveObjects, liveTrackId } from '../../timeline/live/placement.ts'
import { initFile } from '../../timeline/media-path.ts'
import type { Channel } from '../channel.ts'
import { isBeside } from '../live/beside.ts'
import type { EncoderClock } from '../live/encoder-run.ts'
import type { HeadRow } from '../live/store.ts'
import { placed } from './encoder-clock.ts'
import { eventsWith } from './event-kinds.ts'
import { knownTrack } from './known-track.ts'
import type { FeedPorts } from './ports.ts'
import { higherRates, ratesOf } from './rates.ts'

/** Writers of one channel that begin at once: its tracks, on both pipelines. */
const maxTries = 40

/** What a segment needs the head to say. */
export interface Needed {
  readonly channel: Channel
  /** The stream it came in. */
  readonly stream: string
  readonly track: FeedTrack
  /** Wall clock at which it was written. */
  readonly writtenMs: number
  /** Where it lies, if something else says so. @default its time does */
  readonly placed?: Pick<Headed, 'addSeconds' | 'run'>
  /** The run that would have it is not its own. @default false */
  readonly isAnew?: boolean
}

/** A head that says what a segment needs. */
export interface Headed {
  readonly row: HeadRow
  readonly trackId: string
  /** Added to the encoder's seconds. */
  readonly addSeconds: number
  /** The run of the encoder. */
  readonly run: number
  /** By how much it came later than that run says. */
  readonly lateSeconds: number
}

/**
 * The head that knows the stream, its config and its run; the stream's track, and what is added to its clock. Undefined
 * if its time fits nothing, and nothing goes on from it yet.
 */
export async function headFor(ports: FeedPorts, needed: Needed): Promise<Headed | undefined> {
  const id = `live/${needed.channel.id}`
  const { start, duration, timescale, clockSeconds } = needed.track
  const endSeconds = (start + duration) / timescale
  return untilDone(
    async () => {
      const row = await ports.live.head(id)
      const isOld = row && !isOfLife(row, needed.channel)
      const life = row && !isOld ? row : { ...newRow(ports, id, needed.channel), runs: row?.runs ?? [] }
      // Placed anew in each try: whoever was first may have begun the run that this segment is of.
      const timed = { endSeconds, writtenMs: needed.writtenMs, clockSeconds }
      const arrival = {
        segmentSeconds: needed.channel.segmentSeconds,
        isFirst: life.head.tracks.length === 0,
        isAnew: needed.isAnew === true,
      }
      const placing = needed.placed
        ? { kind: 'placed' as const, ...needed.placed, lateSeconds: 0, clock: life }
        : placed(life, timed, arrival)
      const { clock } = placing
      if (placing.kind === 'unproven') {
        const written = { ...life, ...clock, revision: life.revision + 1 }
        return clock === life || (await ports.live.putHead(written)) ? undefined : again
      }
      // It may have been taken away since it was read: nothing makes it anew.
      if (!row && !(await ports.channel(needed.channel.id)))
        throw new HeadendError('CHANNEL_NOT_FOUND', `${id}: no such channel`, { status: 404 })
      const { addSeconds, run, lateSeconds } = placing
      const next = withNeeded(life, needed, {
        clock,
        nowMs: ports.now(),
        endSeconds: endSeconds + addSeconds,
      })
      const trackId = next.streams[needed.stream] ?? ''
      if (row && next === row) return { row, trackId, addSeconds, run, lateSeconds }
      // First what the head will name: whoever reads it must find it.
      const { version } = next.head
      const key = liveObjects(id, version, trackId) + initFile(needed.track.config.id)
      await ports.putOnce(key, needed.track.init, {})
      const written = { ...next, revision: (row?.revision ?? 0) + 1 }
      return (await ports.live.putHead(written))
        ? { row: written, trackId, addSeconds, run, lateSeconds }
        : again
    },
    {
      most: maxTries,
      ...(ports.pauses && { pauses: ports.pauses }),
      exhausted: () =>
        new HeadendError(
          'CHANNEL_RACE',
          `${id}: expected to write its head, lost to others ${maxTries} times`,
          {
            status: 503,
          },
        ),
    },
  )
}

/** The target duration is fixed for a life: another one begins a new one. */
const isOfLife = ({ head }: HeadRow, { segmentSeconds }: Channel): boolean =>
  head.targetSeconds === Math.ceil(segmentSeconds)

const dayMs = 86_400_000

function newRow({ randomBytes, now }: FeedPorts, id: string, channel: Channel): HeadRow {
  return {
    revision: 0,
    streams: {},
    runs: [],
    head: {
      format: 'headend-live/1',
      id,
      version: Buffer.from(randomBytes(8)).toString('hex'),
      epochMs: Math.floor(now() / dayMs) * dayMs,
      beganMs: now(),
      segmentSeconds: channel.segmentSeconds,
      targetSeconds: Math.ceil(channel.segmentSeconds),
      windowSeconds: channel.windowSeconds,
      tracks: [],
    },
  }
}

/** When a segment came, and where it ends on the channel's clock. */
interface Circumstances {
  readonly clock: EncoderClock
  readonly nowMs: number
  readonly endSeconds: number
}

/** The same row if it says all that is needed. */
function withNeeded(
  row: HeadRow,
  { channel, stream, track }: Needed,
  { clock, nowMs, endSeconds }: Circumstances,
): HeadRow {
  const { head, streams } = row
  const trackId = knownTrack(row, stream, track) ?? liveTrackId(track.type, head.tracks.length + 1)
  const known = head.tracks.find(({ id }) => id === trackId)
  const isText = isBeside(track.type)
  // Text is set up once: what changes in it must change nothing for others.
  const isKnown = known?.configs.some(({ id }) => isText || id === track.config.id) ?? false
  const { windowSeconds } = channel
  const isSaid = isKnown && streams[stream] !== undefined
  // The first segment says little of the rate: a picture that stands still may be followed by one that moves.
  const rates = known && isYoung(head, nowMs) ? higherRates(known, track) : undefined
  const adMarkers = channel.adMarkers === 'daterange' ? undefined : channel.adMarkers
  const deltaUpdates = channel.deltaUpdates === false ? false : undefined
  const { latencySeconds } = channel
  const isAsked =
    head.windowSeconds === windowSeconds &&
    head.adMarkers === adMarkers &&
    head.deltaUpdates === deltaUpdates &&
    head.latencySeconds === latencySeconds
  const inbandEvents = eventsWith(known?.inbandEvents ?? [], track)
  const isTold = inbandEvents.length === (known?.inbandEvents ?? []).length
  if (isSaid && clock === row && !rates && isAsked && isTold) return row
  const joins = isText ? textJoinsAt(head, endSeconds, nowMs / 1000) : joinsAt(head, endSeconds)
  const { adMarkers: _, deltaUpdates: __, latencySeconds: ___, ...rest } = head
  const described = known
    ? {
        ...known,
        ...rates,
        ...(inbandEvents.length > 0 && { inbandEvents }),
        configs: isKnown ? known.configs : [...known.configs, track.config],
      }
    : { ...newTrack(trackId, track, head.tracks), ...(inbandEvents.length > 0 && { inbandEvents }) }
  return {
    ...row,
    ...clock,
    streams: { ...streams, [stream]: trackId },
    head: {
      ...rest,
      windowSeconds,
      ...(adMarkers && { adMarkers }),
      ...(deltaUpdates === false && { deltaUpdates }),
      ...(latencySeconds !== undefined && { latencySeconds }),
      tracks: known
        ? head.tracks.map((one) => (one === known ? described : one))
        : [...head.tracks, described],
      ...(!known && isLate(head, nowMs) && { joins: { ...head.joins, [trackId]: joins } }),
    },
  }
}

/** From here on others may be published: what joins them must do so in their future. */
const isLate = ({ beganMs, segmentSeconds, tracks }: LiveHead, nowMs: number): boolean =>
  tracks.length > 0 && nowMs - beganMs > 2000 * segmentSeconds

const joinsAt = ({ segmentSeconds }: LiveHead, endSeconds: number): number => endSeconds + 2 * segmentSeconds

/** Text comes later than what is shown already; the languages of an encoder come at once, and join at once. */
function textJoinsAt(head: LiveHead, endSeconds: number, nowSeconds: number): number {
  const behind = Math.max(endSeconds, nowSeconds)
  const soon = Object.values(head.joins ?? {}).find((at) => at > behind + head.segmentSeconds)
  return soon ?? joinsAt(head, behind)
}

/** Segments from which the announced rate is learned; players know it then, and most do not ask again. */
const learnedSegments = 10

/** Whether it has only begun. */
export const isYoung = ({ beganMs, segmentSeconds }: LiveHead, nowMs: number): boolean =>
  nowMs - beganMs <= learnedSegments * segmentSeconds * 1000

function newTrack(id: string, track: FeedTrack, others: readonly LiveTrack[]): LiveTrack {
  const isFirst = others.every(({ type }) => type !== track.type)
  return {
    id,
    type: track.type,
    timescale: track.timescale,
    ...(track.language && { language: track.language }),
    ...(track.text?.name && { name: track.text.name }),
    roles: track.text?.roles ?? (track.type === 'video' || isFirst ? ['main'] : ['alternate']),
    ...ratesOf(track),
    configs: [track.config],
  }
}
