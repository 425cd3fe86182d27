/** A channel as the clock finds it: what is due although nothing comes, and whether its input is silent. */
import { hourOf, type LiveHead, minuteOf } from '../../timeline/live/head.ts'
import { liveObjects } from '../../timeline/live/placement.ts'
import { segmentFile } from '../../timeline/media-path.ts'
import type { Segment } from '../../timeline/timeline.ts'
import { sealHours } from '../ingest/seal-hours.ts'
import { settleTail, type TailRows } from '../ingest/settle.ts'
import { type Condition, conditionOf } from './condition.ts'
import type { ClockPorts } from './ports.ts'

/** What became of it. */
export type Checked =
  /** Nothing has come yet, or not for a day: it is off the air. */
  | { readonly kind: 'off' }
  | ({ readonly kind: 'runs'; readonly behindSeconds: number } & Condition)
  /** Nothing has come for so many seconds. */
  | { readonly kind: 'silent'; readonly seconds: number }

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
  const hour = Math.floor(minute / 60)
  const [rows, cues] = await Promise.all([
    ports.live.minutes(head, minute, minute + 1),
    // A break may have begun in the hour before.
    ports.live.cues(head, hour - 1, hour),
  ])
  return {
    kind: 'runs',
    // From the end of the last segment that came to now: what the encoder, its network and ingest take.
    behindSeconds: Math.max(0, nowSeconds - newest.endSeconds),
    ...conditionOf({ head, runs: row.runs, rows, cues, minute }),
  }
}

/** What is missing of a minute so long ago has been held to be a gap. */
const settledMinutes = 3

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
