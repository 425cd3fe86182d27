/** Tables: made, changed and described; their indexes, streams, time to live and tags. */
import { randomUUID } from 'node:crypto'
import {
  isRecord,
  type JsonRecord,
  optionalInteger,
  optionalRecord,
  optionalText,
  record,
  records,
  text,
  texts,
} from '../json-input.ts'
import { AwsFault, account, region } from '../service.ts'
import { invalid, validated } from './action.ts'
import type { ChangeLog } from './change-log.ts'
import { backfill, toIndex } from './indexes.ts'
import { getTable, indexPrefix, itemPrefix, type Storage, startingWith, tablePrefix } from './storage.ts'
import type { Index, StreamView, Table } from './types.ts'

const streamViews: readonly StreamView[] = ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']

export const tableArn = (name: string): string => `arn:aws:dynamodb:${region}:${account}:table/${name}`

interface TableParts {
  readonly storage: Storage
  readonly changeLog: ChangeLog
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Resolves when every write that is under way now has ended. */
  readonly writesSoFar: () => Promise<unknown>
}

/** The table operations over one storage, by their names on the wire. */
export function tableCalls({ storage, changeLog, now, writesSoFar }: TableParts) {
  const named = (input: JsonRecord): Promise<Table> => getTable(storage.store, text(input, 'TableName'))
  const ofResource = (input: JsonRecord): Promise<Table> =>
    getTable(storage.store, text(input, 'ResourceArn').split('/').at(-1) ?? '')
  const save = (table: Table): Promise<void> =>
    storage.commit([{ type: 'put', key: tablePrefix + table.TableName, value: table }])

  async function all(): Promise<readonly Table[]> {
    const found: Table[] = []
    for await (const [, table] of storage.entries(startingWith(tablePrefix))) found.push(table as Table)
    return found
  }

  const operations = {
    async CreateTable(input: JsonRecord): Promise<JsonRecord> {
      const checked = validated(storage.store, 'CreateTable', input)
      const name = text(input, 'TableName')
      if ((await storage.get(tablePrefix + name)) !== undefined) {
        throw new AwsFault('ResourceInUseException', `Table already exists: ${name}`)
      }
      const { BillingMode: billing, ...description } = checked
      const table = {
        ...description,
        TableName: name,
        TableArn: tableArn(name),
        TableId: randomUUID(),
        TableStatus: 'ACTIVE',
        CreationDateTime: now() / 1000,
        ItemCount: 0,
        TableSizeBytes: 0,
        ProvisionedThroughput: {
          ReadCapacityUnits: 0,
          WriteCapacityUnits: 0,
          ...optionalRecord(input, 'ProvisionedThroughput'),
          NumberOfDecreasesToday: 0,
        },
        ...(billing === 'PAY_PER_REQUEST' && { BillingModeSummary: { BillingMode: billing } }),
        ...indexed(name, input, 'GlobalSecondaryIndexes'),
        ...indexed(name, input, 'LocalSecondaryIndexes'),
        ...streamOf(name, optionalRecord(input, 'StreamSpecification'), now()),
        Settings: { tags: tagsOf(records(input, 'Tags')) },
      } as unknown as Table
      // A crash in the middle of DeleteTable leaves rows behind: they are not this table's.
      await clearRows(name)
      await save(table)
      return { TableDescription: described(table) }
    },

    async DescribeTable(input: JsonRecord): Promise<JsonRecord> {
      return { Table: described(await named(input)) }
    },

    async ListTables(input: JsonRecord): Promise<JsonRecord> {
      const limit = optionalInteger(input, 'Limit', { min: 1, max: 100 }) ?? 100
      const start = optionalText(input, 'ExclusiveStartTableName') ?? ''
      const names = (await all()).map(({ TableName }) => TableName).filter((name) => name > start)
      const page = names.slice(0, limit)
      return { TableNames: page, ...(names.length > limit && { LastEvaluatedTableName: page.at(-1) }) }
    },

    /** Adds and removes indexes, switches the stream; a change of capacity changes nothing here. */
    async UpdateTable(input: JsonRecord): Promise<JsonRecord> {
      let table = await named(input)
      const defined = new Map(
        [...table.AttributeDefinitions, ...records(input, 'AttributeDefinitions')].map((each) => [
          String(each['AttributeName' as keyof typeof each]),
          each,
        ]),
      )
      table = { ...table, AttributeDefinitions: [...defined.values()] as Table['AttributeDefinitions'] }
      for (const update of records(input, 'GlobalSecondaryIndexUpdates')) {
        const created = optionalRecord(update, 'Create')
        const deleted = optionalRecord(update, 'Delete')
        if (created !== undefined) table = await addIndex(table, created)
        if (deleted !== undefined) table = await removeIndex(table, text(deleted, 'IndexName'))
      }
      const stream = optionalRecord(input, 'StreamSpecification')
      if (stream?.['StreamEnabled'] === true && table.StreamSpecification !== undefined) {
        throw invalid(`Table already has an enabled stream: TableName: ${table.TableName}`)
      }
      if (stream !== undefined) {
        const { StreamSpecification: _old, ...rest } = table
        table = { ...(rest as Table), ...streamOf(table.TableName, stream, now()) }
      }
      await save(table)
      return { TableDescription: described(table) }
    },

    async DeleteTable(input: JsonRecord): Promise<JsonRecord> {
      const table = await named(input)
      await storage.commit([{ type: 'del', key: tablePrefix + table.TableName }])
      await clearRows(table.TableName)
      return { TableDescription: { ...described(table), TableStatus: 'DELETING' } }
    },

    async UpdateTimeToLive(input: JsonRecord): Promise<JsonRecord> {
      const table = await named(input)
      const specification = record(input, 'TimeToLiveSpecification')
      const attribute = text(specification, 'AttributeName')
      const { expiresAt: current, ...settings } = table.Settings
      const enabled = specification['Enabled'] === true
      if (enabled && current !== undefined) {
        throw invalid(
          current === attribute
            ? 'TimeToLive is already enabled'
            : `TimeToLive is active on a different AttributeName: current AttributeName is ${current}`,
        )
      }
      if (!enabled && current === undefined) throw invalid('TimeToLive is already disabled')
      await save({ ...table, Settings: enabled ? { ...settings, expiresAt: attribute } : settings })
      return { TimeToLiveSpecification: { AttributeName: attribute, Enabled: enabled } }
    },

    async DescribeTimeToLive(input: JsonRecord): Promise<JsonRecord> {
      const { expiresAt } = (await named(input)).Settings
      return {
        TimeToLiveDescription:
          expiresAt === undefined
            ? { TimeToLiveStatus: 'DISABLED' }
            : { TimeToLiveStatus: 'ENABLED', AttributeName: expiresAt },
      }
    },

    async DescribeContinuousBackups(input: JsonRecord): Promise<JsonRecord> {
      await named(input)
      return {
        ContinuousBackupsDescription: {
          ContinuousBackupsStatus: 'ENABLED',
          PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
        },
      }
    },

    async TagResource(input: JsonRecord): Promise<void> {
      const table = await ofResource(input)
      const tags = { ...table.Settings.tags, ...tagsOf(records(input, 'Tags')) }
      await save({ ...table, Settings: { ...table.Settings, tags } })
    },

    async UntagResource(input: JsonRecord): Promise<void> {
      const table = await ofResource(input)
      const gone = new Set(texts(input, 'TagKeys'))
      const tags = Object.fromEntries(Object.entries(table.Settings.tags).filter(([key]) => !gone.has(key)))
      await save({ ...table, Settings: { ...table.Settings, tags } })
    },

    async ListTagsOfResource(input: JsonRecord): Promise<JsonRecord> {
      const { tags } = (await ofResource(input)).Settings
      return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }
    },
  }

  async function clearRows(name: string): Promise<void> {
    for (const prefix of [itemPrefix(name), indexPrefix('Global', name), indexPrefix('Local', name)]) {
      await storage.clear(startingWith(prefix))
    }
    await changeLog.drop(name)
  }

  async function addIndex(table: Table, created: JsonRecord): Promise<Table> {
    const index = toIndex(table.TableName, created)
    const indexes = table.GlobalSecondaryIndexes ?? []
    if (indexes.some(({ IndexName }) => IndexName === index.IndexName)) {
      throw invalid(`Attempting to create an index which already exists: ${index.IndexName}`)
    }
    const next = { ...table, GlobalSecondaryIndexes: [...indexes, index] }
    validated(storage.store, 'CreateTable', {
      ...next,
      BillingMode: 'PAY_PER_REQUEST',
      ProvisionedThroughput: undefined,
      GlobalSecondaryIndexes: next.GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }) => ({
        IndexName,
        KeySchema,
        Projection,
      })),
    })
    // Saved before the items are walked, so that a write meanwhile goes into the index, too.
    await save(next)
    await writesSoFar()
    await backfill(storage, next, index)
    return next
  }

  async function removeIndex(table: Table, name: string): Promise<Table> {
    const { GlobalSecondaryIndexes: indexes = [], ...rest } = table
    const left = indexes.filter(({ IndexName }) => IndexName !== name)
    if (left.length === indexes.length) {
      throw new AwsFault(
        'ResourceNotFoundException',
        `Requested resource not found: Index: ${name} not found`,
      )
    }
    const next = { ...(rest as Table), ...(left.length > 0 && { GlobalSecondaryIndexes: left }) }
    await save(next)
    await storage.clear(startingWith(indexPrefix('Global', table.TableName, name)))
    return next
  }

  return { operations, all }
}

/** What DescribeTable shows of a stored table. */
function described({ Settings: _settings, ...description }: Table): JsonRecord {
  return description
}

function indexed(
  table: string,
  input: JsonRecord,
  member: string,
): Readonly<Record<string, readonly Index[]>> {
  const indexes = records(input, member).map((index) => toIndex(table, index))
  return indexes.length === 0 ? {} : { [member]: indexes }
}

/** The stream's part of a table; a stream's label is the time it was switched on. */
function streamOf(table: string, specification: JsonRecord | undefined, nowMs: number): JsonRecord {
  if (specification?.['StreamEnabled'] !== true) return {}
  const view = streamViews.find((each) => each === specification['StreamViewType'])
  if (view === undefined) throw invalid(`StreamViewType must be one of ${streamViews.join(', ')}`)
  const label = new Date(nowMs).toISOString().slice(0, -1)
  return {
    StreamSpecification: { StreamEnabled: true, StreamViewType: view },
    LatestStreamLabel: label,
    LatestStreamArn: `${tableArn(table)}/stream/${label}`,
  }
}

function tagsOf(tags: readonly JsonRecord[]): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.filter(isRecord).map((tag) => [text(tag, 'Key'), text(tag, 'Value')]))
}
