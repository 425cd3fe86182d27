/** One queue in memory: which messages it has, which of them are given out and until when. */
import { randomUUID } from 'node:crypto'
import { AwsFault } from '../service.ts'
import { numberOf, type QueueAttributes } from './attributes.ts'
import { badReceiptHandle } from './faults.ts'
import type { Message, Received } from './types.ts'

/** What is true of a message only while this process runs: after a restart all are to be had again. */
interface Held {
  message: Message
  hiddenUntilMs: number
  receiptHandle?: string
}

export const maxVisibilitySeconds = 12 * 60 * 60
const deduplicationMs = 5 * 60 * 1000

export class Queue {
  readonly name: string
  readonly arn: string
  readonly createdAtMs: number
  attributes: QueueAttributes
  tags: Readonly<Record<string, string>> = {}
  /** In order of arrival. */
  readonly #messages = new Map<string, Held>()
  readonly #deduplicated = new Map<string, Message>()

  constructor(
    name: string,
    arn: string,
    init: { readonly attributes: QueueAttributes; readonly createdAtMs: number },
  ) {
    this.name = name
    this.arn = arn
    this.attributes = init.attributes
    this.createdAtMs = init.createdAtMs
  }

  get isFifo(): boolean {
    return this.name.endsWith('.fifo')
  }

  /** Adds a message, or puts a newer state of one in its place. */
  put(message: Message): void {
    const held = this.#messages.get(message.id)
    if (held === undefined) this.#messages.set(message.id, { message, hiddenUntilMs: message.delayedUntilMs })
    else held.message = message
    if (this.isFifo && message.deduplicationId !== undefined) this.remember(message)
  }

  remember(message: Message): void {
    if (message.deduplicationId !== undefined) this.#deduplicated.set(message.deduplicationId, message)
  }

  get(id: string): Message | undefined {
    return this.#messages.get(id)?.message
  }

  remove(id: string): void {
    this.#messages.delete(id)
  }

  clear(): void {
    this.#messages.clear()
  }

  messages(): Iterable<Message> {
    return Array.from(this.#messages.values(), ({ message }) => message)
  }

  /** Messages whose deduplication id still stands, deleted ones too. */
  deduplicated(nowMs: number): Iterable<Message> {
    for (const [id, { sentAtMs }] of this.#deduplicated) {
      if (sentAtMs + deduplicationMs <= nowMs) this.#deduplicated.delete(id)
    }
    return this.#deduplicated.values()
  }

  /** The message an id was used for within the last five minutes. */
  duplicateOf(deduplicationId: string, nowMs: number): Message | undefined {
    const found = this.#deduplicated.get(deduplicationId)
    return found !== undefined && found.sentAtMs + deduplicationMs > nowMs ? found : undefined
  }

  /** Restores the order of arrival after a replay. */
  sort(): void {
    const sorted = [...this.#messages].toSorted(([, a], [, b]) => a.message.sequence - b.message.sequence)
    this.#messages.clear()
    for (const [id, held] of sorted) this.#messages.set(id, held)
  }

  /** Messages that may be given out now, oldest first; of a FIFO group none while one before it is out. */
  *visible(nowMs: number): Iterable<Message> {
    const blocked = new Set<string>()
    for (const { message, hiddenUntilMs } of this.#messages.values()) {
      const group = this.isFifo ? message.groupId : undefined
      if (group !== undefined && blocked.has(group)) continue
      if (hiddenUntilMs <= nowMs) yield message
      else if (group !== undefined) blocked.add(group)
    }
  }

  /** Hides the message and hands it out; `message` is its state from now on. */
  give(message: Message, hiddenUntilMs: number): Received {
    const receiptHandle = Buffer.from(`${message.id} ${randomUUID()}`).toString('base64')
    this.#messages.set(message.id, { message, hiddenUntilMs, receiptHandle })
    return { message, receiptHandle }
  }

  /** The message a receipt handle stands for; none when it is gone or was given out again since. */
  received(receiptHandle: string): Message | undefined {
    const [id = '', token] = Buffer.from(receiptHandle, 'base64').toString().split(' ')
    if (token === undefined) throw badReceiptHandle()
    const held = this.#messages.get(id)
    return held?.receiptHandle === receiptHandle ? held.message : undefined
  }

  changeVisibility(receiptHandle: string, seconds: number, nowMs: number): void {
    const message = this.received(receiptHandle)
    const held = message && this.#messages.get(message.id)
    if (held === undefined || held.hiddenUntilMs <= nowMs) {
      throw new AwsFault('MessageNotInflight', 'The specified message is not in flight.')
    }
    held.hiddenUntilMs = nowMs + seconds * 1000
  }

  /** Messages past the retention period. */
  expired(nowMs: number): readonly Message[] {
    const oldest = nowMs - numberOf(this.attributes, 'MessageRetentionPeriod') * 1000
    const found: Message[] = []
    for (const { message } of this.#messages.values()) if (message.sentAtMs <= oldest) found.push(message)
    return found
  }

  /** When the next hidden message shows. */
  nextVisibleMs(nowMs: number): number {
    let next = Infinity
    for (const { hiddenUntilMs } of this.#messages.values()) {
      if (hiddenUntilMs > nowMs) next = Math.min(next, hiddenUntilMs)
    }
    return next
  }

  counts(nowMs: number): { readonly visible: number; readonly inFlight: number; readonly delayed: number } {
    let [visible, inFlight, delayed] = [0, 0, 0]
    for (const { hiddenUntilMs, receiptHandle } of this.#messages.values()) {
      if (hiddenUntilMs <= nowMs) visible += 1
      else if (receiptHandle === undefined) delayed += 1
      else inFlight += 1
    }
    return { visible, inFlight, delayed }
  }
}
