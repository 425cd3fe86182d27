/** Signing keys and revocations in the CloudFront KeyValueStore that the viewer-request function reads. */
import {
  CloudFrontKeyValueStoreClient,
  ConflictException,
  DescribeKeyValueStoreCommand,
  GetKeyCommand,
  PutKeyCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudfront-keyvaluestore'
// The store takes SigV4A only; the SDK finds the signer once this is loaded.
// oxlint-disable-next-line import/no-unassigned-import
import '@aws-sdk/signature-v4a'

/** What the session routes need. */
export interface SessionStore {
  /** The value under a name, put there by `make` where there is none: two askers get the same one. */
  once(name: string, make: () => string): Promise<string>
  put(name: string, value: string): Promise<void>
}

/** Each write is conditional on the state of the whole store, so unrelated writers meet, too. */
const attempts = 10

/** The key-value store with this ARN. */
export function sessionStore(arn: string): SessionStore {
  const client = keyValueStoreClient()

  const etag = async (): Promise<string | undefined> =>
    (await client.send(new DescribeKeyValueStoreCommand({ KvsARN: arn }))).ETag

  const value = async (name: string): Promise<string | undefined> => {
    try {
      return (await client.send(new GetKeyCommand({ KvsARN: arn, Key: name }))).Value
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined
      throw error
    }
  }

  /** Writes unless the store has changed since `seen`. */
  const write = async (name: string, text: string, seen: string | undefined): Promise<boolean> => {
    try {
      await client.send(new PutKeyCommand({ KvsARN: arn, Key: name, Value: text, IfMatch: seen }))
      return true
    } catch (error) {
      if (error instanceof ConflictException) return false
      throw error
    }
  }

  return {
    async once(name, make) {
      const known = await value(name)
      if (known !== undefined) return known
      for (let i = 0; i < attempts; i++) {
        // The state is read before the value: if another asker writes in between, our write is refused.
        const seen = await etag()
        const present = await value(name)
        if (present !== undefined) return present
        const made = make()
        if (await write(name, made, seen)) return made
      }
      throw contested(name)
    },
    async put(name, text) {
      for (let i = 0; i < attempts; i++) if (await write(name, text, await etag())) return
      throw contested(name)
    },
  }
}

const contested = (name: string): Error =>
  new Error(`key-value store: ${name} not written, ${attempts} times another writer was first`)

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
