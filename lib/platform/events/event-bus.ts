/** PutEvents: what a room says reaches the bus, or its publisher is told what did not. */
import { HeadendError } from '../../errors.ts'
import { jsonCall } from '../aws/json-call.ts'
import { type Pauses, pauseMs, realPauses } from '../retry.ts'
import type { RoomEvent } from './event-type.ts'

/** Where rooms say what happened. */
export interface EventBus {
  /** Puts events on the bus; gives those that were not taken, each with why. Who puts them again tells of them twice. */
  put(events: readonly RoomEvent[]): Promise<ReadonlyMap<RoomEvent, unknown>>
}

/** AWS takes ten entries at once (API_PutEvents, Entries). */
const maxEntries = 10
/**
 * Of the entries of one request. AWS takes a mebibyte since January 2026 ("More room to build", AWS Compute Blog) and
 * took a quarter of it before, as the pages of some regions still say; events of rooms are ids and never come near.
 */
const maxBytes = 256 * 1024
/** How often an entry is tried that the bus refuses while it takes others. */
const maxTries = 5

/** The bus of a name. */
export function eventBus(name: string, pauses: Pauses = realPauses): EventBus {
  return {
    async put(events) {
      const failed = new Map<RoomEvent, unknown>()
      for (const batch of batchesOf(events, failed)) await putBatch(batch, failed)
      return failed
    },
  }

  async function putBatch(batch: readonly Entry[], failed: Map<RoomEvent, unknown>): Promise<void> {
    let left = batch
    for (let turn = 0; turn < maxTries && left.length > 0; turn++) {
      if (turn > 0) await pauses.sleep(pauseMs(turn, pauses.random))
      const refusals = await refusalsOf(left)
      for (const { event } of left) failed.delete(event)
      for (const [{ event }, why] of refusals) failed.set(event, why)
      // What no attempt was answered for is not tried here again: the call has done so.
      if ([...refusals.values()].some((why) => !isRefusal(why))) return
      left = [...refusals.keys()]
    }
  }

  /** Which entries of one request the bus did not take. */
  async function refusalsOf(entries: readonly Entry[]): Promise<ReadonlyMap<Entry, unknown>> {
    try {
      const answer = await jsonCall(
        { service: 'events', action: 'PutEvents' },
        { Entries: entries.map(({ wire }) => ({ ...wire, EventBusName: name })) },
      )
      const results = resultsOf(answer)
      return new Map(
        entries.flatMap((entry, i) => {
          const result = results[i]
          return results.length === entries.length && typeof result?.EventId === 'string'
            ? []
            : [[entry, refused(entry, result)]]
        }),
      )
    } catch (error) {
      return new Map(entries.map((entry) => [entry, error]))
    }
  }
}

interface Entry {
  readonly event: RoomEvent
  readonly wire: { readonly Source: string; readonly DetailType: string; readonly Detail: string }
}

/** As many at once as AWS takes, in their order; what is too large for it is noted as failed. */
function batchesOf(events: readonly RoomEvent[], failed: Map<RoomEvent, unknown>): readonly Entry[][] {
  const batches: { readonly entries: Entry[]; bytes: number }[] = []
  for (const event of events) {
    const { source: Source, name: DetailType, detail } = event
    const wire = { Source, DetailType, Detail: JSON.stringify(detail) }
    const bytes = Object.values(wire).reduce((sum, text) => sum + Buffer.byteLength(text), 0)
    if (bytes > maxBytes) {
      const why = `${DetailType} ${detail.id}: expected an event of at most ${maxBytes} bytes, got ${bytes}`
      failed.set(event, new HeadendError('EVENT_SIZE', why, { status: 500 }))
      continue
    }
    const last = batches.at(-1)
    if (last && last.entries.length < maxEntries && last.bytes + bytes <= maxBytes) {
      last.entries.push({ event, wire })
      last.bytes += bytes
    } else batches.push({ entries: [{ event, wire }], bytes })
  }
  return batches.map(({ entries }) => entries)
}

interface Result {
  readonly EventId?: string
  readonly ErrorCode?: string
  readonly ErrorMessage?: string
}

/** One result an entry, in their order; nothing else says that an entry was taken. */
function resultsOf(answer: unknown): readonly (Result | undefined)[] {
  const results =
    typeof answer === 'object' && answer !== null && 'Entries' in answer ? answer.Entries : undefined
  return Array.isArray(results) ? (results as readonly (Result | undefined)[]) : []
}

const isRefusal = (why: unknown): boolean => why instanceof HeadendError && why.code === 'EVENT_REFUSED'

const refused = ({ event: { name, detail } }: Entry, result: Result | undefined): HeadendError =>
  new HeadendError(
    'EVENT_REFUSED',
    `${name} ${detail.id}: expected the bus to take it, got ${result?.ErrorCode ?? 'no answer for it'}: ${result?.ErrorMessage ?? ''}`,
    { status: 503 },
  )
