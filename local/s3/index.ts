/** The local cloud's S3: the door for the gateway (HTTP) and for the runner (in process). */
import { randomBytes } from 'node:crypto'
import { createFaults, type Faults, suffer } from '../faults/index.ts'
import { type Authorize, type AwsService, type Caller, ConnectionReset } from '../service.ts'
import { ask, askKey, type IdentifySigner, type S3Context } from './access.ts'
import { type Answer, faultAnswer, send } from './answer.ts'
import { emptyBucket } from './bucket.ts'
import { store as storeBytes } from './bytes/body.ts'
import { crossOriginHeaders, preflight } from './cors.ts'
import { faultWords } from './faults.ts'
import type { BucketConfig, ObjectVersion, S3ObjectEvent } from './model.ts'
import { getObject } from './objects/get-object.ts'
import { singlePart } from './objects/put-object.ts'
import { operationOf } from './operations.ts'
import { parseRequest, type S3Request } from './request.ts'
import { refuseVersion2 } from './signature-version.ts'
import { sweep } from './storing/lifecycle.ts'
import { openObjectStore } from './storing/object-store.ts'

export type { Answer as S3Answer } from './answer.ts'
export { bucketOfHost } from './host.ts'
export type {
  BucketNotification,
  CorsRule,
  Encryption,
  LifecycleRule,
  ObjectVersion,
  S3EventRecord,
  S3ObjectEvent,
} from './model.ts'

export interface S3Options {
  /** Its own folder; one process at a time. */
  readonly dir: string
  readonly authorize: Authorize
  readonly identifySigner: IdentifySigner
  /**
   * Called once a write or delete that a notification matches is durable. Resolving ends the delivery;
   * rejecting has it tried again, also after a restart, so the same event id may come twice.
   */
  readonly emit: (event: S3ObjectEvent) => Promise<void>
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** How often lifecycle rules are followed; hourly where not given. */
  readonly sweepEveryMs?: number
  /** Length of the journal, in changes, from which it is rewritten. */
  readonly compactAfter?: number
  /** What goes wrong. @default nothing */
  readonly faults?: Faults
}

/** A bucket as the template wants it; what is not given is S3's default. */
export type BucketOptions = Omit<Partial<BucketConfig>, 'name' | 'versioning'> & {
  readonly name: string
  readonly versioned?: boolean
}

export interface GetObjectOptions {
  readonly bucket: string
  readonly key: string
  readonly caller: Caller
  readonly versionId?: string
  readonly method?: 'GET' | 'HEAD'
  /** `range`, `if-none-match`, …; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface PutObjectOptions {
  readonly bucket: string
  readonly key: string
  readonly body: Uint8Array | AsyncIterable<Uint8Array>
  readonly caller: Caller
  /** `content-type`, `cache-control`, `x-amz-meta-*`, …; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface S3 extends AwsService {
  /** Makes a bucket, or brings an existing one to this configuration; its objects stay. */
  createBucket(options: BucketOptions): Promise<void>
  listBuckets(): readonly string[]
  /** What a GET would answer, faults thrown as `AwsFault`; a body not read to its end must be ended (`return`). */
  getObject(options: GetObjectOptions): Answer
  /** Durable when it resolves. */
  putObject(options: PutObjectOptions): Promise<ObjectVersion>
  /** Does now what lifecycle rules say is due. */
  sweep(): Promise<void>
}

/** Opens the store in `dir`, replays what it holds, and takes up undelivered events. */
export async function createS3(options: S3Options): Promise<S3> {
  const { dir, emit, authorize, identifySigner, now = Date.now } = options
  const { compactAfter, sweepEveryMs = 3_600_000, faults = createFaults() } = options
  const store = await openObjectStore({ dir, emit, now, compactAfter })
  const context: S3Context = { store, authorize, identifySigner, now }
  let sweeping = Promise.resolve()
  const sweepNow = () => {
    sweeping = sweeping.catch(() => {}).then(() => sweep(store, now()))
    return sweeping
  }
  // A sweep that fails is tried again at the next turn; the first comes soon, for sessions shorter than a turn.
  const turn = () => {
    void sweepNow().catch(() => {})
    timer = setTimeout(turn, sweepEveryMs).unref()
  }
  let timer = setTimeout(turn, Math.min(sweepEveryMs, 60_000)).unref()
  return {
    name: 's3',
    async handle(message, response, caller) {
      const request = parseRequest(message, caller)
      try {
        await send(await answerTo(context, request, faults), request, response)
      } catch (error) {
        if (!(error instanceof ConnectionReset)) throw error
        response.destroy()
      }
      // What the client still sends of a refused body is read away, so that it gets to read the answer.
      message.resume()
    },
    async createBucket({ versioned, ...settings }) {
      const known = store.findBucket(settings.name)?.config.versioning
      // Versions once kept cannot be unkept, only no more added.
      const versioning = versioned ? 'Enabled' : known && 'Suspended'
      await store.configure({ ...emptyBucket(settings.name), ...settings, versioning })
    },
    listBuckets: () => store.bucketNames().map(({ name }) => name),
    getObject: ({ bucket, key, caller, versionId, method = 'GET', headers = {} }) =>
      getObject(context, {
        bucket,
        key,
        caller,
        method,
        query: new URLSearchParams(versionId === undefined ? {} : { versionId }),
        header: (name) => headers[name],
      }),
    putObject: (put) => putFromProcess(context, put),
    sweep: sweepNow,
    async close() {
      clearTimeout(timer)
      await sweeping.catch(() => {})
      await store.close()
    },
  }
}

async function answerTo(context: S3Context, request: S3Request, faults: Faults): Promise<Answer> {
  const { method: operation, bucket: resource, key } = request
  try {
    await suffer(faults, { service: 's3', operation, resource, key }, faultWords)
    if (request.method === 'OPTIONS')
      return preflight(context.store.bucket(request.bucket).config.cors, request)
    refuseVersion2(request)
    return withCrossOrigin(context, request, await operationOf(request)(context, request))
  } catch (error) {
    if (error instanceof ConnectionReset) throw error
    const answer = faultAnswer(error, request)
    return request.method === 'OPTIONS' ? answer : withCrossOrigin(context, request, answer)
  }
}

/** A page may read errors as well as objects. */
function withCrossOrigin({ store }: S3Context, request: S3Request, answer: Answer): Answer {
  const rules = store.findBucket(request.bucket)?.config.cors ?? []
  return { ...answer, headers: { ...answer.headers, ...crossOriginHeaders(rules, request) } }
}

async function putFromProcess(
  { store, authorize }: S3Context,
  put: PutObjectOptions,
): Promise<ObjectVersion> {
  const { bucket, key, caller, body, headers = {} } = put
  const { encryption } = store.bucket(bucket).config
  ask({ authorize }, caller, 's3:PutObject', { bucket, key })
  askKey({ authorize }, caller, 'kms:GenerateDataKey', encryption)
  const received = await storeBytes(store.blobs, body instanceof Uint8Array ? one(body) : body)
  const head = { headers: { 'content-type': 'binary/octet-stream', ...headers }, tags: {}, encryption }
  return store.put(bucket, singlePart(key, head, received), {
    eventName: 'ObjectCreated:Put',
    requestId: randomBytes(8).toString('hex').toUpperCase(),
  })
}

async function* one(bytes: Uint8Array) {
  yield bytes
}
