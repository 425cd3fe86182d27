/** SQS's operations by their names on the wire, each asking for its permission first. */
import { type JsonRecord, optionalInteger, optionalText, text, textMap, texts } from '../json-input.ts'
import { type Authorize, AwsFault, account, type Caller } from '../service.ts'
import { checkedAttributes, maxMessageBytes, numberOf, redrivePolicyOf, withDefaults } from './attributes.ts'
import { eachEntry, entriesOf } from './batch.ts'
import { invalidParameter } from './faults.ts'
import { newMessage, receivedMessage, sentMessage } from './message-input.ts'
import type { moveTasks } from './move-tasks.ts'
import { maxVisibilitySeconds, type Queue } from './queue.ts'
import { type Queues, queueArn } from './queues.ts'

/** Who asks, and whether they are still there. */
export interface Asking {
  readonly caller: Caller
  readonly signal: AbortSignal
}

export type Operation = (input: JsonRecord, asking: Asking) => Promise<JsonRecord | void> | JsonRecord | void

export function sqsOperations(
  queues: Queues,
  tasks: ReturnType<typeof moveTasks>,
  { authorize, endpoint }: { readonly authorize: Authorize; readonly endpoint: () => string },
): Readonly<Record<string, Operation>> {
  const urlOf = (name: string): string => `${endpoint()}/${account}/${name}`

  /** The queue of the request's URL, once the caller may do `action` to it. */
  function permitted(input: JsonRecord, { caller }: Asking, action: string): Queue {
    const name = text(input, 'QueueUrl').split('/').at(-1) ?? ''
    authorize(caller, `sqs:${action}`, queueArn(name))
    return queues.get(name)
  }

  function byArn(arn: string, { caller }: Asking, actions: readonly string[]): Queue {
    for (const action of actions) authorize(caller, `sqs:${action}`, arn)
    const found = queues.find(arn.split(':').at(-1) ?? '')
    if (found?.arn === arn) return found
    throw new AwsFault(
      'ResourceNotFoundException',
      "The resource that you specified for the SourceArn parameter doesn't exist.",
    )
  }

  async function send(queue: Queue, input: JsonRecord, { caller }: Asking): Promise<JsonRecord> {
    const message = newMessage(input, queue.attributes)
    return sentMessage(await queues.send(queue, message, senderOf(caller)), queue.isFifo)
  }

  function hide(queue: Queue, input: JsonRecord): JsonRecord {
    const seconds = optionalInteger(input, 'VisibilityTimeout', { min: 0, max: maxVisibilitySeconds })
    if (seconds === undefined)
      throw invalidParameter('The request must contain the parameter VisibilityTimeout.')
    queues.changeVisibility(queue, text(input, 'ReceiptHandle'), seconds)
    return {}
  }

  async function remove(queue: Queue, input: JsonRecord): Promise<JsonRecord> {
    await queues.delete(queue, text(input, 'ReceiptHandle'))
    return {}
  }

  return {
    async CreateQueue(input, { caller }) {
      const name = text(input, 'QueueName')
      authorize(caller, 'sqs:CreateQueue', queueArn(name))
      const attributes = checkedAttributes(textMap(input, 'Attributes'))
      refuseName(name, attributes['FifoQueue'] === 'true')
      const existing = queues.find(name)
      const differs = Object.entries(attributes).find(
        ([key, value]) => existing && withDefaults(existing.attributes)[key] !== value,
      )
      if (differs !== undefined) {
        throw new AwsFault(
          'QueueNameExists',
          `A queue already exists with the same name and a different value for attribute ${differs[0]}`,
        )
      }
      if (existing === undefined) await queues.create(name, attributes, textMap(input, 'tags'))
      return { QueueUrl: urlOf(name) }
    },

    async DeleteQueue(input, asking) {
      await queues.remove(permitted(input, asking, 'DeleteQueue'))
    },

    GetQueueUrl(input, { caller }) {
      const name = text(input, 'QueueName')
      authorize(caller, 'sqs:GetQueueUrl', queueArn(name))
      return { QueueUrl: urlOf(queues.get(name).name) }
    },

    ListQueues(input, { caller }) {
      authorize(caller, 'sqs:ListQueues', queueArn('*'))
      const prefix = optionalText(input, 'QueueNamePrefix') ?? ''
      const limit = optionalInteger(input, 'MaxResults', { min: 1, max: 1000 }) ?? 1000
      const after = optionalText(input, 'NextToken') ?? ''
      const names = queues
        .all()
        .map(({ name }) => name)
        .filter((name) => name.startsWith(prefix) && name > after)
        .toSorted()
      const page = names.slice(0, limit)
      return { QueueUrls: page.map(urlOf), ...(names.length > limit && { NextToken: page.at(-1) }) }
    },

    ListDeadLetterSourceQueues(input, asking) {
      const target = permitted(input, asking, 'ListDeadLetterSourceQueues')
      const sources = queues
        .all()
        .filter(({ attributes }) => redrivePolicyOf(attributes)?.deadLetterTargetArn === target.arn)
      return { queueUrls: sources.map(({ name }) => urlOf(name)) }
    },

    GetQueueAttributes(input, asking) {
      const queue = permitted(input, asking, 'GetQueueAttributes')
      const wanted = texts(input, 'AttributeNames')
      const { visible, inFlight, delayed } = queue.counts(queues.now())
      const created = String(Math.floor(queue.createdAtMs / 1000))
      const all = {
        ...withDefaults(queue.attributes),
        QueueArn: queue.arn,
        ApproximateNumberOfMessages: String(visible),
        ApproximateNumberOfMessagesNotVisible: String(inFlight),
        ApproximateNumberOfMessagesDelayed: String(delayed),
        CreatedTimestamp: created,
        LastModifiedTimestamp: created,
      }
      const shown = Object.entries(all).filter(([name]) => wanted.includes(name) || wanted.includes('All'))
      return shown.length === 0 ? {} : { Attributes: Object.fromEntries(shown) }
    },

    async SetQueueAttributes(input, asking) {
      const queue = permitted(input, asking, 'SetQueueAttributes')
      const merged = { ...queue.attributes, ...checkedAttributes(textMap(input, 'Attributes')) }
      await queues.change(
        queue,
        Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== '')),
      )
    },

    async TagQueue(input, asking) {
      const queue = permitted(input, asking, 'TagQueue')
      await queues.change(queue, queue.attributes, { ...queue.tags, ...textMap(input, 'Tags') })
    },

    async UntagQueue(input, asking) {
      const queue = permitted(input, asking, 'UntagQueue')
      const gone = texts(input, 'TagKeys')
      const kept = Object.entries(queue.tags).filter(([key]) => !gone.includes(key))
      await queues.change(queue, queue.attributes, Object.fromEntries(kept))
    },

    ListQueueTags: (input, asking) => ({ Tags: permitted(input, asking, 'ListQueueTags').tags }),

    async PurgeQueue(input, asking) {
      await queues.purge(permitted(input, asking, 'PurgeQueue'))
    },

    SendMessage: (input, asking) => send(permitted(input, asking, 'SendMessage'), input, asking),

    SendMessageBatch(input, asking) {
      const queue = permitted(input, asking, 'SendMessage')
      const bytes = entriesOf(input).reduce(
        (sum, entry) => sum + Buffer.byteLength(optionalText(entry, 'MessageBody') ?? ''),
        0,
      )
      if (bytes > maxMessageBytes) {
        throw new AwsFault(
          'BatchRequestTooLong',
          `Batch requests cannot be longer than ${maxMessageBytes} bytes. You have sent ${bytes} bytes.`,
        )
      }
      return eachEntry(input, (entry) => send(queue, entry, asking))
    },

    async ReceiveMessage(input, asking) {
      const queue = permitted(input, asking, 'ReceiveMessage')
      const visibilitySeconds = optionalInteger(input, 'VisibilityTimeout', {
        min: 0,
        max: maxVisibilitySeconds,
      })
      const waitSeconds =
        optionalInteger(input, 'WaitTimeSeconds', { min: 0, max: 20 }) ??
        numberOf(queue.attributes, 'ReceiveMessageWaitTimeSeconds')
      const received = await queues.receive(queue, {
        maximum: optionalInteger(input, 'MaxNumberOfMessages', { min: 1, max: 10 }) ?? 1,
        waitMs: waitSeconds * 1000,
        ...(visibilitySeconds !== undefined && { visibilitySeconds }),
        signal: asking.signal,
      })
      return received.length === 0 ? {} : { Messages: received.map((each) => receivedMessage(each, input)) }
    },

    DeleteMessage: (input, asking) => remove(permitted(input, asking, 'DeleteMessage'), input),

    DeleteMessageBatch(input, asking) {
      const queue = permitted(input, asking, 'DeleteMessage')
      return eachEntry(input, (entry) => remove(queue, entry))
    },

    ChangeMessageVisibility: (input, asking) =>
      hide(permitted(input, asking, 'ChangeMessageVisibility'), input),

    ChangeMessageVisibilityBatch(input, asking) {
      const queue = permitted(input, asking, 'ChangeMessageVisibility')
      return eachEntry(input, (entry) => hide(queue, entry))
    },

    StartMessageMoveTask(input, asking) {
      const source = byArn(text(input, 'SourceArn'), asking, [
        'StartMessageMoveTask',
        'ReceiveMessage',
        'DeleteMessage',
        'GetQueueAttributes',
      ])
      const destinationArn = optionalText(input, 'DestinationArn')
      if (destinationArn !== undefined) byArn(destinationArn, asking, ['SendMessage'])
      const maxPerSecond = optionalInteger(input, 'MaxNumberOfMessagesPerSecond', { min: 1, max: 500 })
      const task = tasks.start(source, {
        ...(destinationArn !== undefined && { destinationArn }),
        ...(maxPerSecond !== undefined && { maxPerSecond }),
      })
      return { TaskHandle: task.handle }
    },

    CancelMessageMoveTask(input, asking) {
      const task = tasks.cancel(text(input, 'TaskHandle'))
      byArn(task.sourceArn, asking, ['CancelMessageMoveTask'])
      return { ApproximateNumberOfMessagesMoved: task.moved }
    },

    ListMessageMoveTasks(input, asking) {
      const source = byArn(text(input, 'SourceArn'), asking, ['ListMessageMoveTasks'])
      const limit = optionalInteger(input, 'MaxResults', { min: 1, max: 10 }) ?? 1
      return {
        Results: tasks
          .of(source.arn)
          .slice(0, limit)
          .map((task) => ({
            TaskHandle: task.status === 'RUNNING' ? task.handle : undefined,
            Status: task.status,
            SourceArn: task.sourceArn,
            DestinationArn: task.destinationArn,
            MaxNumberOfMessagesPerSecond: task.maxPerSecond,
            ApproximateNumberOfMessagesMoved: task.moved,
            ApproximateNumberOfMessagesToMove: task.toMove,
            FailureReason: task.failureReason,
            StartedTimestamp: task.startedAtMs,
          })),
      }
    },
  }
}

function refuseName(name: string, isFifo: boolean): void {
  const plain = isFifo ? name.replace(/\.fifo$/, '') : name
  if (/^[\w-]{1,80}$/.test(plain) && name.length <= 80 && isFifo === name.endsWith('.fifo')) return
  throw invalidParameter(
    'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length; the name of a FIFO queue ends in .fifo',
  )
}

/** What stands in SenderId. */
export function senderOf(caller: Caller): string {
  switch (caller.kind) {
    case 'person':
      return account
    case 'role':
      return `AROA:${caller.role}`
    case 'service':
      return caller.principal
    case 'anonymous':
      return 'anonymous'
  }
}
