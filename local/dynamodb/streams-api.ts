/** The DynamoDB Streams API (DynamoDBStreams_20120810): one shard a table, iterators that expire. */
import { type JsonRecord, optionalInteger, optionalText, text } from '../json-input.ts'
import { AwsFault } from '../service.ts'
import { invalid } from './action.ts'
import { type ChangeLog, trimHorizon } from './change-log.ts'
import type { Table } from './types.ts'

const iteratorLifeMs = 15 * 60 * 1000

/** The stream operations over the tables there are. */
export function streamsApi(changeLog: ChangeLog, tables: () => Promise<readonly Table[]>, now: () => number) {
  async function byArn(arn: string): Promise<Table> {
    const table = (await tables()).find(
      ({ LatestStreamArn, StreamSpecification }) =>
        StreamSpecification !== undefined && LatestStreamArn === arn,
    )
    if (table !== undefined) return table
    throw new AwsFault('ResourceNotFoundException', `Requested resource not found: Stream: ${arn} not found`)
  }

  function iterator(arn: string, after: string): string {
    return Buffer.from([arn, after, now()].join('|')).toString('base64')
  }

  return {
    async ListStreams(input: JsonRecord): Promise<JsonRecord> {
      const name = optionalText(input, 'TableName')
      const streaming = (await tables()).filter(
        ({ TableName, StreamSpecification }) =>
          StreamSpecification !== undefined && (name === undefined || name === TableName),
      )
      return {
        Streams: streaming.map(({ LatestStreamArn, LatestStreamLabel, TableName }) => ({
          StreamArn: LatestStreamArn,
          StreamLabel: LatestStreamLabel,
          TableName,
        })),
      }
    },

    async DescribeStream(input: JsonRecord): Promise<JsonRecord> {
      const table = await byArn(text(input, 'StreamArn'))
      return {
        StreamDescription: {
          StreamArn: table.LatestStreamArn,
          StreamLabel: table.LatestStreamLabel,
          StreamStatus: 'ENABLED',
          StreamViewType: table.StreamSpecification?.StreamViewType,
          CreationRequestDateTime: Date.parse(`${table.LatestStreamLabel}Z`) / 1000,
          TableName: table.TableName,
          KeySchema: table.KeySchema,
          Shards: [{ ShardId: shardId(table), SequenceNumberRange: { StartingSequenceNumber: trimHorizon } }],
        },
      }
    },

    async GetShardIterator(input: JsonRecord): Promise<JsonRecord> {
      const arn = text(input, 'StreamArn')
      const table = await byArn(arn)
      const shard = text(input, 'ShardId')
      if (shard !== shardId(table)) {
        throw new AwsFault(
          'ResourceNotFoundException',
          `Requested resource not found: Shard: ${shard} not found`,
        )
      }
      return { ShardIterator: iterator(arn, startOf(input, changeLog)) }
    },

    async GetRecords(input: JsonRecord): Promise<JsonRecord> {
      const [arn = '', after = '', issued = ''] = Buffer.from(text(input, 'ShardIterator'), 'base64')
        .toString()
        .split('|')
      if (!/^\d{21}$/.test(after)) throw invalid('Invalid ShardIterator')
      if (now() - Number(issued) > iteratorLifeMs) {
        throw new AwsFault('ExpiredIteratorException', 'Iterator expired. Get a new one and continue.')
      }
      const limit = optionalInteger(input, 'Limit', { min: 1, max: 1000 }) ?? 1000
      const found = await changeLog.read(await byArn(arn), { after, limit })
      const last = found.at(-1)?.dynamodb.SequenceNumber ?? after
      return { Records: found, NextShardIterator: iterator(arn, last) }
    },
  }
}

/** Whose stream a request is about, for its permission. */
export function streamArnOf(input: JsonRecord): string | undefined {
  const iterator = optionalText(input, 'ShardIterator')
  return iterator === undefined
    ? optionalText(input, 'StreamArn')
    : Buffer.from(iterator, 'base64').toString().split('|')[0]
}

function startOf(input: JsonRecord, changeLog: ChangeLog): string {
  const type = text(input, 'ShardIteratorType')
  if (type === 'TRIM_HORIZON') return trimHorizon
  if (type === 'LATEST') return changeLog.latest()
  const sequence = text(input, 'SequenceNumber')
  if (!/^\d{21}$/.test(sequence)) throw invalid(`Invalid SequenceNumber: ${sequence}`)
  if (type === 'AFTER_SEQUENCE_NUMBER') return sequence
  // Numbers have one width and no gap is smaller than one.
  if (type === 'AT_SEQUENCE_NUMBER') return String(Math.max(0, Number(sequence) - 1)).padStart(21, '0')
  throw invalid(`Invalid ShardIteratorType: ${type}`)
}

/** Made of the stream's label, so that the shard of a stream switched on again is another one. */
export function shardId(table: Table): string {
  const started = Date.parse(`${table.LatestStreamLabel}Z`)
  return `shardId-${String(started).padStart(20, '0')}-00000001`
}
