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
  object: FeedObject,
  missed: readonly Missed[],
  take: Take,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for await (const { path, bytes } of there(ports, object, missed)) {
    // What came with this object is recorded, and its memory is free.
    const taken = await take(ports, { ...object, path, bytes }).catch(unlessUnreadable)
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
  object: FeedObject,
  { row, trackId, track, added }: Placed,
  take: Take,
): Promise<void> {
  if (!ports.untold || !isYoung(row.head, ports.now())) return
  const { timescale, duration, start: ownStart } = track
  const start = ownStart + added
  const rows = await rowsAround(ports, { ref: row.head, trackId, track, start })
  if (rows.some(({ segments }) => segments.some((one) => one.start < start))) return
  const beside = { ...object, timescale, start, duration, ownStart }
  const missed = missedObjects(beside, holeAtBeginning({ start, duration }))
  // The object that came holds what memory is lent.
  const { memory, ...own } = ports
  for await (const { path, bytes } of there(ports, object, missed)) {
    await take(own, { ...object, path, bytes }).catch(unlessUnreadable)
    memory?.giveBack(bytes)
  }
}

/** Those that can be read, one after the other. */
async function* there(
  { untold }: Pick<FeedPorts, 'untold'>,
  { channelId }: FeedObject,
  missed: readonly Missed[],
): AsyncGenerator<Pick<FeedObject, 'path' | 'bytes'>> {
  for (const { path, sinceMs } of missed) {
    const bytes = await untold?.(`live/${channelId}/${path}`, sinceMs).catch(unlessUnreadable)
    if (bytes) yield { path, bytes }
  }
}

function unlessUnreadable(error: unknown): undefined {
  if (error instanceof HeadendError && error.status < 500) return
  throw error
}
