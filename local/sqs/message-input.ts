/** A message as a client sends it, checked; and as a client receives it. */
import {
  isRecord,
  type JsonRecord,
  optionalInteger,
  optionalRecord,
  optionalText,
  texts,
} from '../json-input.ts'
import { AwsFault } from '../service.ts'
import { numberOf, type QueueAttributes } from './attributes.ts'
import { attributeBytes, attributesDigest, bodyDigest } from './digest.ts'
import { invalidParameter } from './faults.ts'
import type { Message, MessageAttribute, MessageAttributes, NewMessage, Received } from './types.ts'

const maxAttributes = 10
/** What XML 1.0 allows, for so the service was born. */
const unsendable = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u

/** The message of a SendMessage request or batch entry. */
export function newMessage(input: JsonRecord, queue: QueueAttributes): NewMessage {
  const body = optionalText(input, 'MessageBody') ?? ''
  if (body === '')
    throw new AwsFault('MissingParameter', 'The request must contain the parameter MessageBody.')
  if (unsendable.test(body)) {
    throw new AwsFault(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
    )
  }
  const attributes = parseAttributes(optionalRecord(input, 'MessageAttributes') ?? {})
  const largest = numberOf(queue, 'MaximumMessageSize')
  if (messageBytes({ body, attributes }) > largest) {
    throw invalidParameter(
      `One or more parameters are invalid. Reason: Message must be shorter than ${largest} bytes.`,
    )
  }
  const delaySeconds = optionalInteger(input, 'DelaySeconds', { min: 0, max: 900 })
  const traceHeader = parseAttributes(optionalRecord(input, 'MessageSystemAttributes') ?? {})[
    'AWSTraceHeader'
  ]?.StringValue
  const groupId = optionalText(input, 'MessageGroupId')
  const deduplicationId = optionalText(input, 'MessageDeduplicationId')
  return {
    body,
    attributes,
    ...(delaySeconds !== undefined && { delaySeconds }),
    ...(traceHeader !== undefined && { traceHeader }),
    ...(groupId !== undefined && { groupId }),
    ...(deduplicationId !== undefined && { deduplicationId }),
  }
}

/** What counts against the size limit. */
function messageBytes({ body, attributes }: Pick<NewMessage, 'body' | 'attributes'>): number {
  return Buffer.byteLength(body) + attributeBytes(attributes)
}

/** What the sender is told. */
export function sentMessage(message: Message, isFifo: boolean): JsonRecord {
  return {
    MessageId: message.id,
    MD5OfMessageBody: bodyDigest(message.body),
    MD5OfMessageAttributes: attributesDigest(message.attributes),
    ...(isFifo && { SequenceNumber: sequenceNumber(message) }),
  }
}

/** What the receiver gets, with the attributes it asked for. */
export function receivedMessage({ message, receiptHandle }: Received, input: JsonRecord): JsonRecord {
  const wantedSystem = new Set([
    ...texts(input, 'AttributeNames'),
    ...texts(input, 'MessageSystemAttributeNames'),
  ])
  const system = Object.entries(systemAttributes(message)).filter(
    ([name]) => wantedSystem.has(name) || wantedSystem.has('All'),
  )
  const wanted = texts(input, 'MessageAttributeNames')
  const attributes = Object.fromEntries(
    Object.entries(message.attributes).filter(([name]) => wanted.some((pattern) => isNamed(name, pattern))),
  )
  const digest = attributesDigest(attributes)
  return {
    MessageId: message.id,
    ReceiptHandle: receiptHandle,
    Body: message.body,
    MD5OfBody: bodyDigest(message.body),
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(digest !== undefined && { MessageAttributes: attributes, MD5OfMessageAttributes: digest }),
  }
}

/** What the queue knows of a message, as strings. */
export function systemAttributes(message: Message): Readonly<Record<string, string>> {
  const { senderId, sentAtMs, receiveCount, firstReceivedAtMs, groupId, deduplicationId } = message
  return {
    SenderId: senderId,
    SentTimestamp: String(sentAtMs),
    ApproximateReceiveCount: String(receiveCount),
    ApproximateFirstReceiveTimestamp: String(firstReceivedAtMs ?? sentAtMs),
    ...(groupId !== undefined && { MessageGroupId: groupId }),
    ...(deduplicationId !== undefined && {
      MessageDeduplicationId: deduplicationId,
      SequenceNumber: sequenceNumber(message),
    }),
    ...(message.traceHeader !== undefined && { AWSTraceHeader: message.traceHeader }),
    ...(message.deadLetterSourceArn !== undefined && {
      DeadLetterQueueSourceArn: message.deadLetterSourceArn,
    }),
  }
}

function sequenceNumber({ sequence }: Message): string {
  return String(sequence).padStart(20, '0')
}

/** `All`, `.*`, a name, or the beginning of one as `orders.*`. */
function isNamed(name: string, pattern: string): boolean {
  if (pattern === 'All' || pattern === '.*') return true
  return pattern.endsWith('.*') ? name.startsWith(pattern.slice(0, -2)) : name === pattern
}

function parseAttributes(given: JsonRecord): MessageAttributes {
  const names = Object.keys(given)
  if (names.length > maxAttributes) {
    throw invalidParameter(
      `Number of message attributes [${names.length}] exceeds the allowed maximum [${maxAttributes}].`,
    )
  }
  const parsed = new Map<string, MessageAttribute>()
  for (const name of names) {
    const value = given[name]
    if (!isRecord(value)) throw invalidParameter(`The message attribute '${name}' must have a value.`)
    parsed.set(name, parseAttribute(name, value))
  }
  return Object.fromEntries(parsed)
}

function parseAttribute(name: string, value: JsonRecord): MessageAttribute {
  const DataType = optionalText(value, 'DataType') ?? ''
  const [type = ''] = DataType.split('.')
  const StringValue = optionalText(value, 'StringValue')
  const BinaryValue = optionalText(value, 'BinaryValue')
  if (!['String', 'Number', 'Binary'].includes(type)) {
    throw invalidParameter(
      `The type of message attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
    )
  }
  if (((type === 'Binary' ? BinaryValue : StringValue) ?? '') === '') {
    throw invalidParameter(`The message attribute '${name}' must contain a non-empty value of type ${type}.`)
  }
  return {
    DataType,
    ...(StringValue !== undefined && { StringValue }),
    ...(BinaryValue !== undefined && { BinaryValue }),
  }
}
