/** What is due behind an object: holes whose time has passed, hours that are over. */
import { realPauses } from '../../platform/retry.ts'
import { firstHourOf, hourOf, type LiveHead, minuteOf } from '../../timeline/live/head.ts'
import type { SealedHour } from '../../timeline/live/hour.ts'
import type { Segment } from '../../timeline/timeline.ts'
import type { MinuteRow } from '../live/minute-row.ts'
import type { LiveReads } from '../live/store.ts'
import { withEmptyTexts } from './empty-texts.ts'
import { type Circumstances, type Resolved, resolveHoles } from './holes.ts'
import type { FeedPorts } from './ports.ts'
import { type SealPorts, sealHours } from './seal-hours.ts'
import { isBeingFilled, type Looked, recordWritten } from './written-before.ts'

/** Where a channel stands behind an object. */
export interface Behind {
  readonly head: LiveHead
  /** Media time of its last track's segment. */
  readonly seconds: number
}

/** Objects that come at once are taken side by side: what is missed may be on its way to the table. */
const graceMs = 2000

/** Does it. */
export async function settle(
  ports: SealPorts & Pick<FeedPorts, 'facts' | 'pauses'>,
  { head, seconds }: Behind,
): Promise<void> {
  const minute = minuteOf(seconds)
  const from = minute - sightMinutes(head)
  const looked = async (): Promise<Looked> => {
    const rows = await ports.live.minutes(head, from, minute + 1)
    if (isUnbroken(head, rows, from)) return { head, rows }
    const tail = await readTail(ports.live, { head, seconds })
    return { head, rows: tail.rows, sealed: tail.last }
  }
  const due = ({ rows, ...circumstances }: Looked): Resolved => resolveHoles(head, rows, circumstances)
  const before = await looked()
  if (due(before).length > 0) {
    await (ports.pauses ?? realPauses).sleep(graceMs)
    await recordWritten(ports, await looked())
    const after = await looked()
    if (!isBeingFilled(head, before.rows, after.rows)) await writeResolved(ports, head, due(after))
  }
  if (minute % 60 <= 2) await sealHours(ports, head, { seconds })
}

/** So far back that an absence that opens is told from one that is open. */
const sightMinutes = ({ segmentSeconds }: LiveHead): number =>
  Math.max(2, Math.ceil((15 * segmentSeconds) / 60))

/** Whether all tracks were there when the sight begins: else a pause may lie before it. */
function isUnbroken({ tracks, targetSeconds }: LiveHead, rows: readonly MinuteRow[], from: number): boolean {
  return tracks.every(({ id, timescale }) =>
    rows.some(
      ({ trackId, segments: [first] }) =>
        trackId === id && first !== undefined && first.start / timescale <= from * 60 + targetSeconds + 1,
    ),
  )
}

/** What is behind the last sealed hour. */
export interface TailRows {
  readonly sealed: SealedHour | undefined
  readonly rows: readonly MinuteRow[]
  /** Each track's last sealed segment, by its id. */
  readonly last: ReadonlyMap<string, Segment>
}

/** The longest tail that is looked at: hours are sealed as they pass. */
const maxTailHours = 24

/** Reads it, up to some minutes behind `seconds`: clocks of encoders may be fast. */
async function readTail(live: LiveReads, { head, seconds }: Behind): Promise<TailRows> {
  const hour = hourOf(seconds)
  const sealed = await live.hourBefore(head, hour + 1)
  const first = Math.max(sealed ? sealed.hour + 1 : firstHourOf(head), hour - maxTailHours)
  const rows = await live.minutes(head, first * 60, minuteOf(seconds) + 3)
  const last = Object.entries(sealed?.tracks ?? {}).map(([id, { behind }]) => [id, behind.last] as const)
  return { sealed, rows, last: new Map(last) }
}

/** What fills holes for longer never ends: then what is missing is a gap, whatever else comes. */
const maxFillMinutes = 5

/** Holes of a track are found one behind the other. */
const maxLooks = 10

/** Resolves all that is due in the whole tail; gives it as it is then. */
export async function settleTail(
  { live, facts, putOnce, pauses = realPauses }: Pick<FeedPorts, 'live' | 'facts' | 'putOnce' | 'pauses'>,
  behind: Behind,
  circumstances: Circumstances = {},
): Promise<TailRows> {
  const { head } = behind
  let tail = await readTail(live, behind)
  const due = resolveHoles(head, tail.rows, { ...circumstances, sealed: tail.last })
  if (due.length > 0) {
    const before = tail.rows
    const isOld = due.some(({ minute }) => minute < minuteOf(behind.seconds) - maxFillMinutes)
    await pauses.sleep(graceMs)
    tail = await readTail(live, behind)
    await recordWritten({ live, facts }, { head, rows: tail.rows, sealed: tail.last })
    tail = await readTail(live, behind)
    if (!isOld && isBeingFilled(head, before, tail.rows)) return tail
  }
  for (let look = 0; look < maxLooks; look++) {
    const resolved = resolveHoles(head, tail.rows, { ...circumstances, sealed: tail.last })
    if (resolved.length === 0) break
    await writeResolved({ live, putOnce }, head, resolved)
    tail = await readTail(live, behind)
  }
  return tail
}

/** Writes rows of each track in the order of time, up to one where somebody else was first: that is looked at anew. */
async function writeResolved(
  { live, putOnce }: Pick<SealPorts, 'live' | 'putOnce'>,
  head: LiveHead,
  due: Resolved,
): Promise<void> {
  const resolved = await withEmptyTexts({ putOnce }, head, due)
  for (const rows of Map.groupBy(resolved, ({ trackId }) => trackId).values())
    for (const row of rows.toSorted((a, b) => a.minute - b.minute))
      if (!(await live.putMinute(head, row))) break
}
