import { createHash } from 'node:crypto'
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Opened, openSqs } from './opened.ts'

describe('messages of the local SQS', () => {
  let opened: Opened
  let client: Opened['client']
  let made = 0

  beforeAll(async () => {
    opened = await openSqs()
    ;({ client } = opened)
  })
  afterAll(() => opened.close())

  const queue = (attributes?: Readonly<Record<string, string>>) => opened.queue(`queue-${made++}`, attributes)
  const send = (QueueUrl: string, MessageBody: string, more: object = {}) =>
    client.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }))
  const receive = async (QueueUrl: string, more: Partial<ReceiveMessageCommandInput> = {}) =>
    (await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...more }))).Messages ??
    []

  it('sends, receives and deletes, one and in batches', async () => {
    const url = await queue()
    await send(url, 'one')
    const { Successful, Failed } = await client.send(
      new SendMessageBatchCommand({
        QueueUrl: url,
        Entries: [
          { Id: '2', MessageBody: 'two' },
          { Id: '3', MessageBody: 'three' },
          { Id: 'bad', MessageBody: '\u0001' },
        ],
      }),
    )
    expect(Successful?.map(({ Id }) => Id)).toEqual(['2', '3'])
    expect(Failed).toMatchObject([{ Id: 'bad', Code: 'InvalidMessageContents', SenderFault: true }])
    const messages = await receive(url)
    expect(messages.map(({ Body }) => Body)).toEqual(['one', 'two', 'three'])
    const [first, ...rest] = messages
    await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle }))
    await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl: url,
        Entries: rest.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle })),
      }),
    )
    expect(await opened.attributes(url)).toMatchObject({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
    })
  })

  it('gives attributes by name, with the digests the SDK checks', async () => {
    const url = await queue()
    const sent = await send(url, 'body', {
      MessageAttributes: {
        'order.id': { DataType: 'Number', StringValue: '42' },
        'order.raw': { DataType: 'Binary.png', BinaryValue: new Uint8Array([1, 2]) },
        other: { DataType: 'String', StringValue: 'x' },
      },
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1' } },
    })
    expect(sent.MD5OfMessageBody).toBe(createHash('md5').update('body').digest('hex'))
    // The digest of exactly these three, computed by the algorithm of the developer guide in another language.
    expect(sent.MD5OfMessageAttributes).toBe('f2217b4d097911d75ad11503a0d13e9a')
    const [message] = await receive(url, {
      MessageAttributeNames: ['order.*'],
      MessageSystemAttributeNames: ['All'],
    })
    expect(message?.MessageAttributes).toEqual({
      'order.id': { DataType: 'Number', StringValue: '42' },
      'order.raw': { DataType: 'Binary.png', BinaryValue: new Uint8Array([1, 2]) },
    })
    expect(message?.Attributes).toMatchObject({
      ApproximateReceiveCount: '1',
      AWSTraceHeader: 'Root=1',
      SenderId: '000000000000',
    })
    expect(Number(message?.Attributes?.SentTimestamp)).toBeGreaterThan(Date.parse('2020-01-01'))
  })

  it('wakes a long poll when a message arrives', async () => {
    const url = await queue()
    const waiting = receive(url, { WaitTimeSeconds: 20 })
    await send(url, 'wake')
    expect(await waiting).toHaveLength(1)
  })

  it('gives no message to a client that has gone', async () => {
    const url = await queue()
    const gone = new AbortController()
    const waiting = client
      .send(new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds: 20 }), { abortSignal: gone.signal })
      .catch(() => 'gone')
    await opened.attributes(url)
    gone.abort()
    expect(await waiting).toBe('gone')
    await send(url, 'still there')
    expect(await receive(url, { WaitTimeSeconds: 5 })).toHaveLength(1)
  })

  it('shares messages between receivers, each to one', async () => {
    const url = await queue()
    const all = Array.from({ length: 30 }, (_, n) => String(n))
    const polls = Promise.all(Array.from({ length: 6 }, () => receive(url, { WaitTimeSeconds: 2 })))
    await Promise.all(all.map((body) => send(url, body)))
    const rest = await Promise.all(Array.from({ length: 6 }, () => receive(url)))
    const bodies = [...(await polls), ...rest].flat().map(({ Body }) => Body ?? '')
    expect(bodies.toSorted()).toEqual(all.toSorted())
  })

  it('shows a message again at once with visibility 0, and after its timeout', async () => {
    const url = await queue({ VisibilityTimeout: '1' })
    await send(url, 'again')
    const [first] = await receive(url)
    expect(await receive(url)).toEqual([])
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: url,
        ReceiptHandle: first?.ReceiptHandle,
        VisibilityTimeout: 0,
      }),
    )
    const [second] = await receive(url)
    expect(second?.Body).toBe('again')
    const [third] = await receive(url, {
      WaitTimeSeconds: 5,
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
    })
    expect(third?.Attributes).toEqual({ ApproximateReceiveCount: '3' })
    // A receipt of an earlier time neither deletes nor hides.
    await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle }))
    expect(await receive(url, { WaitTimeSeconds: 5 })).toHaveLength(1)
  })

  it('asks for visibility 0 on receive and leaves the message to be had', async () => {
    const url = await queue()
    await send(url, 'peek')
    expect(await receive(url, { VisibilityTimeout: 0 })).toHaveLength(1)
    expect(await receive(url, { VisibilityTimeout: 0 })).toHaveLength(1)
  })

  it('changes the visibility of several, and says which cannot be', async () => {
    const url = await queue()
    await send(url, 'hidden')
    const [message] = await receive(url)
    const answer = await client.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: url,
        Entries: [
          { Id: 'yes', ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 },
          { Id: 'no', ReceiptHandle: 'nonsense', VisibilityTimeout: 0 },
        ],
      }),
    )
    expect(answer.Successful).toEqual([{ Id: 'yes' }])
    expect(answer.Failed).toMatchObject([{ Id: 'no', Code: 'ReceiptHandleIsInvalid' }])
    expect(await receive(url)).toHaveLength(1)
  })

  it('holds a delayed message back', async () => {
    const url = await queue()
    await send(url, 'later', { DelaySeconds: 1 })
    expect(await opened.attributes(url)).toMatchObject({ ApproximateNumberOfMessagesDelayed: '1' })
    expect(await receive(url)).toEqual([])
    expect(await receive(url, { WaitTimeSeconds: 5 })).toHaveLength(1)
  })

  it('takes 1 MiB and no more, one or together', async () => {
    const url = await queue()
    const mebibyte = 'x'.repeat(1024 * 1024)
    await send(url, mebibyte)
    await expect(send(url, `${mebibyte}x`)).rejects.toMatchObject({ name: 'InvalidParameterValue' })
    await expect(
      client.send(
        new SendMessageBatchCommand({
          QueueUrl: url,
          Entries: [
            { Id: '1', MessageBody: mebibyte },
            { Id: '2', MessageBody: 'x' },
          ],
        }),
      ),
    ).rejects.toMatchObject({ name: 'BatchRequestTooLong' })
  })

  it('refuses batches as a whole where AWS does', async () => {
    const url = await queue()
    const batch = (ids: readonly string[]) =>
      client.send(
        new SendMessageBatchCommand({ QueueUrl: url, Entries: ids.map((Id) => ({ Id, MessageBody: 'x' })) }),
      )
    await expect(batch([])).rejects.toMatchObject({ name: 'EmptyBatchRequest' })
    await expect(batch(['a', 'a'])).rejects.toMatchObject({ name: 'BatchEntryIdsNotDistinct' })
    await expect(batch(['a b'])).rejects.toMatchObject({ name: 'InvalidBatchEntryId' })
    await expect(batch(Array.from({ length: 11 }, (_, n) => String(n)))).rejects.toMatchObject({
      name: 'TooManyEntriesInBatchRequest',
    })
  })

  it('keeps a FIFO group in order, sends a duplicate once, and blocks a group that is out', async () => {
    const url = await opened.queue('order.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' })
    for (const body of ['1', '1', '2', '3']) await send(url, body, { MessageGroupId: 'g' })
    await send(url, 'other', { MessageGroupId: 'h' })
    const [first] = await receive(url, { MaxNumberOfMessages: 1 })
    expect(first?.Body).toBe('1')
    const others = await receive(url)
    expect(others.map(({ Body }) => Body)).toEqual(['other'])
    await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle }))
    expect((await receive(url)).map(({ Body }) => Body)).toEqual(['2', '3'])
    await expect(send(url, 'no group')).rejects.toMatchObject({ name: 'InvalidParameterValue' })
  })
})
