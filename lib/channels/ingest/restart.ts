/**
 * An encoder that restarts within half a minute of its start counts from 0 again, and its run before still has those
 * times: its segments would be held for ones that are known, and none would be shown until it is past where it ended.
 */
import { liveObjects } from '../../timeline/live/placement.ts'
import { segmentFile } from '../../timeline/media-path.ts'
import { recordedIn } from '../live/minute-row.ts'
import type { Headed, Needed } from './head.ts'
import { provenHead } from './patience.ts'
import type { FeedPorts } from './ports.ts'
import { rowsAround } from './rows-around.ts'

/**
 * The head for the first track of an object, as `provenHead` gives it; if its place has been taken for long, as soon as
 * another segment is late by the same. One that is alone is known: it was sent again.
 */
export async function headOfRun(
  ports: FeedPorts,
  needed: Needed,
  turns: number,
): Promise<Headed | undefined> {
  const headed = await provenHead(ports, needed, turns)
  if (!headed || !(await isTakenForLong(ports, needed, headed))) return headed
  const anew = await provenHead(ports, { ...needed, isAnew: true }, turns)
  return ports.postpones ? anew : (anew ?? headed)
}

/**
 * Whether a segment lies where this one would, its encoder wrote that more than a segment before it, and nothing has
 * come since: an encoder that has restarted is not there any more. Redundant pipelines may be apart by as much.
 */
async function isTakenForLong(
  ports: Pick<FeedPorts, 'live' | 'now' | 'facts'>,
  { channel: { segmentSeconds, pipelines = [] }, track, writtenMs }: Needed,
  { row, trackId, addSeconds, lateSeconds }: Headed,
): Promise<boolean> {
  if (pipelines.length > 1 || lateSeconds <= segmentSeconds) return false
  const { timescale, duration } = track
  const start = track.start + Math.round(addSeconds * timescale)
  const rows = await rowsAround(ports, { ref: row.head, trackId, track, start })
  const there = rows.flatMap(recordedIn).filter(({ segment: { gap } }) => gap === 'none')
  const end = there.reduce((max, { segment }) => Math.max(max, segment.start + segment.duration), 0)
  const isSilent = start + lateSeconds * timescale - end >= duration / 2
  const middle = start + duration / 2
  const taken = there.find(
    ({ segment }) => segment.start <= middle && middle < segment.start + segment.duration,
  )
  if (!taken || !isSilent) return false
  const { number, cut } = taken.segment
  const folder = liveObjects(row.head.id, row.head.version, trackId)
  const { written } = (await ports.facts(folder + segmentFile(number, cut))) ?? {}
  return written !== undefined && writtenMs - Number(written) > segmentSeconds * 1000
}
