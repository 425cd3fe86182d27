/** What partition keys bear: AWS throttles each by itself, however much the table may take. */
import type { Faults, FaultWords, Partition } from '../faults/index.ts'
import { suffer } from '../faults/index.ts'
import { isRecord } from '../json-input.ts'
import { AwsFault } from '../service.ts'
import type { Change } from './change-log.ts'
import { itemBytes } from './item-size.ts'
import type { AttributeValue, Index, Item, KeyElement, Table } from './types.ts'

export interface Load {
  /** Throws what a rule says of the call, or ThrottlingException where the partition gives no more. */
  admit(operation: string, partition: Partition, unit: 'reads' | 'writes'): Promise<void>
  /** Counts what a read cost, as its ConsumedCapacity says. */
  read(partition: Partition, output: Readonly<Record<string, unknown>>): void
  /** Throws where a change would write to a partition that takes no more; counts it otherwise. */
  write(change: Change, factor?: number): void
}

export const isThrottle = (error: unknown): boolean =>
  error instanceof AwsFault && error.code === 'ThrottlingException'

/** Loads of one database. */
export function createLoad(faults: Faults, now: () => number): Load {
  return {
    async admit(operation, partition, unit) {
      await suffer(faults, { service: 'dynamodb', operation, ...partition }, words)
      if (faults.isSpent(partition, unit, now())) throw words.throttle()
    },
    read(partition, { ConsumedCapacity: consumed }) {
      if (isRecord(consumed)) faults.spend(partition, { reads: Number(consumed['CapacityUnits']) }, now())
    },
    write(change, factor = 1) {
      const written = writesOf(change)
      if (written.some(({ partition }) => faults.isSpent(partition, 'writes', now()))) throw words.throttle()
      for (const { partition, writes } of written) faults.spend(partition, { writes: writes * factor }, now())
    },
  }
}

const words: FaultWords = {
  throttle: () =>
    new AwsFault(
      'ThrottlingException',
      'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly. If exceptions persist, check if you have a hot key: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html',
    ),
  internal: () =>
    new AwsFault('InternalServerError', 'The request processing has failed because of an unknown error', 500),
}

/** The partition of a table an item or key is in. */
export const partitionOf = (table: Table, item: Item): Partition => ({
  resource: table.TableName,
  key: keyText(item[hashName(table.KeySchema)]),
})

/** The partition of an index. */
export const indexPartition = (
  table: string,
  index: string,
  value: AttributeValue | undefined,
): Partition => ({
  resource: `${table}/index/${index}`,
  key: keyText(value),
})

export const hashName = (keys: readonly KeyElement[]): string =>
  keys.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? ''

const keyText = (value: AttributeValue | undefined): string => value?.S ?? value?.N ?? value?.B ?? ''

interface Written {
  readonly partition: Partition
  readonly writes: number
}

/** A unit for each KB of the larger of before and after; the same again in each index whose entry changes. */
function writesOf({ table, before, after }: Change): readonly Written[] {
  const item = after ?? before
  if (item === undefined) return []
  const own = { partition: partitionOf(table, item), writes: Math.max(units(before), units(after)) }
  return [
    own,
    ...(table.GlobalSecondaryIndexes ?? []).flatMap((index) => indexWrites(table, index, [before, after])),
  ]
}

function indexWrites(
  table: Table,
  index: Index,
  states: readonly [Item | undefined, Item | undefined],
): readonly Written[] {
  const hash = hashName(index.KeySchema)
  const [before, after] = states.map((item) => entryOf(table, index, item))
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  const place = (entry: Item): string =>
    JSON.stringify(index.KeySchema.map(({ AttributeName: name }) => entry[name]))
  const written = (entry: Item, writes = units(entry)) => ({
    partition: indexPartition(table.TableName, index.IndexName, entry[hash]),
    writes,
  })
  // An entry that keeps its place is written once; one that moves is deleted there and put here.
  if (before !== undefined && after !== undefined && place(before) === place(after))
    return [written(after, Math.max(units(before), units(after)))]
  return [before, after].flatMap((entry) => (entry === undefined ? [] : [written(entry)]))
}

/** What an index has of an item; undefined where the item lacks one of its keys. */
function entryOf(table: Table, { KeySchema, Projection }: Index, item: Item | undefined): Item | undefined {
  if (item === undefined || KeySchema.some(({ AttributeName: name }) => item[name] === undefined))
    return undefined
  if (Projection.ProjectionType === 'ALL') return item
  const keys = [...KeySchema, ...table.KeySchema].map(({ AttributeName }) => AttributeName)
  const names = new Set([...keys, ...(Projection.NonKeyAttributes ?? [])])
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)))
}

const units = (item: Item | undefined): number =>
  item === undefined ? 0 : Math.max(1, Math.ceil(itemBytes(item) / 1024))
