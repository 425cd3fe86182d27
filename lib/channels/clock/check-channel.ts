/** A channel as the clock finds it: what is due although nothing comes, and whether its input is silent. */
import { hourOf, type LiveHead, minuteOf } from '../../timeline/live/head.ts'
import { liveObjects } from '../../timeline/live/placement.ts'
import { segmentFile } from '../../timeline/media-path.ts'
import type { Segment } from '../../timeline/timeline.ts'
import { sealHours } from '../ingest/seal-hours.ts'
import { settleTail, type TailRows } from '../ingest/settle.ts'
import type { MinuteRow } from '../live/minute-row.ts'
import type { ClockPorts } from './ports.ts'

/** What became of it. */
export type Checked =
  /** Nothing has come yet, or not for a day: it is off the air. */
  | { readonly kind: 'off' }
  | ({ readonly kind: 'runs' } & Condition)
  /** Nothing has come for so many seconds. */
  | { readonly kind: 'silent'; readonly seconds: number }

/** How a channel does that is on the air. */
export interface Condition {
  /** From the end of the last segment that came to now: what the encoder, its network and ingest take. */
  readonly behindSeconds: number
  /** Gaps of the track that has most of them, in a minute a while ago: each minute is looked at once. */
  readonly gapSeconds: number
}

/** Others must be so far ahead of a track that has ended: what is only late comes within it, all at once. */
const endedSeconds = 60
/**
 * What has not come when nothing has for so long is not waited for: the tracks are levelled. Longer than a message that
 * failed once takes to be delivered again.
 */
const stoppedSeconds = 300
/** An input that is silent for longer was taken off. */
const offSeconds = 86_400
/** Segments within which another one is to come. */
const silentSegments = 2

/** Does what is due. */
export async function checkChannel(ports: ClockPorts, id: string): Promise<Checked> {
  const row = await ports.live.head(`live/${id}`)
  if (!row) return { kind: 'off' }
  const { head } = row
  const nowSeconds = ports.now() / 1000
  const newest = newestOf(head, await settleTail(ports, { head, seconds: nowSeconds }, { endedSeconds }))
  if (!newest) return { kind: 'off' }
  const writtenMs = await ports.writtenMs(newest.key)
  const seconds = nowSeconds - (writtenMs === undefined ? newest.endSeconds : writtenMs / 1000)
  const isStopped = seconds > stoppedSeconds
  if (isStopped) await settleTail(ports, { head, seconds: nowSeconds }, { isSilent: true })
  if (hourOf(newest.endSeconds) < hourOf(nowSeconds))
    await sealHours(ports, head, {
      seconds: nowSeconds,
      ...(isStopped && { stoppedAtSeconds: nowSeconds }),
    })
  if (seconds > offSeconds) return { kind: 'off' }
  if (seconds > silentSegments * head.segmentSeconds) return { kind: 'silent', seconds }
  const minute = minuteOf(nowSeconds) - settledMinutes
  return {
    kind: 'runs',
    behindSeconds: Math.max(0, nowSeconds - newest.endSeconds),
    gapSeconds: gapsOf(head, await ports.live.minutes(head, minute, minute)),
  }
}

/** What is missing of a minute so long ago has been held to be a gap. */
const settledMinutes = 3

function gapsOf({ tracks }: LiveHead, rows: readonly MinuteRow[]): number {
  const seconds = rows.map(({ trackId, segments }) => {
    const { timescale = 1 } = tracks.find(({ id }) => id === trackId) ?? {}
    return segments.reduce(
      (sum, { gap, duration }) => sum + (gap === 'missing' ? duration / timescale : 0),
      0,
    )
  })
  return Math.max(0, ...seconds)
}

interface Newest {
  /** Media time. */
  readonly endSeconds: number
  /** Its object in the media bucket. */
  readonly key: string
}

/** The last segment that came, of any track. */
function newestOf(head: LiveHead, { rows, last }: TailRows): Newest | undefined {
  const ends = head.tracks.flatMap(({ id, timescale }) => {
    const own = rows.flatMap(({ trackId, segments }) => (trackId === id ? segments : []))
    const came = [...(last.has(id) ? [last.get(id)] : []), ...own].filter(
      (one): one is Segment => one?.gap === 'none',
    )
    return came.map(
      ({ start, duration, number, cut }): Newest => ({
        endSeconds: (start + duration) / timescale,
        key: liveObjects(head.id, head.version, id) + segmentFile(number, cut),
      }),
    )
  })
  return ends.toSorted((a, b) => b.endSeconds - a.endSeconds)[0]
}
