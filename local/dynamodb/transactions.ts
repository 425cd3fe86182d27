/** TransactWriteItems and TransactGetItems: every item locked, all conditions judged, one commit or none. */
import { createHash } from 'node:crypto'
import type { Lock } from 'dynalite/db/index.js'
import { isRecord, type JsonRecord, optionalText, records, text } from '../json-input.ts'
import { AwsFault } from '../service.ts'
import { act, invalid, validated } from './action.ts'
import { summedCapacity } from './capacity.ts'
import { itemBytes } from './item-size.ts'
import { isThrottle } from './load.ts'
import { getTable, type Storage } from './storage.ts'
import type { Item } from './types.ts'
import {
  type ItemWrite,
  partitionIn,
  prepare,
  primaryKey,
  type WriteAction,
  type WriteTarget,
} from './write.ts'

const maxItems = 100
/** A transaction reads and writes everything twice, and is billed so. */
const capacityFactor = 2
const maxTransactionBytes = 4 * 1024 * 1024
const tokenLifeMs = 10 * 60 * 1000
export const tokenPrefix = 'transaction-token~'

/** dynalite's action for each kind; a check is a deletion whose writes are thrown away. */
const actionOf: Readonly<Record<string, WriteAction>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'DeleteItem',
}

interface Reason {
  readonly Code: string
  readonly Message?: string
  readonly Item?: Item
}

/** The transactions of one storage; `now` ages the client tokens. */
export function transactions({ storage, changeLog, load }: WriteTarget, now: () => number) {
  const running = new Set<string>()

  async function write(input: JsonRecord): Promise<JsonRecord> {
    const token = optionalText(input, 'ClientRequestToken')
    if (token === undefined) return apply(input)
    if (running.has(token)) {
      throw new AwsFault(
        'TransactionInProgressException',
        'The transaction with the given request token is already in progress.',
      )
    }
    running.add(token)
    try {
      return await apply(input, token)
    } finally {
      running.delete(token)
    }
  }

  async function apply(input: JsonRecord, token?: string): Promise<JsonRecord> {
    const capacity = optionalText(input, 'ReturnConsumedCapacity')
    const steps = await Promise.all(limited(input).map((entry) => parse(storage, entry, capacity)))
    refuseTwice(steps)
    const hash = createHash('sha256').update(JSON.stringify(input['TransactItems'])).digest('hex')
    if (token !== undefined) {
      const known = await storage.get(tokenPrefix + token)
      if (isRecord(known) && Number(known['expiresMs']) > now()) {
        if (known['hash'] === hash) return {}
        throw new AwsFault(
          'IdempotentParameterMismatchException',
          'Request token was used with different parameters within the idempotency window.',
        )
      }
    }
    return locked(storage, steps, async () => {
      const prepared = await judgedAll(steps, async (step) => {
        await load.admit('TransactWriteItems', await partitionIn(storage, step.input), 'writes')
        return prepare(storage, step)
      })
      const applied = prepared.filter((_each, index) => steps[index]?.kind !== 'ConditionCheck')
      const changes = applied.map(({ change }) => change)
      if (changes.reduce((bytes, { after }) => bytes + itemBytes(after ?? {}), 0) > maxTransactionBytes) {
        throw invalid('Transaction request size exceeded 4 MB')
      }
      await judgedAll(changes, (change) => load.write(change, capacityFactor))
      await storage.commit([
        ...applied.flatMap(({ writes }) => writes),
        ...changes.flatMap((change) => changeLog.record(change)),
        // In the same commit: a retry after a crash finds either both or neither.
        ...(token === undefined
          ? []
          : [
              {
                type: 'put' as const,
                key: tokenPrefix + token,
                value: { hash, expiresMs: now() + tokenLifeMs },
              },
            ]),
      ])
      changeLog.committed(changes)
      return summedCapacity(
        prepared.map(({ output }) => output),
        capacityFactor,
      )
    })
  }

  async function read(input: JsonRecord): Promise<JsonRecord> {
    const capacity = optionalText(input, 'ReturnConsumedCapacity')
    const steps = await Promise.all(
      limited(input).map(async (entry) => {
        const request = entry['Get']
        if (!isRecord(request)) throw invalid('TransactItems: each entry must be a Get')
        const get = validated(storage.store, 'GetItem', {
          ...request,
          ConsistentRead: true,
          ReturnConsumedCapacity: capacity === undefined || capacity === 'NONE' ? 'TOTAL' : capacity,
        })
        const [key, partition] = [await keyOf(storage, get), await partitionIn(storage, get)]
        return { table: text(get, 'TableName'), key, get, partition }
      }),
    )
    refuseTwice(steps)
    const found = await locked(storage, steps, () =>
      judgedAll(steps, async ({ get, partition }) => {
        await load.admit('TransactGetItems', partition, 'reads')
        const output = await act(storage.store, 'GetItem', get)
        for (let times = 0; times < capacityFactor; times++) load.read(partition, output)
        return output
      }),
    )
    const responses = found.map(({ Item: item }) => (item === undefined ? {} : { Item: item }))
    return {
      Responses: responses,
      ...(capacity && capacity !== 'NONE' && summedCapacity(found, capacityFactor)),
    }
  }

  return { write, read }
}

