/** The CloudFront KeyValueStore the viewer-request function reads: written within seconds of everywhere, 5 MB in all. */
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

/** Entries to be written, and, where undefined, taken away. */
export type EntryChanges = ReadonlyMap<string, string | undefined>

/** How full a store is. */
export interface StoreSize {
  readonly bytes: number
  readonly entries: number
}

/** What rooms do with it. Writes throw EDGE_STORE_BUSY or EDGE_STORE_FULL (503) and have written nothing then. */
export interface KeyValues {
  /** Undefined where certainly nothing stands under the name. */
  get(name: string): Promise<string | undefined>
  /** The value under a name, put there by `make` where there is none: two askers get the same one. */
  once(name: string, make: () => string): Promise<string>
  /** Writes what is not so already, at most 50 entries, all or none; gives what stood there before where it was another. */
  change(changes: EntryChanges): Promise<EntryChanges>
  /** The same of what `decide` makes of the entries as they are now, of at most 50. */
  edit(names: readonly string[], decide: (found: EntryChanges) => EntryChanges): Promise<EntryChanges>
  /** Every entry whose name begins so. */
  list(prefix: string): AsyncIterable<readonly [string, string]>
  size(): Promise<StoreSize>
}

/** What a store holds. */
export const maxStoreBytes = 5 * 2 ** 20
/** What UpdateKeys takes at once. */
export const maxChanges = 50
/** Each write is conditional on the state of the whole store, so unrelated writers meet, too. */
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
      // A store that is not there says the same of each of its keys.
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

  /** Decides over a state of the store, and writes over that one alone. */
  const decide = <Value>(
    names: readonly string[],
    decision: (found: EntryChanges) => { readonly changes: EntryChanges; readonly value: Value },
  ): Promise<Value> =>
    untilDone(
      async () => {
        // The state is read before the values: if another writes in between, our write is refused.
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
      // An answer may be lost on its way: what an earlier try wrote, and all of it, the next one finds done.
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
 * The client puts the account in front of the endpoint's host, which is no host name when the endpoint is an
 * address. A configured endpoint is therefore taken as it stands; AWS's own is left to the client.
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
