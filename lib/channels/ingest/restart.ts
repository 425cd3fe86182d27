/**
 * An encoder that restarts within half a minute of its start counts from 0 again, and its run before still has those
 * times: its segments would be held for ones that are known, and none would be shown until it is past where it ended.
 */
import { liveObjects } from '../../timeline/live/placement.ts'
import { segmentFile } from '../../timeline/media-path.ts'
import type { Segment } from '../../timeline/timeline.ts'
import type { Headed, Needed } from './head.ts'
import { provenHead } from './patience.ts'
import type { FeedPorts } from './ports.ts'
import { sampleBytes } from './record-segment.ts'
import { rowsAround } from './rows-around.ts'

/** A head, and whether another encoder sends the same times. */
export interface HeadedRun extends Headed {
  readonly isDoubled?: true
}

/**
 * The head for the first track of an object, as `provenHead` gives it; if its place has been taken for long, as soon as
 * another segment is late by the same. One that is alone is known: it was sent again.
 */
export async function headOfRun(
  ports: FeedPorts,
  needed: Needed,
  turns: number,
): Promise<HeadedRun | undefined> {
  const headed = await provenHead(ports, needed, turns)
  const other = headed && (await otherThere(ports, needed, headed))
  if (!other) return headed
  if (!other.isSilent) {
    // What has come since may be of its own run, and have begun it meanwhile.
    const later = await provenHead(ports, needed, 0)
    if (later && later.run !== headed.run) return later
    return other.isSame ? headed : { ...headed, isDoubled: true }
  }
  const anew = await provenHead(ports, { ...needed, isAnew: true }, turns)
  return ports.postpones ? anew : (anew ?? headed)
}

/**
 * The segment that lies where this one would, if its encoder wrote it more than a segment before this; whether nothing
 * has come since: an encoder that has restarted is not there any more; and whether it is the same. Redundant pipelines
 * may be apart by as much.
 */
async function otherThere(
  ports: Pick<FeedPorts, 'live' | 'now' | 'facts'>,
  { channel: { segmentSeconds, pipelines = [] }, track, writtenMs }: Needed,
  { row, trackId, addSeconds, lateSeconds }: Headed,
): Promise<{ readonly isSilent: boolean; readonly isSame: boolean } | undefined> {
  if (pipelines.length > 1 || lateSeconds <= segmentSeconds) return undefined
  const { timescale, duration } = track
  const start = track.start + Math.round(addSeconds * timescale)
  const middle = start + duration / 2
  const rows = await rowsAround(ports, { ref: row.head, trackId, track, start })
  const there = rows.flatMap(({ segments }) => segments.filter(({ gap }) => gap === 'none'))
  const other = there.find((one) => one.start <= middle && middle < one.start + one.duration)
  if (!other) return undefined
  const folder = liveObjects(row.head.id, row.head.version, trackId)
  const factsOf = async ({ number, cut }: Segment) => ports.facts(folder + segmentFile(number, cut))
  const { written, samples } = (await factsOf(other)) ?? {}
  if (written === undefined || writtenMs - Number(written) <= segmentSeconds * 1000) return undefined
  const newest = there.reduce((last, one) => (one.start > last.start ? one : last), other)
  const newestMs = Number((await factsOf(newest))?.['written'])
  return {
    // It was begun behind the last one: two that both go on write each within a segment of the other's.
    isSilent: (writtenMs - newestMs) * timescale >= duration * 1000,
    // Of one that was cut at a break a part lies there.
    isSame: other.cut > 0 || other.duration < duration || Number(samples) === sampleBytes(track),
  }
}
