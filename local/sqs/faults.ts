/** SQS's errors, by their JSON names and by those the older query protocol gave them. */
import { AwsFault } from '../service.ts'

export function invalidParameter(message: string): AwsFault {
  return new AwsFault('InvalidParameterValue', message)
}

export function noSuchQueue(): AwsFault {
  return new AwsFault('QueueDoesNotExist', 'The specified queue does not exist.')
}

export function badReceiptHandle(): AwsFault {
  return new AwsFault('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.')
}

const prefix = 'AWS.SimpleQueueService.'
const renamed: Readonly<Record<string, string>> = {
  QueueDoesNotExist: `${prefix}NonExistentQueue`,
  QueueNameExists: 'QueueAlreadyExists',
}
const prefixed = new Set([
  'BatchEntryIdsNotDistinct',
  'BatchRequestTooLong',
  'EmptyBatchRequest',
  'InvalidBatchEntryId',
  'MessageNotInflight',
  'TooManyEntriesInBatchRequest',
  'UnsupportedOperation',
])

/** What the CLI and older clients know an error by. */
export function queryCode(code: string): string {
  return renamed[code] ?? (prefixed.has(code) ? prefix + code : code)
}
