/** PutEvents: publishes a room's events, and reports those that were not taken. */
import { HeadendError } from '../../errors.ts'
import { jsonCall } from '../aws/json-call.ts'
import { type Pauses, pauseMs, realPauses } from '../retry.ts'
import type { RoomEvent } from './event-type.ts'

/** A publisher of events. */
export interface EventBus {
  /**
   * Publishes events; returns those that were not taken, each with its error. Publishing them again may duplicate them.
   */
  put(events: readonly RoomEvent[]): Promise<ReadonlyMap<RoomEvent, unknown>>
}

/** AWS's limit for one request (API_PutEvents, Entries). */
const maxEntries = 10
/**
 * The limit for the entries of one request. AWS accepts a mebibyte since January 2026 ("More room to build", AWS
 * Compute Blog) and accepted a quarter of it before, as the pages of some regions still say; room events are ids and
 * never come near.
 */
const maxBytes = 256 * 1024
/** Tries for an entry that the bus rejects while it accepts others. */
const maxTries = 5

/** The bus with this name. */
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
      // An entry that got no answer is not retried here: the call has done so.
      if ([...refusals.values()].some((why) => !isRefusal(why))) return
      left = [...refusals.keys()]
    }
  }

  /** The entries of one request that the bus did not accept. */
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

/** Batches within AWS's limits, in order; an event that is too large is added to `failed`. */
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

/** The results in the order of the entries; nothing else says that an entry was accepted. */
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
