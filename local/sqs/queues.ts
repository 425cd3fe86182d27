/** All queues and their journal: what is answered for here is on disk. */
import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { openJournal } from '../journal.ts'
import { isRecord } from '../json-input.ts'
import { account, region } from '../service.ts'
import { numberOf, type QueueAttributes, redrivePolicyOf } from './attributes.ts'
import { bodyDigest } from './digest.ts'
import { invalidParameter, noSuchQueue } from './faults.ts'
import { Queue } from './queue.ts'
import type { Message, NewMessage, Received } from './types.ts'

/** A line of the journal. Receipts are written without waiting: losing one only counts a receive less. */
type Entry =
  | {
      readonly op: 'queue'
      readonly queue: string
      readonly attributes: QueueAttributes
      readonly tags: Readonly<Record<string, string>>
      readonly createdAtMs: number
    }
  | { readonly op: 'queue-deleted' | 'purged'; readonly queue: string }
  | { readonly op: 'message' | 'deduplicated'; readonly queue: string; readonly message: Message }
  | { readonly op: 'deleted'; readonly queue: string; readonly id: string }
  | {
      readonly op: 'received'
      readonly queue: string
      readonly id: string
      readonly receiveCount: number
      readonly firstReceivedAtMs: number
    }
  | {
      readonly op: 'moved'
      readonly queue: string
      readonly id: string
      readonly to: string
      readonly message: Message
    }

export interface ReceiveOptions {
  readonly maximum: number
  readonly waitMs: number
  /** @default the queue's */
  readonly visibilitySeconds?: number
  readonly signal: AbortSignal
}

export type Queues = Awaited<ReturnType<typeof openQueues>>

export const queueArn = (name: string): string => `arn:aws:sqs:${region}:${account}:${name}`

