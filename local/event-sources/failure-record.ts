/** What an on-failure destination is told: which records were given up and why, not the records themselves. */
import { randomUUID } from 'node:crypto'
import type { Invocation } from '../lambda/index.ts'
import type { StreamRecord, StreamSource } from './sources.ts'

export interface GivenUp {
  readonly shardId: string
  readonly records: readonly StreamRecord[]
  readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded'
  readonly attempts: number
  readonly invocation?: Invocation
}

export function failureRecord(
  { source, functionName }: { readonly source: StreamSource; readonly functionName: string },
  { shardId, records, condition, attempts, invocation }: GivenUp,
): object {
  const first = records[0]
  const last = records.at(-1)
  const info = {
    shardId,
    startSequenceNumber: first?.sequenceNumber,
    endSequenceNumber: last?.sequenceNumber,
    approximateArrivalOfFirstRecord: iso(first),
    approximateArrivalOfLastRecord: iso(last),
    batchSize: records.length,
    streamArn: source.arn,
  }
  return {
    requestContext: {
      requestId: invocation?.requestId ?? randomUUID(),
      functionArn: functionName,
      condition,
      approximateInvokeCount: attempts,
    },
    ...(invocation === undefined
      ? {}
      : {
          responseContext: {
            statusCode: 200,
            executedVersion: '$LATEST',
            functionError: invocation.functionError,
          },
        }),
    version: '1.0',
    timestamp: new Date().toISOString(),
    [source.service === 'dynamodb' ? 'DDBStreamBatchInfo' : 'KinesisBatchInfo']: info,
  }
}

function iso(record: StreamRecord | undefined): string | undefined {
  return record === undefined ? undefined : new Date(record.arrivedAtMs).toISOString()
}
