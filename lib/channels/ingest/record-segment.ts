/** Records a segment in the row of its minute: any number of writers, each segment once, and none that is there changes. */
import { HeadendError } from '../../errors.ts'
import { type FeedTrack, feedObject } from '../../packaging/index.ts'
import { again, untilDone } from '../../platform/retry.ts'
import { type Admission, admitted, type Latitude } from '../../timeline/live/admit.ts'
import { type LiveHead, maxSegmentTicks, minuteOf } from '../../timeline/live/head.ts'
import type { Segment } from '../../timeline/timeline.ts'
import { type Recorded, recordedIn, rowWith } from '../live/minute-row.ts'
import type { KeptRef } from '../live/store.ts'
import { holeBefore } from './missed.ts'
import type { FeedPorts, Outcome } from './ports.ts'
import { rowsAround } from './rows-around.ts'
import { storeSegment } from './store-segment.ts'

/** A hundred writers of one minute. */
const maxTries = 60

/** A track's part of an object, on the channel's clock. */
export interface Arrived {
  readonly ref: KeptRef & Pick<LiveHead, 'targetSeconds'>
  readonly trackId: string
  readonly track: FeedTrack
  /** Where it would begin, in ticks of the channel's clock. */
  readonly start: number
  /** The run of its encoder. */
  readonly run: number
  /** Wall clock at which its encoder wrote it. */
  readonly writtenMs: number
}

/** Records it. */
export async function recordSegment(ports: FeedPorts, arrived: Arrived): Promise<Outcome> {
  const { ref, trackId, track } = arrived
  const wanted: Segment = {
    number: arrived.start,
    cut: 0,
    start: arrived.start,
    duration: track.duration,
    bytes: 0,
    configId: track.config.id,
    sync: track.sync,
    gap: 'none',
    discontinuity: false,
  }
  // Who loses to another writer of the minute has its object there already, unless its place has changed.
  let wrote: { readonly place: Segment; readonly segment: Segment } | undefined
  return untilDone(
    async () => {
      const rows = await rowsAround(ports, arrived)
      const around = rows.flatMap(recordedIn).toSorted((a, b) => a.segment.start - b.segment.start)
      const recorded = around.map(({ segment }) => segment)
      const admission = admitted(recorded, wanted, latitude(arrived, around))
      if (admission.kind !== 'new') return passedOver(arrived, admission, around)
      const place = admission.segment
      if (wrote?.place.start !== place.start || wrote.place.duration !== place.duration)
        wrote = { place, segment: await written(ports, arrived, place) }
      const segment = { ...wrote.segment, discontinuity: place.discontinuity }
      const minute = minuteOf(segment.start / track.timescale)
      const row = rows.find((one) => one.minute === minute)
      const next = rowWith(row, { minute, trackId }, [{ segment, run: arrived.run }])
      if (!(await ports.live.putMinute(ref, next))) return again
      const hole = holeBefore(recorded, segment)
      return { kind: 'recorded', trackId, start: segment.start, ...(hole && { hole }) }
    },
    {
      most: maxTries,
      ...(ports.pauses && { pauses: ports.pauses }),
      exhausted: () =>
        new HeadendError(
          'CHANNEL_RACE',
          `${ref.id} ${trackId}: expected to record ${arrived.start}, lost to others ${maxTries} times`,
          { status: 503 },
        ),
    },
  )
}

/**
 * Transport streams say when frames begin alone, so where frames do not come at one rate nobody knows how long the last
 * one of an object lasts. A little that is missing there is no loss, unless the encoder began anew.
 */
function latitude({ ref, track, start, run }: Arrived, around: readonly Recorded[]): Latitude {
  const tolerance = toleranceOf(track)
  if (track.type !== 'video') return { tolerance }
  const at = around.findIndex(({ segment }) => segment.start > start)
  const beside = at < 0 ? around.slice(-1) : around.slice(Math.max(0, at - 1), at + 1)
  if (beside.some((one) => !Number.isNaN(one.run) && one.run !== run)) return { tolerance }
  const { durations } = track.fragment
  const maxTicks = durations.reduce((max, one) => Math.max(max, one), track.duration / 4)
  const room = maxSegmentTicks(ref, track.timescale) - track.duration
  return { tolerance, stretch: Math.max(0, Math.min(maxTicks, room)) }
}

/** Half a sample of mean duration; a text may last for the whole segment. */
const toleranceOf = ({ type, timescale, duration, fragment }: FeedTrack): number =>
  (type === 'text' ? timescale / 25 : duration / Math.max(1, fragment.sizes.length)) / 2

function passedOver(
  { trackId, track, run: own }: Arrived,
  admission: Exclude<Admission, { kind: 'new' }>,
  around: readonly Recorded[],
): Outcome {
  if (admission.kind === 'known') {
    const { start, configId: known } = admission.segment
    const run = around.find(({ segment }) => segment === admission.segment)?.run ?? Number.NaN
    const goesOn = around.some((one) => one.run === run && one.segment.start > start)
    return {
      kind: 'known',
      trackId,
      start,
      ...(known !== track.config.id && { isOther: true as const }),
      ...(!Number.isNaN(run) && run !== own && { otherRun: { goesOn } }),
    }
  }
  const { neighbour } = admission
  if (admission.kind === 'late')
    return {
      kind: 'passed over',
      why: `${trackId}: expected a segment behind those that are published, got one before that at ${neighbour.start}`,
    }
  return {
    kind: 'passed over',
    why: `${trackId}: expected a segment that begins behind the ones before it and ends before the next, got one that runs ${admission.by} ticks into that at ${neighbour.start}`,
  }
}

/** Bytes of all its samples. */
export const sampleBytes = ({ fragment: { sizes } }: FeedTrack): number =>
  sizes.reduce((sum, one) => sum + one, 0)

/** The segment with its object written. */
async function written(
  ports: FeedPorts,
  { ref, trackId, track, start, run, writtenMs }: Arrived,
  place: Segment,
): Promise<Segment> {
  const ahead = start - place.start
  // More than a rounding: its frames stay where they are.
  const lead = ahead > toleranceOf(track) ? ahead : 0
  const media = feedObject(track, { ...place, lead }, ports.memory)
  const webVtt = track.text?.webVtt?.(place.start - track.start)
  const source = { writtenMs, sampleBytes: sampleBytes(track) }
  const stored = await storeSegment(ports, { ref, trackId, place, media, webVtt, run, source })
  ports.memory?.giveBack(media)
  return stored
}
