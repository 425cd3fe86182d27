/** The data plane's REST API: /key-value-stores/{ARN} and /key-value-stores/{ARN}/keys/{key}. */
import { type JsonRecord, records, text } from '../json-input.ts'
import { type Authorize, AwsFault, type Caller } from '../service.ts'
import { invalid, type Store, type Update } from './store.ts'
import type { Stores } from './stores.ts'

/** A request, its path still escaped. */
export interface RestCall {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly ifMatch: string | undefined
  readonly input: JsonRecord
  readonly caller: Caller
  /** Meets the faults of the operation on a store and key. */
  readonly suffer: (operation: string, arn: string, key: string | undefined) => Promise<void>
}

/** An answer: its body, and the store's ETag where it has one. */
export interface RestAnswer {
  readonly body: JsonRecord
  readonly etag?: string
}

const maxPage = 50

/** The operation a method and path stand for, done. */
export async function answerRest(stores: Stores, authorize: Authorize, call: RestCall): Promise<RestAnswer> {
  const [root, arn = '', keys, ...rest] = call.path.split('/').slice(1).map(unescaped)
  // A key may be a single segment only: the SDK escapes its slashes.
  const key = rest.length === 1 ? rest[0] : undefined
  const known = root === 'key-value-stores' && (keys === undefined || keys === 'keys') && rest.length <= 1
  const operation = known ? operationOf(call.method, keys !== undefined, key !== undefined) : undefined
  if (operation === undefined)
    throw invalid(`${call.method} ${call.path} is no operation of a key value store`)
  authorize(call.caller, `cloudfront-keyvaluestore:${operation}`, arn)
  await call.suffer(operation, arn, key)
  const store = stores.get(arn)

  const update = async (change: Update): Promise<RestAnswer> => {
    await stores.update(store, change, call.ifMatch)
    return { body: sizeOf(store), etag: store.etag }
  }
  switch (operation) {
    case 'DescribeKeyValueStore':
      return {
        body: {
          ...sizeOf(store),
          KvsARN: store.arn,
          Created: store.createdAtMs / 1000,
          LastModified: store.modifiedAtMs / 1000,
          Status: 'READY',
        },
        etag: store.etag,
      }
    case 'ListKeys':
      return { body: page(store, call.query) }
    case 'GetKey':
      return { body: { Key: key, Value: valueIn(store, key), ...sizeOf(store) } }
    case 'PutKey':
      return update({ puts: [{ key: key ?? '', value: text(call.input, 'Value') }], deletes: [] })
    case 'DeleteKey':
      return update({ puts: [], deletes: [key ?? ''] })
    case 'UpdateKeys':
      return update({
        puts: records(call.input, 'Puts').map((put) => ({
          key: text(put, 'Key'),
          value: text(put, 'Value'),
        })),
        deletes: records(call.input, 'Deletes').map((gone) => text(gone, 'Key')),
      })
  }
}

type OperationName = 'DescribeKeyValueStore' | 'ListKeys' | 'GetKey' | 'PutKey' | 'DeleteKey' | 'UpdateKeys'

function operationOf(method: string, ofKeys: boolean, ofKey: boolean): OperationName | undefined {
  if (!ofKeys) return method === 'GET' ? 'DescribeKeyValueStore' : undefined
  if (!ofKey) return method === 'GET' ? 'ListKeys' : method === 'POST' ? 'UpdateKeys' : undefined
  return method === 'GET'
    ? 'GetKey'
    : method === 'PUT'
      ? 'PutKey'
      : method === 'DELETE'
        ? 'DeleteKey'
        : undefined
}

function sizeOf(store: Store): JsonRecord {
  return { ItemCount: store.count, TotalSizeInBytes: store.bytes }
}

function valueIn(store: Store, key = ''): string {
  const value = store.get(key)
  if (value !== undefined) return value
  throw new AwsFault('ResourceNotFoundException', `Key ${key} was not found`, 404)
}

function page(store: Store, query: URLSearchParams): JsonRecord {
  const after = Buffer.from(query.get('NextToken') ?? '', 'base64').toString()
  const limit = Number(query.get('MaxResults') ?? 10)
  if (!Number.isInteger(limit) || limit < 1 || limit > maxPage) throw invalid(`MaxResults is 1 to ${maxPage}`)
  const left = store.entries().filter(([key]) => key > after)
  const items = left.slice(0, limit).map(([Key, Value]) => ({ Key, Value }))
  const last = items.at(-1)?.Key ?? ''
  return { Items: items, ...(left.length > limit && { NextToken: Buffer.from(last).toString('base64') }) }
}

function unescaped(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw invalid('The path is not escaped as a URL is')
  }
}
