/** Takes objects that came without being told of, or are not told of yet. */
import { HeadendError } from '../../errors.ts'
import { isYoung } from './head.ts'
import { holeAtBeginning, type Missed, missedObjects } from './missed.ts'
import type { Placed } from './numbered.ts'
import type { FeedObject, FeedPorts, Outcome } from './ports.ts'
import { rowsAround } from './rows-around.ts'

/** Takes one, and looks for no others. */
export type Take = (ports: FeedPorts, object: FeedObject) => Promise<readonly Outcome[]>

/** Takes those that are there, and says which. */
export async function takeUntold(
  ports: FeedPorts,
  { channelId, writtenMs }: FeedObject,
  missed: readonly Missed[],
  take: Take,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const { path, sinceMs } of missed) {
    const bytes = await ports.untold?.(`live/${channelId}/${path}`, sinceMs).catch(unlessUnreadable)
    if (!bytes) continue
    // What came with this object is recorded, and its memory is free.
    const taken = await take(ports, { channelId, path, bytes, writtenMs }).catch(unlessUnreadable)
    ports.memory?.reset()
    if (taken?.some(({ kind }) => kind === 'recorded')) outcomes.push({ kind: 'untold', path })
  }
  return outcomes
}

/**
 * Takes what lies before a track's first segment: once three are recorded, what comes before them is too late. Their own
 * messages find them known.
 */
export async function takeEarlier(
  ports: FeedPorts,
  { channelId, path, writtenMs }: FeedObject,
  { row, trackId, track, added }: Placed,
  take: Take,
): Promise<void> {
  if (!ports.untold || !isYoung(row.head, ports.now())) return
  const { timescale, duration, start: ownStart } = track
  const start = ownStart + added
  const rows = await rowsAround(ports, { ref: row.head, trackId, track, start })
  if (rows.some(({ segments }) => segments.some((one) => one.start < start))) return
  const beside = { path, writtenMs, timescale, start, duration, ownStart }
  // The object that came holds what memory is lent.
  const { memory, ...own } = ports
  for (const { path: earlier, sinceMs } of missedObjects(beside, holeAtBeginning({ start, duration }))) {
    const bytes = await ports.untold(`live/${channelId}/${earlier}`, sinceMs).catch(unlessUnreadable)
    if (!bytes) continue
    await take(own, { channelId, path: earlier, bytes, writtenMs }).catch(unlessUnreadable)
    memory?.giveBack(bytes)
  }
}

function unlessUnreadable(error: unknown): undefined {
  if (error instanceof HeadendError && error.status < 500) return
  throw error
}
