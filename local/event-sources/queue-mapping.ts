/** Polls a queue and hands its messages to a function (`AWS::Lambda::EventSourceMapping` of SQS). */
import { setTimeout as wait } from 'node:timers/promises'
import { region } from '../service.ts'
import { createFilter, type Filter } from './filter.ts'
import { type Mapping, type MappingOptions, mayPoll, report, runBatch } from './mapping.ts'
import type { QueueMessage, QueueSource } from './sources.ts'

export interface QueueMappingOptions extends MappingOptions {
  readonly source: QueueSource
  /** `ScalingConfig.MaximumConcurrency`; AWS begins with 5 pollers, which is all a machine needs. */
  readonly maximumConcurrency?: number
  /** When failed messages show again; absent: when the queue's visibility timeout is over, as in AWS. */
  readonly retryVisibilitySeconds?: number
}

const defaultBatchSize = 10
const receiveMaximum = 10
const defaultPollers = 5
const longPollMs = 20_000
const restMs = 1000

export function createQueueMapping(options: QueueMappingOptions): Mapping {
  const { source, batchSize = defaultBatchSize, maximumConcurrency = defaultPollers } = options
  const stop = new AbortController()
  const pollers: Promise<void>[] = []
  const wanted = filterOf(options.filterPatterns ?? [])
  const count = { batches: 0, failedBatches: 0, processed: 0, discarded: 0 }
  let state: 'enabled' | 'stopped' = 'stopped'

  const poll = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      try {
        const messages = await gather(options, batchSize, stop.signal)
        if (messages.length > 0) await handOver(messages)
      } catch (error) {
        if (stop.signal.aborted) return
        report(options, 'ERROR', error instanceof Error ? error.message : String(error))
        await wait(restMs, undefined, { signal: stop.signal, ref: false }).catch(() => undefined)
      }
    }
  }

  const handOver = async (received: readonly QueueMessage[]): Promise<void> => {
    const messages = received.filter(wanted)
    const unwanted = received.filter((message) => !messages.includes(message))
    // What the filter refuses is deleted, not left to come back.
    if (unwanted.length > 0) await source.delete(unwanted.map(({ receiptHandle }) => receiptHandle))
    if (messages.length === 0) return
    count.batches++
    const identifiers = new Set(messages.map(({ messageId }) => messageId))
    const records = messages.map((message) => recordOf(message, source.arn))
    const outcome = await runBatch(options, records, identifiers)
    const failed =
      outcome.kind === 'done' ? new Set<string>() : outcome.kind === 'partial' ? outcome.failed : identifiers
    if (failed.size > 0) count.failedBatches++
    const done = messages.filter(({ messageId }) => !failed.has(messageId))
    count.processed += done.length
    if (done.length > 0) await source.delete(done.map(({ receiptHandle }) => receiptHandle))
    if (options.retryVisibilitySeconds === undefined) return
    for (const { messageId, receiptHandle } of messages) {
      if (failed.has(messageId)) await source.changeVisibility(receiptHandle, options.retryVisibilitySeconds)
    }
  }

  return {
    start() {
      const actions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']
      if (!mayPoll(options, source.arn, actions)) return
      state = 'enabled'
      for (let poller = 0; poller < maximumConcurrency; poller++) pollers.push(poll())
    },
    stats: () => ({ state, ...count }),
    async close() {
      state = 'stopped'
      stop.abort()
      await Promise.all(pollers)
    },
  }
}

/** One batch: full, or what came within the batching window of the first message. */
async function gather(
  { source, maximumBatchingWindowSeconds = 0 }: QueueMappingOptions,
  batchSize: number,
  signal: AbortSignal,
): Promise<readonly QueueMessage[]> {
  const messages: QueueMessage[] = []
  let untilMs = Number.POSITIVE_INFINITY
  while (messages.length < batchSize && !signal.aborted) {
    const waitMs = messages.length === 0 ? longPollMs : Math.max(0, untilMs - Date.now())
    const maximum = Math.min(receiveMaximum, batchSize - messages.length)
    const received = await source.receive({ maximum, waitMs, signal })
    if (messages.length === 0 && received.length > 0)
      untilMs = Date.now() + maximumBatchingWindowSeconds * 1000
    messages.push(...received)
    if (received.length === 0 || (Date.now() >= untilMs && received.length < maximum)) break
  }
  return messages
}

function recordOf(message: QueueMessage, arn: string): object {
  return {
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: message.attributes,
    messageAttributes: message.messageAttributes,
    md5OfBody: message.md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: region,
  }
}

/** Patterns see the message with its body parsed when it is JSON. */
function filterOf(patterns: readonly string[]): (message: QueueMessage) => boolean {
  const filter: Filter = createFilter(patterns)
  return (message) => filter({ ...message, body: parsed(message.body) })
}

function parsed(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' ? value : body
  } catch {
    return body
  }
}
