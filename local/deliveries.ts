/** Events on their way to a target: kept until they are taken or given up, across restarts, at least once. */
import { openJournal } from './journal.ts'
import { isRecord, type JsonRecord, optionalInteger, optionalRecord, optionalText } from './json-input.ts'
import type { Log } from './lambda/index.ts'
import { Outbox } from './outbox.ts'
import { AwsFault, type Caller } from './service.ts'

/** A queue or a function, and how long it is tried. */
export interface DeliveryTarget {
  readonly arn: string
  /** Sent in the place of the event. */
  readonly input?: string
  readonly maximumRetryAttempts: number
  readonly maximumEventAgeSeconds: number
  readonly deadLetterArn?: string
}

/** What is tried where a target has no RetryPolicy. */
const defaultRetryAttempts = 185
const defaultEventAgeSeconds = 86_400

/** RetryPolicy and DeadLetterConfig of a target. */
export function patienceOf(target: JsonRecord): Omit<DeliveryTarget, 'arn' | 'input'> {
  const retry = optionalRecord(target, 'RetryPolicy') ?? {}
  const deadLetters = optionalRecord(target, 'DeadLetterConfig')
  const deadLetterArn = deadLetters && optionalText(deadLetters, 'Arn')
  return {
    maximumRetryAttempts:
      optionalInteger(retry, 'MaximumRetryAttempts', { min: 0, max: 185 }) ?? defaultRetryAttempts,
    maximumEventAgeSeconds:
      optionalInteger(retry, 'MaximumEventAgeInSeconds', { min: 60, max: 86_400 }) ?? defaultEventAgeSeconds,
    ...(deadLetterArn !== undefined && { deadLetterArn }),
  }
}

/** One event for one target. */
export interface Delivery {
  readonly id: string
  readonly target: DeliveryTarget
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

/** Why an event is given up. */
export interface GivenUp {
  readonly error: unknown
  /** Those that failed. */
  readonly attempts: number
  /** `never` where another attempt could not end otherwise. */
  readonly condition: 'never' | 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds'
}

/** What deliveries are made with. */
export interface DeliveryOptions<Kind extends Delivery> {
  /** As logs name it. */
  readonly source: string
  /** Whom it comes from. */
  readonly callerOf: (delivery: Kind) => Caller
  /** What a dead letter says of why it is one. */
  readonly reasonOf: (delivery: Kind, why: GivenUp) => Readonly<Record<string, string>>
  /** The file of the journal. */
  readonly path: string
  readonly send: Send
  readonly log: Log
  readonly now: () => number
  /** The wait before the second attempt, doubled for each further one. */
  readonly firstRetryMs?: number
}

/** Those under way. */
export interface Deliveries<Kind extends Delivery> {
  /** On disk when it resolves. */
  accept(deliveries: readonly Kind[]): Promise<void>
  /** Takes up what an earlier run left. */
  resume(): void
  close(): Promise<void>
}

type Entry<Kind extends Delivery> =
  | { readonly op: 'accepted'; readonly delivery: Kind }
  | { readonly op: 'done'; readonly id: string }

/** Opens what is kept at a path. */
export async function openDeliveries<Kind extends Delivery>(
  options: DeliveryOptions<Kind>,
): Promise<Deliveries<Kind>> {
  const { path, firstRetryMs } = options
  const waiting = new Map<string, Kind>()
  /** Attempts that failed in this run; a restart forgets them, and tries more. */
  const failures = new Map<string, number>()
  const journal = await openJournal<Entry<Kind>>({
    path,
    accepts: isEntry<Kind>,
    replay: (entry) => {
      if (entry.op === 'accepted') waiting.set(entry.delivery.id, entry.delivery)
      else waiting.delete(entry.id)
    },
    snapshot: () => [...waiting.values()].map((delivery): Entry<Kind> => ({ op: 'accepted', delivery })),
  })
  const outbox = new Outbox<Kind>({
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
async function attempt<Kind extends Delivery>(
  options: DeliveryOptions<Kind>,
  delivery: Kind,
  failures: Map<string, number>,
): Promise<void> {
  const { target, body } = delivery
  try {
    await options.send(target.arn, target.input ?? body, options.callerOf(delivery))
  } catch (error) {
    const attempts = (failures.get(delivery.id) ?? 0) + 1
    failures.set(delivery.id, attempts)
    const condition = exhausted(delivery, { error, attempts, nowMs: options.now() })
    if (condition === undefined) throw error
    await giveUp(options, delivery, { error, attempts, condition })
  }
}

/** Why no further attempt is made. */
function exhausted(
  { target, acceptedAtMs }: Delivery,
  { error, attempts, nowMs }: { readonly error: unknown; readonly attempts: number; readonly nowMs: number },
): GivenUp['condition'] | undefined {
  if (error instanceof AwsFault && error.status < 500 && error.status !== 429) return 'never'
  if (attempts > target.maximumRetryAttempts) return 'MaximumRetryAttempts'
  if (nowMs - acceptedAtMs > target.maximumEventAgeSeconds * 1000) return 'MaximumEventAgeInSeconds'
  return undefined
}

/** An attribute of a message is never empty. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error && error.message) || String(error)

async function giveUp<Kind extends Delivery>(
  { send, log, source, callerOf, reasonOf }: DeliveryOptions<Kind>,
  delivery: Kind,
  why: GivenUp,
): Promise<void> {
  const { target, body } = delivery
  const caller = callerOf(delivery)
  const attributes = reasonOf(delivery, why)
  const from = caller.kind === 'service' ? caller.sourceArn : (attributes['SCHEDULE_ARN'] ?? source)
  const say = (what: string) =>
    log({
      time: new Date().toISOString(),
      level: 'ERROR',
      source,
      message: `${from}: event for ${target.arn} ${what}: ${messageOf(why.error)}`,
    })
  if (target.deadLetterArn === undefined) {
    say('lost')
    return
  }
  try {
    await send(target.deadLetterArn, target.input ?? body, caller, attributes)
  } catch (error) {
    if (!(error instanceof AwsFault) || error.status >= 500) throw error
    say(`lost, for its dead-letter queue refuses it (${error.message})`)
  }
}

function isEntry<Kind extends Delivery>(value: unknown): value is Entry<Kind> {
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
