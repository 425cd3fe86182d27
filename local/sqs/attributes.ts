/** Queue attributes: strings on the wire and in CloudFormation, each with its bounds. */
import { isRecord, type JsonRecord } from '../json-input.ts'
import { AwsFault } from '../service.ts'
import { invalidParameter } from './faults.ts'

export type QueueAttributes = Readonly<Record<string, string>>

/** The largest message AWS takes. */
export const maxMessageBytes = 1024 * 1024

/** Attributes a client may set: the bounds and default of the numeric ones, `undefined` for text. */
const settable: Readonly<
  Record<string, { readonly min: number; readonly max: number; readonly byDefault: number } | undefined>
> = {
  DelaySeconds: { min: 0, max: 900, byDefault: 0 },
  MaximumMessageSize: { min: 1024, max: maxMessageBytes, byDefault: maxMessageBytes },
  MessageRetentionPeriod: { min: 60, max: 1_209_600, byDefault: 345_600 },
  ReceiveMessageWaitTimeSeconds: { min: 0, max: 20, byDefault: 0 },
  VisibilityTimeout: { min: 0, max: 43_200, byDefault: 30 },
  ContentBasedDeduplication: undefined,
  DeduplicationScope: undefined,
  FifoQueue: undefined,
  FifoThroughputLimit: undefined,
  KmsDataKeyReusePeriodSeconds: undefined,
  KmsMasterKeyId: undefined,
  Policy: undefined,
  RedriveAllowPolicy: undefined,
  RedrivePolicy: undefined,
  SqsManagedSseEnabled: undefined,
}

type NumberAttribute =
  | 'DelaySeconds'
  | 'MaximumMessageSize'
  | 'MessageRetentionPeriod'
  | 'ReceiveMessageWaitTimeSeconds'
  | 'VisibilityTimeout'

/** A numeric attribute, or what AWS takes for it. */
export function numberOf(attributes: QueueAttributes, name: NumberAttribute): number {
  return Number(attributes[name] ?? settable[name]?.byDefault)
}

/** The attributes as given, refused when one is unknown or out of bounds; an empty value takes an attribute away. */
export function checkedAttributes(given: Readonly<Record<string, string>>): QueueAttributes {
  for (const [name, value] of Object.entries(given)) {
    if (!(name in settable)) throw new AwsFault('InvalidAttributeName', `Unknown Attribute ${name}.`)
    const bounds = settable[name]
    if (bounds === undefined) continue
    const number = Number(value)
    if (/^\d+$/.test(value) && number >= bounds.min && number <= bounds.max) continue
    throw new AwsFault('InvalidAttributeValue', `Invalid value for the parameter ${name}.`)
  }
  return given
}

/** Everything set, and the defaults of what is not. */
export function withDefaults(attributes: QueueAttributes): QueueAttributes {
  const defaults = Object.entries(settable).flatMap(([name, bounds]) =>
    bounds === undefined ? [] : [[name, String(bounds.byDefault)]],
  )
  return { ...Object.fromEntries(defaults), SqsManagedSseEnabled: 'true', ...attributes }
}

/** Where messages go that were received too often. */
export interface RedrivePolicy {
  readonly deadLetterTargetArn: string
  readonly maxReceiveCount: number
}

export function redrivePolicyOf(attributes: QueueAttributes): RedrivePolicy | undefined {
  const text = attributes['RedrivePolicy']
  if (text === undefined || text === '') return undefined
  const policy = parsed(text)
  const arn = policy?.['deadLetterTargetArn']
  const count = Number(policy?.['maxReceiveCount'])
  if (typeof arn !== 'string' || !Number.isInteger(count) || count < 1 || count > 1000) {
    throw invalidParameter(
      `Value ${text} for parameter RedrivePolicy is invalid. Reason: deadLetterTargetArn and a maxReceiveCount from 1 to 1000 are needed.`,
    )
  }
  return { deadLetterTargetArn: arn, maxReceiveCount: count }
}

/** The attributes of AWS::SQS::Queue: numbers, booleans and documents instead of strings. */
export function fromProperties(properties: JsonRecord): QueueAttributes {
  const attributes = new Map<string, string>()
  for (const [name, value] of Object.entries(properties)) {
    if (!(name in settable) || value === undefined || value === null || value === false) continue
    attributes.set(name, typeof value === 'string' ? value : JSON.stringify(value))
  }
  return checkedAttributes(Object.fromEntries(attributes))
}

function parsed(text: string): JsonRecord | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}
