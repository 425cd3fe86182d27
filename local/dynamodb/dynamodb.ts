/** The local DynamoDB: the service behind the endpoint, and what the runner makes and reads without the wire. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type JsonProtocol, serveJson } from '../aws-json.ts'
import type { StreamSource } from '../event-sources/index.ts'
import { createFaults, type Faults } from '../faults/index.ts'
import { isRecord, type JsonRecord } from '../json-input.ts'
import { type Authorize, AwsFault, type AwsService, type Caller } from '../service.ts'
import { validated } from './action.ts'
import { writeBatch } from './batch-write.ts'
import { openChangeLog } from './change-log.ts'
import { applyTable } from './cloudformation.ts'
import { forgetTokens, sweep } from './expiry.ts'
import { createLoad } from './load.ts'
import { type Permission, permissionsOf, streamPermissions } from './permissions.ts'
import { reads } from './read.ts'
import { getTable, openStorage } from './storage.ts'
import { streamSource } from './stream-source.ts'
import { streamArnOf, streamsApi } from './streams-api.ts'
import { tableCalls } from './tables.ts'
import { transactions } from './transactions.ts'
import { type WriteAction, writeItem } from './write.ts'

const protocol: JsonProtocol = {
  version: '1.0',
  namespace: 'com.amazonaws.dynamodb.v20120810#',
  maxBytes: 16 * 1024 * 1024,
  crc32: true,
}

export interface DynamoDbOptions {
  /** The directory of the database; one process at a time. */
  readonly path: string
  readonly authorize: Authorize
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
  /**
   * How often expired items are deleted; false for never, as it may seem on AWS for two days.
   * @default 10000
   */
  readonly sweepEveryMs?: number | false
  /** What goes wrong. @default nothing */
  readonly faults?: Faults
}

export interface DynamoDb extends AwsService {
  /** Makes or updates a table from its CloudFormation properties. */
  createTable(
    name: string,
    properties: JsonRecord,
  ): Promise<{ readonly arn: string; readonly streamArn?: string }>
  /** The stream of a table, by its name or the stream's ARN. */
  stream(table: string): Promise<StreamSource>
  /** One operation (`PutItem`) as `caller`. */
  call(operation: string, input: JsonRecord, caller: Caller): Promise<unknown>
  /** Deletes what has expired by now; answers how many items went. */
  sweep(): Promise<number>
}

const writes = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems'])

