import {
  CancelMessageMoveTaskCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Opened, openSqs } from './opened.ts'

describe('dead letters of the local SQS', () => {
  let opened: Opened
  let client: Opened['client']
  let nowMs: number
  let url: string
  let deadUrl: string
  let deadArn: string

  beforeEach(async () => {
    nowMs = Date.parse('2026-01-01')
    opened = await openSqs({ now: () => nowMs })
    ;({ client } = opened)
    deadUrl = await opened.queue('dead')
    deadArn = (await opened.attributes(deadUrl))['QueueArn'] ?? ''
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: deadArn, maxReceiveCount: 2 })
    url = await opened.queue('films', { RedrivePolicy })
  })
  afterEach(() => opened.close())

  const send = (body: string) => client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }))
  const receive = async (QueueUrl: string, VisibilityTimeout?: number) =>
    (
      await client.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          MessageSystemAttributeNames: ['All'],
          ...(VisibilityTimeout !== undefined && { VisibilityTimeout }),
        }),
      )
    ).Messages ?? []
  const fail = async (...bodies: readonly string[]) => {
    for (const body of bodies) await send(body)
    for (let receives = 0; receives < 3; receives++) await receive(url, 0)
  }

  it('moves a message received too often, with its counts and times', async () => {
    await send('poison')
    const sentAt = String(nowMs)
    nowMs += 1000
    expect(await receive(url, 0)).toHaveLength(1)
    expect(await receive(url, 0)).toHaveLength(1)
    expect(await receive(url, 0)).toHaveLength(0)
    const [dead] = await receive(deadUrl)
    expect(dead).toMatchObject({
      Body: 'poison',
      Attributes: {
        SentTimestamp: sentAt,
        ApproximateReceiveCount: '3',
        DeadLetterQueueSourceArn: 'arn:aws:sqs:us-east-1:000000000000:films',
      },
    })
  })

  it('gives the next message in the same receive that moves a poisoned one', async () => {
    await fail('poison')
    await send('poison too')
    await receive(url, 0)
    await receive(url, 0)
    await send('good')
    const found = await client.send(new ReceiveMessageCommand({ QueueUrl: url }))
    expect(found.Messages?.map(({ Body }) => Body)).toEqual(['good'])
  })

  it('sends dead letters back to where they failed, as new messages', async () => {
    await fail('a', 'b')
    nowMs += 5000
    await client.send(new StartMessageMoveTaskCommand({ SourceArn: deadArn }))
    await vi.waitFor(async () => {
      const { Results } = await client.send(new ListMessageMoveTasksCommand({ SourceArn: deadArn }))
      expect(Results).toMatchObject([{ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 2 }])
    })
    const back = await receive(url)
    expect(back.map(({ Body }) => Body)).toEqual(['a', 'b'])
    expect(back[0]?.Attributes).toMatchObject({
      ApproximateReceiveCount: '1',
      SentTimestamp: String(nowMs),
    })
    expect(await receive(deadUrl)).toEqual([])
  })

  it('moves at the rate asked for, one task a queue, until cancelled', async () => {
    await fail('a', 'b', 'c')
    const start = () =>
      client.send(new StartMessageMoveTaskCommand({ SourceArn: deadArn, MaxNumberOfMessagesPerSecond: 1 }))
    const { TaskHandle } = await start()
    await expect(start()).rejects.toMatchObject({ name: 'UnsupportedOperation' })
    await vi.waitFor(async () => {
      const { Results } = await client.send(new ListMessageMoveTasksCommand({ SourceArn: deadArn }))
      expect(Results?.[0]?.ApproximateNumberOfMessagesMoved).toBe(1)
    })
    await client.send(new CancelMessageMoveTaskCommand({ TaskHandle }))
    await vi.waitFor(
      async () => {
        const { Results } = await client.send(new ListMessageMoveTasksCommand({ SourceArn: deadArn }))
        expect(Results?.[0]?.Status).toBe('CANCELLED')
      },
      { timeout: 10_000 },
    )
    expect(await receive(deadUrl)).toHaveLength(2)
  })

  it('moves only from a queue that is a dead-letter queue', async () => {
    const { QueueArn } = await opened.attributes(url)
    await expect(client.send(new StartMessageMoveTaskCommand({ SourceArn: QueueArn }))).rejects.toMatchObject(
      { name: 'InvalidParameterValue' },
    )
  })

  it('forgets what is older than the retention period', async () => {
    await send('old')
    nowMs += 345_600 * 1000
    expect(await receive(url)).toEqual([])
    expect(await opened.attributes(url)).toMatchObject({ ApproximateNumberOfMessages: '0' })
  })
})
