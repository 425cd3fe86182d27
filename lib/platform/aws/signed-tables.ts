/** Items of DynamoDB's tables, read and written as plain values without the SDK. */
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

/** Which items of a table. */
export interface BatchOf {
  readonly table: string
  /** Primary keys; none twice. */
  readonly keys: readonly StoredItem[]
  /** Whether every write before is seen; costs twice. */
  readonly isConsistent: boolean
}

/** Actions of DynamoDB with the members of the SDK's document client; what is undefined is not stored. */
export interface Tables {
  get(input: GetCommandInput): Promise<StoredItem | undefined>
  /** One call of a hundred keys at most: what it gave, and the keys it left out. */
  batchGet(batch: BatchOf): Promise<{
    readonly items: readonly StoredItem[]
    readonly unread: readonly StoredItem[]
  }>
  /** One call: a megabyte at most, and where to go on. */
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

/** What DynamoDB answers, of the actions above. */
interface Answer {
  readonly Item?: AttributeMap
  readonly Items?: readonly AttributeMap[]
  readonly LastEvaluatedKey?: AttributeMap
  readonly Responses?: Readonly<Record<string, readonly AttributeMap[]>>
  readonly UnprocessedKeys?: Readonly<Record<string, { readonly Keys?: readonly AttributeMap[] }>>
}

/** The tables of the function's region; what is refused for its load is TABLE_BUSY (503). */
export function signedTables({ endpoint }: { readonly endpoint?: string } = {}): Tables {
  const call = async (action: string, input: CallInput): Promise<Answer> =>
    (await jsonCall({ service: 'dynamodb', action, endpoint }, onWire(input), (error, title) =>
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
      // By its token a try whose answer was lost is known again, and not refused for what it did itself.
      await call('TransactWriteItems', { ClientRequestToken: randomUUID(), ...input })
    },
  }
}

/** Members of requests that hold values of attributes by name. */
const valued: ReadonlySet<string> = new Set(['Item', 'Key', 'ExclusiveStartKey', 'ExpressionAttributeValues'])

/** A request with its values as DynamoDB writes them; what else is in it stays. */
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