export async function createDynamoDb(options: DynamoDbOptions): Promise<DynamoDb> {
  const { authorize, now = Date.now, sweepEveryMs = 10_000, faults = createFaults() } = options
  const storage = await openStorage(options.path)
  const changeLog = await openChangeLog(storage, now)
  // Writes that have read their table's definition and may not have heard of an index that is being added.
  const underWay = new Set<Promise<unknown>>()
  const writesSoFar = () => Promise.allSettled(underWay)
  const { operations: tableOperations, all } = tableCalls({ storage, changeLog, now, writesSoFar })
  const streams = streamsApi(changeLog, all, now)
  const to = { storage, changeLog, load: createLoad(faults, now) }
  const transact = transactions(to, now)

  const write = (operation: WriteAction) => (input: JsonRecord) =>
    writeItem(to, {
      operation,
      input: validated(storage.store, operation, input),
      returnItemOnFailure: input['ReturnValuesOnConditionCheckFailure'] === 'ALL_OLD',
    })
  const operations = new Map<string, (input: JsonRecord) => Promise<unknown>>([
    ...Object.entries(tableOperations),
    ...Object.entries(reads(storage.store, to.load)),
    ['PutItem', write('PutItem')],
    ['UpdateItem', write('UpdateItem')],
    ['DeleteItem', write('DeleteItem')],
    ['BatchWriteItem', (input) => writeBatch(to, input)],
    ['TransactWriteItems', transact.write],
    ['TransactGetItems', transact.read],
  ])
  const streamOperations = new Map<string, (input: JsonRecord) => Promise<unknown>>(Object.entries(streams))

  function check(permissions: readonly Permission[], caller: Caller): void {
    for (const { action, resource } of permissions) authorize(caller, action, resource)
  }

  async function call(operation: string, given: JsonRecord, caller: Caller): Promise<unknown> {
    const run = operations.get(operation)
    if (run === undefined) throw new AwsFault('UnknownOperationException', `${operation} is not done here`)
    const input = withTableNames(given)
    check(permissionsOf(operation, input), caller)
    if (!writes.has(operation)) return run(input)
    const writing = run(input)
    underWay.add(writing)
    try {
      return await writing
    } finally {
      underWay.delete(writing)
    }
  }

  async function callStreams(operation: string, input: JsonRecord, caller: Caller): Promise<unknown> {
    const run = streamOperations.get(operation)
    if (run === undefined) throw new AwsFault('UnknownOperationException', `${operation} is not done here`)
    check(streamPermissions(operation, input, streamArnOf(input)), caller)
    return run(input)
  }

  async function sweepNow(): Promise<number> {
    const tables = await all()
    await changeLog.trim(tables)
    await forgetTokens(storage, now())
    return sweep(to, { tables, nowMs: now() })
  }

  let sweeping: Promise<unknown> | undefined
  const timer = setInterval(
    () => {
      sweeping ??= sweepNow()
        .catch((error: unknown) => console.error(error))
        .finally(() => {
          sweeping = undefined
        })
    },
    sweepEveryMs || 2 ** 31 - 1,
  )
  timer.unref()
  if (sweepEveryMs === false) clearInterval(timer)

  return {
    name: 'dynamodb',
    handle: (request: IncomingMessage, response: ServerResponse, caller: Caller) =>
      serveJson(protocol, { request, response, caller }, ({ service, operation, input }) =>
        service === 'DynamoDBStreams_20120810'
          ? callStreams(operation, input, caller)
          : call(operation, input, caller),
      ),
    call,
    sweep: sweepNow,
    async createTable(name, properties) {
      const existing = (await all()).find(({ TableName }) => TableName === name)
      await applyTable(tableOperations, { name, properties, ...(existing && { existing }) })
      const { TableArn, LatestStreamArn, StreamSpecification } = await getTable(storage.store, name)
      return { arn: TableArn, ...(StreamSpecification && LatestStreamArn && { streamArn: LatestStreamArn }) }
    },
    async stream(named) {
      const table = (await all()).find(
        ({ TableName, LatestStreamArn }) => TableName === named || LatestStreamArn === named,
      )
      if (table?.StreamSpecification === undefined) {
        throw new AwsFault(
          'ResourceNotFoundException',
          `Requested resource not found: Stream: ${named} not found`,
        )
      }
      return streamSource(changeLog, table)
    },
    async close() {
      clearInterval(timer)
      await sweeping
      await storage.close()
    },
  }
}

/** AWS takes a table's ARN wherever it takes the name; from here on there are names only. */
function withTableNames(input: JsonRecord): JsonRecord {
  const { RequestItems: requests, TransactItems: steps } = input
  return {
    ...withTableName(input),
    ...(isRecord(requests) && {
      RequestItems: Object.fromEntries(
        Object.entries(requests).map(([name, value]) => [nameIn(name), value]),
      ),
    }),
    ...(Array.isArray(steps) && {
      TransactItems: steps.map((step: unknown) =>
        isRecord(step)
          ? Object.fromEntries(
              Object.entries(step).map(([kind, value]) => [
                kind,
                isRecord(value) ? withTableName(value) : value,
              ]),
            )
          : step,
      ),
    }),
  }
}

function withTableName(input: JsonRecord): JsonRecord {
  const { TableName: name } = input
  return typeof name === 'string' ? { ...input, TableName: nameIn(name) } : input
}

function nameIn(nameOrArn: string): string {
  return /:table\/([^/]+)$/.exec(nameOrArn)?.[1] ?? nameOrArn
}
