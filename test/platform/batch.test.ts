/** Messages of a queue: one that fails comes again alone. Records of a stream: with all behind it. */
import type { DynamoDBRecord } from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import { consumeQueue, consumeStream, type QueueMessage } from '../../lib/platform/batch.ts'
import { logOf } from '../../lib/platform/log.ts'
import { queueEvent } from './queue-event.ts'

describe('a batch of messages', () => {
  it('is worked through to its end, and what failed comes again', async () => {
    const lines: string[] = []
    const seen: QueueMessage[] = []
    const answer = await consumeQueue(queueEvent(['a', 'poison', 'b'], 3), {
      log: logOf({}, (line) => lines.push(line)),
      failure: 'work failed',
      each: async (message) => {
        seen.push(message)
        if (message.body === 'poison') throw new Error('cannot be read')
      },
    })
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] })
    expect(seen.map(({ body, attempts }) => [body, attempts])).toEqual([
      ['a', 3],
      ['poison', 3],
      ['b', 3],
    ])
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ messageId: '1', attempts: 3, level: 'ERROR' })
  })

  it('is done one after the other, for messages of one thing may lie side by side', async () => {
    let running = 0
    const together: number[] = []
    await consumeQueue(queueEvent(['a', 'b', 'c']), {
      log: logOf({}, () => undefined),
      failure: 'work failed',
      each: async () => {
        together.push(++running)
        await new Promise(setImmediate)
        running--
      },
    })
    expect(together).toEqual([1, 1, 1])
  })
})

describe('a batch of a stream', () => {
  const records = (names: readonly string[]): DynamoDBRecord[] =>
    names.map((name, i) => ({ eventID: name, dynamodb: { SequenceNumber: `${100 + i}` } }))

  /** Works through it: of `poison` no record can be read, of `refused` none can be done. */
  async function work(...names: readonly string[]) {
    const done: string[] = []
    const lines: string[] = []
    const answer = consumeStream(
      { Records: records(names) },
      {
        log: logOf({}, (line) => lines.push(line)),
        failure: 'work failed',
        read: ({ eventID = '' }) => {
          if (eventID.startsWith('poison')) throw new Error('cannot be read')
          return eventID.startsWith('none')
            ? []
            : [
                { eventID, part: 1 },
                { eventID, part: 2 },
              ]
        },
        done: async (items) => {
          const failed = items.filter(({ eventID, part }) => eventID.startsWith('refused') && part === 2)
          for (const item of items) if (!failed.includes(item)) done.push(`${item.eventID}${item.part}`)
          return new Map(failed.map((item) => [item, new Error('not now')]))
        },
      },
    )
    const given = await answer.then(
      ({ batchItemFailures }) => batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
      (error: unknown) => String(error),
    )
    return { done, given, lines: lines.map((line) => JSON.parse(line)) }
  }

  it('is done in its order', async () => {
    expect(await work('a', 'none', 'b')).toEqual({ done: ['a1', 'a2', 'b1', 'b2'], given: [], lines: [] })
  })

  it('with nothing to be done asks nobody', async () => {
    expect(await work('none')).toEqual({ done: [], given: [], lines: [] })
  })

  it('names the first record that can not be read, and does nothing of what is behind it', async () => {
    const { done, given, lines } = await work('a', 'poison', 'b', 'poison')
    expect([done, given]).toEqual([['a1', 'a2'], ['101']])
    expect(lines).toMatchObject([{ level: 'ERROR', message: 'work failed', sequenceNumber: '101' }])
  })

  it('names the first record of which a part could not be done, before one that can not be read', async () => {
    expect(await work('a', 'refused', 'refused', 'poison')).toMatchObject({ given: ['101'] })
    expect(await work('a', 'poison', 'refused')).toMatchObject({ given: ['101'] })
  })

  it('is thrown where its first record of several fails, for then alone Lambda halves it', async () => {
    expect(await work('poison', 'a')).toMatchObject({ done: [], given: 'Error: cannot be read' })
    expect(await work('refused', 'a')).toMatchObject({ given: 'Error: not now' })
    expect(await work('poison')).toMatchObject({ given: ['100'] })
  })
})
