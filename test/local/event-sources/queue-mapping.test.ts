import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import {
  createQueueMapping,
  type QueueMappingOptions,
  type QueueMessage,
  type QueueSource,
} from '../../../local/event-sources/index.ts'
import type { LogLine } from '../../../local/lambda/index.ts'
import { AwsFault } from '../../../local/service.ts'
import { until } from '../lambda/workshop.ts'
import { fakeFunctions } from './fake-functions.ts'

interface Held {
  readonly id: string
  readonly body: string
  visibleAtMs: number
  receives: number
}

/** A queue in memory with a visibility timeout and a dead letter list. */
function memoryQueue({ visibilityMs = 50, maximumReceives = 100 } = {}): QueueSource & {
  readonly messages: Held[]
  readonly dead: string[]
  send(...bodies: string[]): void
} {
  const messages: Held[] = []
  const dead: string[] = []
  const take = (maximum: number): QueueMessage[] => {
    const visible = messages.filter(({ visibleAtMs }) => visibleAtMs <= Date.now())
    for (const message of visible.filter(({ receives }) => receives >= maximumReceives)) {
      dead.push(message.body)
      messages.splice(messages.indexOf(message), 1)
    }
    return visible
      .filter((message) => messages.includes(message))
      .slice(0, maximum)
      .map((message) => {
        message.visibleAtMs = Date.now() + visibilityMs
        message.receives++
        const { id, body, receives } = message
        return {
          messageId: id,
          receiptHandle: id,
          body,
          md5OfBody: '',
          attributes: { ApproximateReceiveCount: String(receives) },
          messageAttributes: {},
        }
      })
  }
  return {
    arn: 'arn:aws:sqs:us-east-1:000000000000:ingest',
    messages,
    dead,
    send: (...bodies) => {
      for (const body of bodies) messages.push({ id: randomUUID(), body, visibleAtMs: 0, receives: 0 })
    },
    async receive({ maximum, waitMs, signal }) {
      const untilMs = Date.now() + waitMs
      for (;;) {
        const taken = take(maximum)
        if (taken.length > 0 || Date.now() >= untilMs || signal.aborted) return taken
        await wait(5)
      }
    },
    async delete(handles) {
      for (const handle of handles) {
        const at = messages.findIndex(({ id }) => id === handle)
        if (at >= 0) messages.splice(at, 1)
      }
    },
    async changeVisibility(handle, seconds) {
      const message = messages.find(({ id }) => id === handle)
      if (message) message.visibleAtMs = Date.now() + seconds * 1000
    },
  }
}

function setUp(
  queue: QueueSource,
  handler: (event: { Records: { messageId: string; body: string }[] }) => unknown,
  more: Partial<QueueMappingOptions> = {},
): { mapping: ReturnType<typeof createQueueMapping>; lines: LogLine[] } {
  const lines: LogLine[] = []
  const mapping = createQueueMapping({
    id: 'Ingest',
    source: queue,
    functionName: 'ingest',
    role: 'IngestRole',
    functions: fakeFunctions((payload) => handler(JSON.parse(payload))),
    log: (line) => lines.push(line),
    ...more,
  })
  mapping.start()
  return { mapping, lines }
}

