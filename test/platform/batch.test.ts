/** Messages of a queue: one that fails comes again alone. */
import { describe, expect, it } from 'vitest'
import { consumeQueue, type QueueMessage } from '../../lib/platform/batch.ts'
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
