/** Kinds of events that come within a track's segments, as its head says them. */
import type { FeedTrack } from '../../packaging/index.ts'
import type { InbandEvents } from '../../timeline/timeline.ts'

/** Kinds of events that a manifest names of one track. */
const maxEventKinds = 8

/** Those that are known, and new ones of a segment. */
export function eventsWith(
  known: readonly InbandEvents[],
  { events = [] }: FeedTrack,
): readonly InbandEvents[] {
  const all = [
    ...known,
    ...events.map(({ scheme, value }) => ({ schemeIdUri: scheme, ...(value !== '' && { value }) })),
  ]
  const once = new Map(all.map((one) => [JSON.stringify(one), one]))
  return [...once.values()].slice(0, Math.max(known.length, maxEventKinds))
}