describe('a queue mapping', () => {
  it('hands over batches in the shape of the SQS event and deletes what was done', async () => {
    const queue = memoryQueue()
    queue.send('a', 'b', 'c')
    const events: { Records: object[] }[] = []
    const { mapping } = setUp(queue, (event) => void events.push(event), { batchSize: 3 })
    await until(() => queue.messages.length === 0)
    await mapping.close()
    expect(events).toHaveLength(1)
    expect(events[0]?.Records[0]).toEqual({
      messageId: expect.any(String),
      receiptHandle: expect.any(String),
      body: 'a',
      md5OfBody: '',
      attributes: { ApproximateReceiveCount: '1' },
      messageAttributes: {},
      eventSource: 'aws:sqs',
      eventSourceARN: queue.arn,
      awsRegion: 'us-east-1',
    })
    expect(mapping.stats()).toMatchObject({ batches: 1, processed: 3, failedBatches: 0 })
  })

  it('leaves only the failed messages of a batch, and a poison message reaches the dead letters', async () => {
    const queue = memoryQueue({ maximumReceives: 3 })
    queue.send('good', 'poison', 'also good')
    const seen: string[][] = []
    const { mapping } = setUp(
      queue,
      ({ Records }) => {
        seen.push(Records.map(({ body }) => body))
        const failed = Records.filter(({ body }) => body === 'poison')
        return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) }
      },
      { reportBatchItemFailures: true, maximumConcurrency: 1 },
    )
    await until(() => queue.dead.length > 0)
    await mapping.close()
    expect(queue.dead).toEqual(['poison'])
    expect(seen).toEqual([['good', 'poison', 'also good'], ['poison'], ['poison']])
  })

  it.each([
    { case: 'the function throws', answer: () => new Error('down'), report: true },
    {
      case: 'an unknown item is named',
      answer: () => ({ batchItemFailures: [{ itemIdentifier: 'x' }] }),
      report: true,
    },
    {
      case: 'an empty item is named',
      answer: () => ({ batchItemFailures: [{ itemIdentifier: '' }] }),
      report: true,
    },
    { case: 'the answer is a text', answer: () => 'fine', report: true },
  ])('keeps the whole batch when $case', async ({ answer, report }) => {
    const queue = memoryQueue({ visibilityMs: 60_000 })
    queue.send('a', 'b')
    const { mapping } = setUp(queue, answer, { reportBatchItemFailures: report })
    await until(() => mapping.stats().failedBatches === 1)
    await mapping.close()
    expect(queue.messages).toHaveLength(2)
  })

  it.each([
    { answer: null },
    { answer: {} },
    { answer: { batchItemFailures: [] } },
    { answer: { batchItemFailures: null } },
  ])('takes $answer for success', async ({ answer }) => {
    const queue = memoryQueue()
    queue.send('a')
    const { mapping } = setUp(queue, () => answer, { reportBatchItemFailures: true })
    await until(() => queue.messages.length === 0)
    await mapping.close()
  })

  it('fills a batch past ten within its window', async () => {
    const queue = memoryQueue({ visibilityMs: 60_000 })
    queue.send(...Array.from({ length: 25 }, (_, n) => String(n)))
    const sizes: number[] = []
    const { mapping } = setUp(queue, ({ Records }) => void sizes.push(Records.length), {
      batchSize: 25,
      maximumBatchingWindowSeconds: 1,
      maximumConcurrency: 1,
    })
    await until(() => queue.messages.length === 0)
    await mapping.close()
    expect(sizes).toEqual([25])
  })

  it('runs no more batches at once than its maximum concurrency', async () => {
    const queue = memoryQueue({ visibilityMs: 60_000 })
    queue.send(...Array.from({ length: 8 }, (_, n) => String(n)))
    let running = 0
    let most = 0
    const { mapping } = setUp(
      queue,
      async () => {
        most = Math.max(most, ++running)
        await wait(30)
        running--
      },
      { batchSize: 1, maximumConcurrency: 2 },
    )
    await until(() => queue.messages.length === 0)
    await mapping.close()
    expect(most).toBe(2)
  })

  it('deletes what its filter refuses', async () => {
    const queue = memoryQueue()
    queue.send('{"kind":"film"}', '{"kind":"ad"}', 'text')
    const bodies: string[] = []
    const { mapping } = setUp(queue, ({ Records }) => void bodies.push(...Records.map(({ body }) => body)), {
      filterPatterns: ['{"body":{"kind":["film"]}}'],
    })
    await until(() => queue.messages.length === 0)
    await mapping.close()
    expect(bodies).toEqual(['{"kind":"film"}'])
  })

  it('does not start without the grants of its role', () => {
    const queue = memoryQueue()
    const { mapping, lines } = setUp(queue, () => null, {
      authorize: (_caller, action) => {
        if (action === 'sqs:DeleteMessage') throw new AwsFault('AccessDenied', 'no', 403)
      },
    })
    expect(mapping.stats().state).toBe('stopped')
    expect(lines[0]).toMatchObject({
      level: 'ERROR',
      message: expect.stringContaining(
        'The provided execution role does not have permissions to call DeleteMessage on SQS',
      ),
    })
  })
})
