/**
 * The CloudFront KeyValueStore that the viewer-request function reads: writes reach every edge within seconds, 5 MB in
 * all.
 */
import {
  CloudFrontKeyValueStoreClient,
  ConflictException,
  DescribeKeyValueStoreCommand,
  GetKeyCommand,
  paginateListKeys,
  ResourceNotFoundException,
  ServiceQuotaExceededException,
  UpdateKeysCommand,
} from '@aws-sdk/client-cloudfront-keyvaluestore'
// The store takes SigV4A only; the SDK finds the signer once this is loaded.
// oxlint-disable-next-line import/no-unassigned-import
import '@aws-sdk/signature-v4a'
import { HeadendError } from '../../errors.ts'
import { again, type Pauses, untilDone } from '../retry.ts'

/** Entries to write; those with undefined are removed. */
export type EntryChanges = ReadonlyMap<string, string | undefined>

/** The size of a store's contents. */
export interface StoreSize {
  readonly bytes: number
  readonly entries: number
}

/**
 * The key-value store as rooms use it. A write that throws EDGE_STORE_BUSY or EDGE_STORE_FULL (503) has written
 * nothing.
 */
export interface KeyValues {
  /** Resolves to undefined only if the name certainly has no value. */
  get(name: string): Promise<string | undefined>
  /** The value of a name, created by `make` if absent: concurrent callers get the same one. */
  once(name: string, make: () => string): Promise<string>
  /** Writes the entries that differ, at most 50, all or none; returns the previous values of those that changed. */
  change(changes: EntryChanges): Promise<EntryChanges>
  /** The same with the changes that `decide` derives from the current entries, at most 50. */
  edit(names: readonly string[], decide: (found: EntryChanges) => EntryChanges): Promise<EntryChanges>
  /** Every entry whose name has the prefix. */
  list(prefix: string): AsyncIterable<readonly [string, string]>
  size(): Promise<StoreSize>
}

/** The capacity of a store. */
export const maxStoreBytes = 5 * 2 ** 20
/** The limit of UpdateKeys. */
export const maxChanges = 50
/** Each write is conditional on the ETag of the whole store, so unrelated writers conflict, too. */
const maxTries = 25

/** The key-value store with this ARN. */
export function keyValues(KvsARN: string, pauses?: Pauses): KeyValues {
  const client = keyValueStoreClient()
  const describe = () => client.send(new DescribeKeyValueStoreCommand({ KvsARN }))

  const get = async (name: string): Promise<string | undefined> => {
    try {
      return (await client.send(new GetKeyCommand({ KvsARN, Key: name }))).Value
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error
      // A missing store gives the same error as a missing key.
      await describe()
      return undefined
    }
  }

  /** Writes unless the store has changed since `seen`. */
  const write = async (changes: EntryChanges, seen: string | undefined): Promise<boolean> => {
    const all = [...changes]
    const Puts = all.flatMap(([Key, Value]) => (Value === undefined ? [] : [{ Key, Value }]))
    const Deletes = all.flatMap(([Key, Value]) => (Value === undefined ? [{ Key }] : []))
    try {
      await client.send(new UpdateKeysCommand({ KvsARN, IfMatch: seen, Puts, Deletes }))
      return true
    } catch (error) {
      if (error instanceof ConflictException) return false
      throw error instanceof ServiceQuotaExceededException ? full(error) : error
    }
  }

  /** Decides on a state of the store, and writes only if the store is still in it. */
  const decide = <Value>(
    names: readonly string[],
    decision: (found: EntryChanges) => { readonly changes: EntryChanges; readonly value: Value },
  ): Promise<Value> =>
    untilDone(
      async () => {
        // The ETag is read before the values: if another writer comes in between, our write is refused.
        const { ETag } = await describe()
        const found = new Map(await Promise.all(names.map(async (name) => [name, await get(name)] as const)))
        const { changes, value } = decision(found)
        return changes.size === 0 || (await write(changes, ETag)) ? value : again
      },
      { most: maxTries, exhausted: busy, ...(pauses && { pauses }) },
    )

  const edit: KeyValues['edit'] = (names, choose) => {
    const tried: EntryChanges[] = []
    const before: EntryChanges[] = []
    return decide(names, (found) => {
      const changes = new Map([...choose(found)].filter(([name, value]) => found.get(name) !== value))
      // The answer to a write may be lost: a retry that finds all of an earlier try's changes in place counts it as
      // done.
      const isThere = (one: EntryChanges) => [...one].every(([name, value]) => found.get(name) === value)
      if (changes.size === 0) return { changes, value: before[tried.findLastIndex(isThere)] ?? changes }
      const stood: EntryChanges = new Map([...changes.keys()].map((name) => [name, found.get(name)]))
      tried.push(changes)
      before.push(stood)
      return { changes, value: stood }
    })
  }

  return {
    get,
    async once(name, make) {
      const known = await get(name)
      if (known !== undefined) return known
      return decide([name], (found) => {
        const present = found.get(name)
        const value = present ?? make()
        return { changes: new Map(present === undefined ? [[name, value]] : []), value }
      })
    },
    change: (wanted) => edit([...wanted.keys()], () => wanted),
    edit,
    async *list(prefix) {
      for await (const { Items = [] } of paginateListKeys({ client, pageSize: maxChanges }, { KvsARN }))
        for (const { Key = '', Value = '' } of Items) if (Key.startsWith(prefix)) yield [Key, Value]
    },
    async size() {
      const { TotalSizeInBytes: bytes = 0, ItemCount: entries = 0 } = await describe()
      return { bytes, entries }
    },
  }
}

const busy = (): HeadendError =>
  new HeadendError(
    'EDGE_STORE_BUSY',
    `key-value store: nothing was written, ${maxTries} times another writer was first; try again in a second`,
    { status: 503 },
  )

const full = (cause: unknown): HeadendError =>
  new HeadendError(
    'EDGE_STORE_FULL',
    'key-value store: nothing was written, its 5 MB are full; take back protection of films nobody plays, or wait for the next sweep',
    { status: 503, cause },
  )

/**
 * The client puts the account id in front of the endpoint's host, which is no valid host name if the endpoint is an IP
 * address. A configured endpoint is therefore used as it is; AWS's is left to the client.
 */
function keyValueStoreClient(): CloudFrontKeyValueStoreClient {
  const client = new CloudFrontKeyValueStoreClient({})
  const { endpointProvider } = client.config
  client.config.endpointProvider = (parameters, context) => {
    const { Endpoint: configured, ...others } = parameters
    const endpoint = endpointProvider(others, context)
    return configured === undefined ? endpoint : { ...endpoint, url: new URL(configured) }
  }
  return client
}
