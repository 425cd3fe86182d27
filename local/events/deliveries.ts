/** Events on their way from a rule to a target: kept until they are taken or given up, across restarts, at least once. */

import { openJournal } from '../journal.ts'
import { isRecord } from '../json-input.ts'
import type { Log } from '../lambda/index.ts'
import { Outbox } from '../outbox.ts'
import { AwsFault, type Caller } from '../service.ts'
import type { EventTarget } from './rules.ts'

/** One event for one target. */
export interface Delivery {
  readonly id: string
  readonly ruleArn: string
  readonly target: EventTarget
  readonly body: string
  readonly acceptedAtMs: number
}

/** Sends to a queue or a function. */
export type Send = (
  arn: string,
  body: string,
  caller: Caller,
  attributes?: Readonly<Record<string, string>>,
) => Promise<void>

/** What deliveries are made with. */
export interface DeliveryOptions {
  /** The file of the journal. */
  readonly path: string
  readonly send: Send
  readonly log: Log
  readonly now: () => number
  /** The wait before the second attempt, doubled for each further one. */
  readonly firstRetryMs?: number
}

/** Those under way. */
export interface Deliveries {
  /** On disk when it resolves. */
  accept(deliveries: readonly Delivery[]): Promise<void>
  /** Takes up what an earlier run left. */
  resume(): void
  close(): Promise<void>
}

type Entry =
  | { readonly op: 'accepted'; readonly delivery: Delivery }
  | { readonly op: 'done'; readonly id: string }

/** Opens what is kept at a path. */
export async function openDeliveries(options: DeliveryOptions): Promise<Deliveries> {
  const { path, firstRetryMs } = options
  const waiting = new Map<string, Delivery>()
  /** Attempts that failed in this run; a restart forgets them, and tries more. */
  const failures = new Map<string, number>()
  const journal = await openJournal<Entry>({
    path,
    accepts: isEntry,
    replay: (entry) => {
      if (entry.op === 'accepted') waiting.set(entry.delivery.id, entry.delivery)
      else waiting.delete(entry.id)
    },
    snapshot: () => [...waiting.values()].map((delivery): Entry => ({ op: 'accepted', delivery })),
  })
  const outbox = new Outbox<Delivery>({
    emit: (delivery) => attempt(options, delivery, failures),
    async delivered({ id }) {
      waiting.delete(id)
      failures.delete(id)
      await journal.append({ op: 'done', id })
    },
    ...(firstRetryMs !== undefined && { firstRetryMs }),
  })
  return {
    async accept(deliveries) {
      for (const delivery of deliveries) waiting.set(delivery.id, delivery)
      await Promise.all(deliveries.map((delivery) => journal.append({ op: 'accepted', delivery })))
      outbox.offer(deliveries)
    },
    resume: () => outbox.offer([...waiting.values()]),
    async close() {
      outbox.close()
      await journal.close()
    },
  }
}

/** Tries once; resolves when the event needs no more of it, rejects to be called again. */
async function attempt(
  options: DeliveryOptions,
  delivery: Delivery,
  failures: Map<string, number>,
): Promise<void> {
  const { target, ruleArn, body } = delivery
  const caller = callerOf(ruleArn)
  try {
    await options.send(target.arn, target.input ?? body, caller)
  } catch (error) {
    const attempts = (failures.get(delivery.id) ?? 0) + 1
    failures.set(delivery.id, attempts)
    const condition = exhausted(delivery, { error, attempts, nowMs: options.now() })
    if (condition === undefined) throw error
    await giveUp(options, delivery, {
      RULE_ARN: ruleArn,
      TARGET_ARN: target.arn,
      ERROR_CODE: errorCode(error),
      // An attribute of a message is never empty.
      ERROR_MESSAGE: (error instanceof Error && error.message) || String(error),
      RETRY_ATTEMPTS: String(attempts - 1),
      ...(condition !== 'never' && { EXHAUSTED_RETRY_CONDITION: condition }),
    })
  }
}

/** Why no further attempt is made: `never` where another one could not end otherwise. */
function exhausted(
  { target, acceptedAtMs }: Delivery,
  { error, attempts, nowMs }: { readonly error: unknown; readonly attempts: number; readonly nowMs: number },
): 'never' | 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds' | undefined {
  if (error instanceof AwsFault && error.status < 500 && error.status !== 429) return 'never'
  if (attempts > target.maximumRetryAttempts) return 'MaximumRetryAttempts'
  if (nowMs - acceptedAtMs > target.maximumEventAgeSeconds * 1000) return 'MaximumEventAgeInSeconds'
  return undefined
}

function errorCode(error: unknown): string {
  if (!(error instanceof AwsFault)) return 'ERROR_FROM_TARGET'
  if (error.code.startsWith('AccessDenied')) return 'NO_PERMISSIONS'
  if (/NotFound|NonExistent|DoesNotExist/.test(error.code)) return 'NO_RESOURCE'
  return error.status === 429 ? 'THROTTLING' : 'ERROR_FROM_TARGET'
}

async function giveUp(
  { send, log }: DeliveryOptions,
  { target, ruleArn, body }: Delivery,
  attributes: Readonly<Record<string, string>>,
): Promise<void> {
  const say = (what: string) =>
    log({
      time: new Date().toISOString(),
      level: 'ERROR',
      source: 'events',
      message: `${ruleArn}: event for ${target.arn} ${what}: ${attributes['ERROR_MESSAGE']}`,
    })
  if (target.deadLetterArn === undefined) {
    say('lost')
    return
  }
  try {
    await send(target.deadLetterArn, target.input ?? body, callerOf(ruleArn), attributes)
  } catch (error) {
    if (!(error instanceof AwsFault) || error.status >= 500) throw error
    say(`lost, for its dead-letter queue refuses it (${error.message})`)
  }
}

const callerOf = (ruleArn: string): Caller => ({
  kind: 'service',
  principal: 'events.amazonaws.com',
  sourceArn: ruleArn,
})

function isEntry(value: unknown): value is Entry {
  if (!isRecord(value)) return false
  const { op, id, delivery } = value
  if (op === 'done') return typeof id === 'string'
  return (
    op === 'accepted' &&
    isRecord(delivery) &&
    typeof delivery['id'] === 'string' &&
    isRecord(delivery['target'])
  )
}
