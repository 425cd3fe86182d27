/** Reads and writes DynamoDB items as plain values, without the SDK. */
import { randomUUID } from 'node:crypto'
import type {
  DeleteCommandInput,
  GetCommandInput,
  PutCommandInput,
  QueryCommandInput,
  TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb'
import { type AttributeMap, attributesOf, valuesOf } from './attribute-values.ts'
import { orBusy } from './busy.ts'
import { jsonCall } from './json-call.ts'
import { isThrottling, tableBusy } from './table-busy.ts'

/** A stored item. */
export type StoredItem = Readonly<Record<string, unknown>>

/** Items of a table to read. */
export interface BatchOf {
  readonly table: string
  /** Primary keys without duplicates. */
  readonly keys: readonly StoredItem[]
  /** True for a strongly consistent read, which costs twice as much. */
  readonly isConsistent: boolean
}

/** DynamoDB actions with the parameters of the SDK's document client; undefined members are not stored. */
export interface Tables {
  get(input: GetCommandInput): Promise<StoredItem | undefined>
  /** One call with at most 100 keys: the items read, and the keys left out. */
  batchGet(batch: BatchOf): Promise<{
    readonly items: readonly StoredItem[]
    readonly unread: readonly StoredItem[]
  }>
  /** One call: at most one megabyte, and the key to continue from. */
  query(input: QueryCommandInput): Promise<{
    readonly items: readonly StoredItem[]
    readonly next: StoredItem | undefined
  }>
  put(input: PutCommandInput): Promise<void>
  delete(input: DeleteCommandInput): Promise<void>
  transactWrite(input: TransactWriteCommandInput): Promise<void>
}

interface CallInput {
  readonly TableName?: string | undefined
  readonly RequestItems?: unknown
  readonly TransactItems?: unknown
}

/** The members of DynamoDB's answers to the actions above. */
interface Answer {
  readonly Item?: AttributeMap
  readonly Items?: readonly AttributeMap[]
  readonly LastEvaluatedKey?: AttributeMap
  readonly Responses?: Readonly<Record<string, readonly AttributeMap[]>>
  readonly UnprocessedKeys?: Readonly<Record<string, { readonly Keys?: readonly AttributeMap[] }>>
}

/** The tables of a region, the function's by default; throttling becomes TABLE_BUSY (503). */
export function signedTables({
  endpoint,
  region,
}: {
  readonly endpoint?: string
  readonly region?: string
} = {}): Tables {
  const call = async (action: string, input: CallInput): Promise<Answer> =>
    (await jsonCall({ service: 'dynamodb', action, endpoint, region }, onWire(input), (error, title) =>
      isThrottling(error) ? tableBusy(input.TableName ?? 'of several', error) : orBusy(error, title),
    )) as Answer
  return {
    async get(input) {
      const { Item } = await call('GetItem', input)
      return Item && valuesOf(Item)
    },
    async batchGet({ table, keys, isConsistent }) {
      const RequestItems = { [table]: { Keys: keys, ConsistentRead: isConsistent } }
      const { Responses, UnprocessedKeys } = await call('BatchGetItem', { RequestItems })
      return {
        items: (Responses?.[table] ?? []).map(valuesOf),
        unread: (UnprocessedKeys?.[table]?.Keys ?? []).map(valuesOf),
      }
    },
    async query(input) {
      const { Items = [], LastEvaluatedKey } = await call('Query', input)
      return { items: Items.map(valuesOf), next: LastEvaluatedKey && valuesOf(LastEvaluatedKey) }
    },
    async put(input) {
      await call('PutItem', input)
    },
    async delete(input) {
      await call('DeleteItem', input)
    },
    async transactWrite(input) {
      // The token lets DynamoDB recognise a retry after a lost answer, so it is not refused because of its own first
      // try.
      await call('TransactWriteItems', { ClientRequestToken: randomUUID(), ...input })
    },
  }
}

/** The request members that hold attribute values by name. */
const valued: ReadonlySet<string> = new Set(['Item', 'Key', 'ExclusiveStartKey', 'ExpressionAttributeValues'])

/** Encodes the attribute values of a request; the rest is unchanged. */
function onWire(input: unknown): unknown {
  if (Array.isArray(input)) return input.map(onWire)
  if (!isRecord(input)) return input
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => {
      if (valued.has(name) && isRecord(value)) return [name, attributesOf(value)]
      if (name === 'Keys' && Array.isArray(value)) return [name, value.filter(isRecord).map(attributesOf)]
      return [name, onWire(value)]
    }),
  )
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