interface Step extends ItemWrite {
  readonly kind: string
  readonly table: string
  readonly key: string
}

async function parse(storage: Storage, entry: JsonRecord, capacity: string | undefined): Promise<Step> {
  const [[kind, request] = ['', undefined], ...more] = Object.entries(entry)
  const operation = actionOf[kind]
  if (operation === undefined || !isRecord(request) || more.length > 0) {
    throw invalid('TransactItems can only contain one of Check, Put, Update or Delete')
  }
  if (kind === 'ConditionCheck') text(request, 'ConditionExpression')
  const input = validated(storage.store, operation, {
    ...request,
    ...(capacity !== undefined && { ReturnConsumedCapacity: capacity }),
  })
  const returnItemOnFailure = request['ReturnValuesOnConditionCheckFailure'] === 'ALL_OLD'
  const table = text(input, 'TableName')
  return { kind, operation, input, returnItemOnFailure, table, key: await keyOf(storage, input) }
}

/** Judges every step before it gives up, for the client is told about each. */
async function judgedAll<Part, Done>(
  parts: readonly Part[],
  judge: (part: Part) => Promise<Done> | Done,
): Promise<readonly Done[]> {
  const results = await Promise.allSettled(parts.map(async (each) => judge(each)))
  const reasons = results.map((result) =>
    result.status === 'fulfilled' ? { Code: 'None' } : reason(result.reason),
  )
  if (reasons.some(({ Code }) => Code !== 'None')) {
    const codes = reasons.map(({ Code }) => Code).join(', ')
    const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`
    throw new AwsFault('TransactionCanceledException', message, 400, { CancellationReasons: reasons })
  }
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}

function reason(error: unknown): Reason {
  if (!(error instanceof AwsFault)) throw error
  const { code, message, detail } = error
  if (code === 'ConditionalCheckFailedException')
    return { Code: 'ConditionalCheckFailed', Message: message, ...detail }
  if (code === 'ValidationException') return { Code: 'ValidationError', Message: message }
  if (isThrottle(error)) return { Code: 'ThrottlingError', Message: message }
  throw error
}

function limited(input: JsonRecord): readonly JsonRecord[] {
  const entries = records(input, 'TransactItems')
  if (entries.length >= 1 && entries.length <= maxItems) return entries
  const bound = entries.length < 1 ? 'greater than or equal to 1' : `less than or equal to ${maxItems}`
  throw invalid(
    `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length ${bound}`,
  )
}

function refuseTwice(steps: readonly { readonly table: string; readonly key: string }[]): void {
  if (new Set(steps.map(({ table, key }) => `${table} ${key}`)).size < steps.length) {
    throw invalid('Transaction request cannot include multiple operations on one item')
  }
}

async function keyOf(storage: Storage, input: Record<string, unknown>): Promise<string> {
  return primaryKey(input, await getTable(storage.store, text(input, 'TableName')))
}

/** Holds all the items' locks while `run` runs; tables in one order for everybody, so that nobody waits in a ring. */
async function locked<Result>(
  storage: Storage,
  steps: readonly { readonly table: string; readonly key: string }[],
  run: () => Promise<Result>,
): Promise<Result> {
  const byTable = Map.groupBy(steps, ({ table }) => table)
  const releases: (() => void)[] = []
  try {
    for (const [table, items] of [...byTable].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const { lock } = storage.store.getItemDb(table)
      releases.push(
        await acquire(
          lock,
          items.map(({ key }) => key),
        ),
      )
    }
    return await run()
  } finally {
    for (const release of releases.toReversed()) release()
  }
}

function acquire(lock: Lock, keys: readonly string[]): Promise<() => void> {
  return new Promise((resolve) => {
    lock(keys, (release) => resolve(release(() => undefined)))
  })
}
