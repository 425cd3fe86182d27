/** The local SQS: the service behind the endpoint, and what the runner makes, sends and polls without the wire. */
import { type JsonProtocol, serveJson } from '../aws-json.ts'
import type { QueueMessage, QueueSource } from '../event-sources/index.ts'
import { type JsonRecord, records, text } from '../json-input.ts'
import { type Authorize, AwsFault, type AwsService, type Caller } from '../service.ts'
import { fromProperties } from './attributes.ts'
import { bodyDigest } from './digest.ts'
import { queryCode } from './faults.ts'
import { newMessage, systemAttributes } from './message-input.ts'
import { moveTasks } from './move-tasks.ts'
import { senderOf, sqsOperations } from './operations.ts'
import type { Queue } from './queue.ts'
import { openQueues } from './queues.ts'
import type { Received } from './types.ts'

const protocol: JsonProtocol = {
  version: '1.0',
  namespace: 'com.amazonaws.sqs#',
  // A message may be 1 MiB, of which JSON may make six times as much.
  maxBytes: 8 * 1024 * 1024,
  queryCode,
}

export interface SqsOptions {
  /** The file of the journal. */
  readonly path: string
  /** Where queue URLs begin: the endpoint, without a slash at its end. */
  readonly endpoint: () => string
  readonly authorize: Authorize
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
}

export interface Sqs extends AwsService {
  /** Makes or changes a queue from its CloudFormation properties; answers its ARN. */
  createQueue(name: string, properties: JsonRecord): Promise<string>
  /** Sends a message as `caller`, with attributes that are texts: how S3 and EventBridge deliver. */
  send(
    queueArn: string,
    body: string,
    caller: Caller,
    attributes?: Readonly<Record<string, string>>,
  ): Promise<void>
  /** A queue as an event source mapping polls it; what it may do its role was asked for before. */
  source(queueArn: string): QueueSource
}

export async function createSqs({ path, endpoint, authorize, now = Date.now }: SqsOptions): Promise<Sqs> {
  const queues = await openQueues(path, now)
  const tasks = moveTasks(queues)
  const operations = new Map(Object.entries(sqsOperations(queues, tasks, { authorize, endpoint })))
  const closing = new AbortController()

  function byArn(arn: string): Queue {
    return queues.get(arn.split(':').at(-1) ?? '')
  }

  return {
    name: 'sqs',
    handle: (request, response, caller) =>
      serveJson(protocol, { request, response, caller }, ({ operation, input, signal }) => {
        const run = operations.get(operation)
        if (run === undefined) throw new AwsFault('InvalidAction', `${operation} is not done here`)
        return run(input, { caller, signal: AbortSignal.any([signal, closing.signal]) })
      }),
    async createQueue(name, properties) {
      const attributes = fromProperties(properties)
      const tags = Object.fromEntries(
        records(properties, 'Tags').map((tag) => [text(tag, 'Key'), text(tag, 'Value')]),
      )
      const existing = queues.find(name)
      if (existing === undefined) await queues.create(name, attributes, tags)
      else await queues.change(existing, attributes, tags)
      return queues.get(name).arn
    },
    async send(queueArn, body, caller, attributes = {}) {
      authorize(caller, 'sqs:SendMessage', queueArn)
      const queue = byArn(queueArn)
      const MessageAttributes = Object.fromEntries(
        Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
      )
      const message = newMessage({ MessageBody: body, MessageAttributes }, queue.attributes)
      await queues.send(queue, message, senderOf(caller))
    },
    source(queueArn) {
      const queue = byArn(queueArn)
      return {
        arn: queue.arn,
        async receive({ maximum, waitMs, signal }) {
          const received = await queues.receive(queue, {
            maximum,
            waitMs,
            signal: AbortSignal.any([signal, closing.signal]),
          })
          return received.map(toQueueMessage)
        },
        async delete(receiptHandles) {
          await Promise.all(receiptHandles.map((handle) => queues.delete(queue, handle)))
        },
        async changeVisibility(receiptHandle, seconds) {
          queues.changeVisibility(queue, receiptHandle, seconds)
        },
      }
    },
    async close() {
      closing.abort()
      await tasks.close()
      await queues.close()
    },
  }
}

/** A message in the shape of Lambda's event. */
function toQueueMessage({ message, receiptHandle }: Received): QueueMessage {
  return {
    messageId: message.id,
    receiptHandle,
    body: message.body,
    md5OfBody: bodyDigest(message.body),
    attributes: systemAttributes(message),
    messageAttributes: Object.fromEntries(
      Object.entries(message.attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
        name,
        {
          dataType: DataType,
          ...(StringValue !== undefined && { stringValue: StringValue }),
          ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
          stringListValues: [],
          binaryListValues: [],
        },
      ]),
    ),
  }
}