export async function openQueues(path: string, now: () => number) {
  const queues = new Map<string, Queue>()
  const arrived = new EventEmitter().setMaxListeners(0)
  let sequence = 0
  const journal = await openJournal<Entry>({ path, accepts: isEntry, replay, snapshot })
  for (const queue of queues.values()) queue.sort()

  function replay(entry: Entry): void {
    const queue = queues.get(entry.queue)
    switch (entry.op) {
      case 'queue': {
        const { attributes, createdAtMs, tags } = entry
        const made = queue ?? new Queue(entry.queue, queueArn(entry.queue), { attributes, createdAtMs })
        made.attributes = attributes
        made.tags = tags
        queues.set(entry.queue, made)
        break
      }
      case 'queue-deleted':
        queues.delete(entry.queue)
        break
      case 'purged':
        queue?.clear()
        break
      case 'message':
        sequence = Math.max(sequence, entry.message.sequence)
        queue?.put(entry.message)
        break
      case 'deduplicated':
        queue?.remember(entry.message)
        break
      case 'deleted':
        queue?.remove(entry.id)
        break
      case 'received': {
        const { receiveCount, firstReceivedAtMs } = entry
        const message = queue?.get(entry.id)
        if (message !== undefined) queue?.put({ ...message, receiveCount, firstReceivedAtMs })
        break
      }
      case 'moved':
        sequence = Math.max(sequence, entry.message.sequence)
        queue?.remove(entry.id)
        queues.get(entry.to)?.put(entry.message)
        break
    }
  }

  function* snapshot(): Iterable<Entry> {
    for (const [name, queue] of queues) {
      yield asEntry(queue)
      for (const message of queue.deduplicated(now())) yield { op: 'deduplicated', queue: name, message }
      for (const message of queue.messages()) yield { op: 'message', queue: name, message }
    }
  }

  /** Changes memory and disk alike. */
  async function apply(entry: Entry): Promise<void> {
    replay(entry)
    await journal.append(entry)
  }

  function get(name: string): Queue {
    return queues.get(name) ?? noQueue()
  }

  /** Tells those who wait that there may be something; a delayed message they look out for themselves. */
  function notify(name: string): void {
    arrived.emit(name)
  }

  async function send(queue: Queue, given: NewMessage, senderId: string): Promise<Message> {
    const deduplicationId = deduplicationIdOf(queue, given)
    const duplicate = deduplicationId === undefined ? undefined : queue.duplicateOf(deduplicationId, now())
    if (duplicate !== undefined) return duplicate
    const delaySeconds = given.delaySeconds ?? numberOf(queue.attributes, 'DelaySeconds')
    const { body, attributes, traceHeader, groupId } = given
    sequence += 1
    const message: Message = {
      id: randomUUID(),
      body,
      attributes,
      senderId,
      sequence,
      sentAtMs: now(),
      delayedUntilMs: now() + delaySeconds * 1000,
      receiveCount: 0,
      ...(traceHeader !== undefined && { traceHeader }),
      ...(groupId !== undefined && { groupId }),
      ...(deduplicationId !== undefined && { deduplicationId }),
    }
    await apply({ op: 'message', queue: queue.name, message })
    notify(queue.name)
    return message
  }

  /** What may be given out now; on the way the overdue are dropped and the hopeless go to their dead-letter queue. */
  function take(queue: Queue, maximum: number, visibilitySeconds: number): readonly Received[] {
    const nowMs = now()
    for (const { id } of queue.expired(nowMs)) background(apply({ op: 'deleted', queue: queue.name, id }))
    const policy = redrivePolicyOf(queue.attributes)
    const deadLetters = policy && queues.get(policy.deadLetterTargetArn.split(':').at(-1) ?? '')
    const taken: Received[] = []
    for (const message of Array.from(firstOf(queue.visible(nowMs), maximum, (each) => !isHopeless(each)))) {
      if (isHopeless(message) && deadLetters !== undefined) {
        background(move(queue, deadLetters, { ...message, deadLetterSourceArn: queue.arn }))
        continue
      }
      const receiveCount = message.receiveCount + 1
      const firstReceivedAtMs = message.firstReceivedAtMs ?? nowMs
      taken.push(
        queue.give({ ...message, receiveCount, firstReceivedAtMs }, nowMs + visibilitySeconds * 1000),
      )
      const { id } = message
      background(journal.append({ op: 'received', queue: queue.name, id, receiveCount, firstReceivedAtMs }))
    }
    return taken

    function isHopeless(message: Message): boolean {
      return (
        policy !== undefined && deadLetters !== undefined && message.receiveCount >= policy.maxReceiveCount
      )
    }
  }

  async function move(from: Queue, to: Queue, message: Message, id = message.id): Promise<void> {
    sequence += 1
    await apply({
      op: 'moved',
      queue: from.name,
      id,
      to: to.name,
      message: { ...message, sequence, delayedUntilMs: 0 },
    })
    notify(to.name)
  }

  return {
    get,
    find: (name: string): Queue | undefined => queues.get(name),
    all: (): readonly Queue[] => [...queues.values()],
    send,
    move,
    now,

    async create(
      name: string,
      attributes: QueueAttributes,
      tags: Readonly<Record<string, string>>,
    ): Promise<void> {
      refuseUnknownTarget(attributes)
      await apply({ op: 'queue', queue: name, attributes, tags, createdAtMs: now() })
    },
    async change(queue: Queue, attributes: QueueAttributes, tags = queue.tags): Promise<void> {
      refuseUnknownTarget(attributes)
      queue.attributes = attributes
      queue.tags = tags
      await journal.append(asEntry(queue))
      notify(queue.name)
    },
    remove: (queue: Queue): Promise<void> => apply({ op: 'queue-deleted', queue: queue.name }),
    purge: (queue: Queue): Promise<void> => apply({ op: 'purged', queue: queue.name }),

    /** Waits for the first message as long as it may; an aborted wait has taken none. */
    async receive(queue: Queue, options: ReceiveOptions): Promise<readonly Received[]> {
      const { maximum, waitMs, signal } = options
      // As the queue has it when a message comes, which may be long after this began to wait.
      const visibilitySeconds = () =>
        options.visibilitySeconds ?? numberOf(queue.attributes, 'VisibilityTimeout')
      const untilMs = now() + waitMs
      for (;;) {
        if (signal.aborted || queues.get(queue.name) !== queue) return []
        const taken = take(queue, maximum, visibilitySeconds())
        const leftMs = Math.min(untilMs, queue.nextVisibleMs(now())) - now()
        if (taken.length > 0 || now() >= untilMs) return taken
        const woken = new AbortController()
        const wake = (): void => woken.abort()
        arrived.once(queue.name, wake)
        await wait(Math.max(1, leftMs), undefined, { signal: AbortSignal.any([signal, woken.signal]) }).catch(
          () => undefined,
        )
        arrived.off(queue.name, wake)
      }
    },

    /** Deletes by receipt; one that is no longer valid deletes nothing, as in AWS. */
    async delete(queue: Queue, receiptHandle: string): Promise<void> {
      const message = queue.received(receiptHandle)
      if (message === undefined) return
      await apply({ op: 'deleted', queue: queue.name, id: message.id })
      // In a FIFO queue the next of its group may go now.
      if (queue.isFifo) notify(queue.name)
    },

    changeVisibility(queue: Queue, receiptHandle: string, seconds: number): void {
      queue.changeVisibility(receiptHandle, seconds, now())
      notify(queue.name)
    },

    close: () => journal.close(),
  }

  function refuseUnknownTarget(attributes: QueueAttributes): void {
    const policy = redrivePolicyOf(attributes)
    if (policy === undefined || queues.has(policy.deadLetterTargetArn.split(':').at(-1) ?? '')) return
    throw invalidParameter(
      `Value ${attributes['RedrivePolicy']} for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.`,
    )
  }
}

function asEntry({ name, attributes, tags, createdAtMs }: Queue): Entry {
  return { op: 'queue', queue: name, attributes, tags, createdAtMs }
}

function isEntry(value: unknown): value is Entry {
  return isRecord(value) && typeof value['op'] === 'string' && typeof value['queue'] === 'string'
}

/** Everything up to the `maximum`th that counts. */
function* firstOf<Value>(
  values: Iterable<Value>,
  maximum: number,
  counts: (value: Value) => boolean,
): Iterable<Value> {
  let left = maximum
  for (const value of values) {
    yield value
    if (counts(value)) left -= 1
    if (left === 0) return
  }
}

function deduplicationIdOf(queue: Queue, { body, groupId, deduplicationId }: NewMessage): string | undefined {
  if (!queue.isFifo) return undefined
  if (groupId === undefined) throw invalidParameter('The request must contain the parameter MessageGroupId.')
  if (deduplicationId !== undefined) return deduplicationId
  if (queue.attributes['ContentBasedDeduplication'] === 'true') return bodyDigest(body)
  throw invalidParameter(
    'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  )
}

function noQueue(): never {
  throw noSuchQueue()
}

/** Writes nobody waits for; a failure shows at the next write that is waited for. */
function background(write: Promise<void>): void {
  write.catch((error: unknown) => console.error(error))
}
