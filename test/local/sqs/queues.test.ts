import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  TagQueueCommand,
} from '@aws-sdk/client-sqs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AwsFault, type Caller } from '../../../local/service.ts'
import { type Opened, openSqs } from './opened.ts'

describe('queues of the local SQS', () => {
  let opened: Opened
  let client: Opened['client']
  const asked: string[] = []

  beforeEach(async () => {
    asked.length = 0
    opened = await openSqs({
      authorize(caller, action, resource) {
        asked.push(`${caller.kind} ${action} ${resource}`)
        if (resource.endsWith(':closed')) throw new AwsFault('AccessDenied', 'not this one', 403)
      },
    })
    ;({ client } = opened)
  })
  afterEach(() => opened.close())

  it('has URLs that begin with the endpoint and end with account and name', async () => {
    const url = await opened.queue('films')
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/000000000000\/films$/)
    expect((await client.send(new GetQueueUrlCommand({ QueueName: 'films' }))).QueueUrl).toBe(url)
    await opened.queue('other')
    expect((await client.send(new ListQueuesCommand({ QueueNamePrefix: 'fi' }))).QueueUrls).toEqual([url])
  })

  it('makes the same queue once, and refuses it with other attributes', async () => {
    const url = await opened.queue('films', { VisibilityTimeout: '60' })
    expect(await opened.queue('films', { VisibilityTimeout: '60' })).toBe(url)
    await expect(opened.queue('films', { VisibilityTimeout: '61' })).rejects.toMatchObject({
      name: 'QueueNameExists',
    })
    await expect(client.send(new CreateQueueCommand({ QueueName: 'no spaces' }))).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    })
  })

  it('shows attributes, sets them, and refuses what is out of bounds or points nowhere', async () => {
    const url = await opened.queue('films')
    expect(await opened.attributes(url)).toMatchObject({
      QueueArn: 'arn:aws:sqs:us-east-1:000000000000:films',
      VisibilityTimeout: '30',
      MessageRetentionPeriod: '345600',
      MaximumMessageSize: '1048576',
    })
    const set = (Attributes: Record<string, string>) =>
      client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes }))
    await set({ VisibilityTimeout: '5' })
    expect(await opened.attributes(url)).toMatchObject({ VisibilityTimeout: '5' })
    await expect(set({ VisibilityTimeout: '43201' })).rejects.toMatchObject({ name: 'InvalidAttributeValue' })
    await expect(set({ Colour: 'red' })).rejects.toMatchObject({ name: 'InvalidAttributeName' })
    const nowhere = { deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:none', maxReceiveCount: 1 }
    await expect(set({ RedrivePolicy: JSON.stringify(nowhere) })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    })
  })

  it('purges, tags and deletes', async () => {
    const url = await opened.queue('films')
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'x' }))
    await client.send(new PurgeQueueCommand({ QueueUrl: url }))
    expect(await opened.attributes(url)).toMatchObject({ ApproximateNumberOfMessages: '0' })
    await client.send(new TagQueueCommand({ QueueUrl: url, Tags: { a: '1' } }))
    expect((await client.send(new ListQueueTagsCommand({ QueueUrl: url }))).Tags).toEqual({ a: '1' })
    await client.send(new DeleteQueueCommand({ QueueUrl: url }))
    await expect(client.send(new GetQueueUrlCommand({ QueueName: 'films' }))).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
      message: 'The specified queue does not exist.',
    })
  })

  it('is made from CloudFormation properties, and changed by a second time', async () => {
    const deadLetters = await opened.sqs.createQueue('dead', { MessageRetentionPeriod: 1_209_600 })
    const properties = {
      QueueName: 'films',
      VisibilityTimeout: 360,
      RedrivePolicy: { deadLetterTargetArn: deadLetters, maxReceiveCount: 5 },
      Tags: [{ Key: 'room', Value: 'packaging' }],
    }
    expect(await opened.sqs.createQueue('films', properties)).toBe('arn:aws:sqs:us-east-1:000000000000:films')
    const { QueueUrl = '' } = await client.send(new GetQueueUrlCommand({ QueueName: 'films' }))
    const attributes = await opened.attributes(QueueUrl)
    expect(attributes['VisibilityTimeout']).toBe('360')
    expect(JSON.parse(attributes['RedrivePolicy'] ?? '')).toEqual(properties.RedrivePolicy)
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'kept' }))
    await opened.sqs.createQueue('films', { ...properties, VisibilityTimeout: 30 })
    expect(await opened.attributes(QueueUrl)).toMatchObject({
      VisibilityTimeout: '30',
      ApproximateNumberOfMessages: '1',
    })
    const dead = await client.send(new GetQueueUrlCommand({ QueueName: 'dead' }))
    const { queueUrls } = await client.send(
      new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead.QueueUrl }),
    )
    expect(queueUrls).toEqual([QueueUrl])
  })

  it('asks for the permission of the single action also for a batch, and of a service by its policy', async () => {
    const arn = await opened.sqs.createQueue('films', {})
    const s3: Caller = { kind: 'service', principal: 's3.amazonaws.com', sourceArn: 'arn:aws:s3:::uploads' }
    await opened.sqs.send(arn, 'from the bucket', s3)
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: 'films' }))
    const { Messages } = await client.send(
      new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['SenderId'] }),
    )
    expect(Messages).toMatchObject([
      { Body: 'from the bucket', Attributes: { SenderId: 's3.amazonaws.com' } },
    ])
    expect(asked).toEqual([
      `service sqs:SendMessage ${arn}`,
      `person sqs:GetQueueUrl ${arn}`,
      `person sqs:ReceiveMessage ${arn}`,
    ])
    const closed = await opened.sqs.createQueue('closed', {})
    await expect(opened.sqs.send(closed, 'x', s3)).rejects.toMatchObject({ code: 'AccessDenied' })
    await expect(client.send(new GetQueueUrlCommand({ QueueName: 'closed' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    })
  })

  it('is a source for event source mappings', async () => {
    const arn = await opened.sqs.createQueue('films', {})
    const source = opened.sqs.source(arn)
    const { signal } = new AbortController()
    const polled = source.receive({ maximum: 10, waitMs: 20_000, signal })
    await opened.sqs.send(arn, 'film', { kind: 'person' })
    const [message] = await polled
    expect(message).toMatchObject({
      body: 'film',
      attributes: { ApproximateReceiveCount: '1', SenderId: '000000000000' },
    })
    await source.changeVisibility(message?.receiptHandle ?? '', 0)
    const [again] = await source.receive({ maximum: 10, waitMs: 0, signal })
    expect(again?.attributes['ApproximateReceiveCount']).toBe('2')
    await source.delete([again?.receiptHandle ?? ''])
    expect(await source.receive({ maximum: 10, waitMs: 0, signal })).toEqual([])
  })
})
