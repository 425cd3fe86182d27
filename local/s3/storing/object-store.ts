/**
 * Buckets and objects on disk: every change is committed to the journal, together with the events it causes,
 * before anybody sees it. Knows nothing of HTTP, XML or permissions.
 */

import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Outbox } from '../../outbox.ts'
import type { Received } from '../bytes/body.ts'
import { noSuchBucket, noSuchUpload } from '../faults.ts'
import type {
  BucketConfig,
  Change,
  Checksum,
  ObjectHead,
  ObjectVersion,
  S3ObjectEvent,
  StoredPart,
  Upload,
  Version,
} from '../model.ts'
import type { WriteCondition } from '../objects/conditions.ts'
import { type Blobs, type Extent, openBlobs } from './blobs.ts'
import { eventsFor } from './events.ts'
import { type Journal, openJournal } from './journal.ts'
import { KeyLocks } from './key-locks.ts'
import { type Bucket, State, type UploadState } from './state.ts'
import type { Move } from './transitions.ts'

export interface ObjectStoreOptions {
  readonly dir: string
  readonly emit: (event: S3ObjectEvent) => Promise<void>
  readonly now: () => number
  readonly compactAfter?: number
}

/** A version as the store is asked to keep it; id and time are the store's. */
export interface NewObject extends ObjectHead {
  readonly key: string
  readonly etag: string
  readonly sizeBytes: number
  readonly parts: readonly StoredPart[]
  readonly checksum: Checksum
  readonly uploadId?: string
}

export interface CommitOptions {
  /** `ObjectCreated:Put`, `ObjectRemoved:Delete`, … */
  readonly eventName: string
  readonly requestId: string
  readonly condition?: WriteCondition | undefined
}

/** What a delete did. */
export interface Deleted {
  readonly versionId?: string
  readonly deleteMarker?: boolean
}

export async function openObjectStore(options: ObjectStoreOptions): Promise<ObjectStore> {
  await mkdir(options.dir, { recursive: true })
  const state = new State()
  // The journal is replayed before the blobs are opened: which of them are rubbish is known only then.
  let blobs: Blobs | undefined
  const journal = await openJournal<Change>({
    path: join(options.dir, 'journal'),
    compactAfter: options.compactAfter,
    snapshot: () => state.snapshot(),
    beforeCommit: async () => blobs?.syncNames(),
    apply: (change) => {
      const freed = state.apply(change)
      // A blob whose removal fails is removed at the next start.
      if (freed.length > 0) void blobs?.remove(freed).catch(() => {})
    },
  })
  blobs = await openBlobs(join(options.dir, 'blobs'), state.blobs())
  return new ObjectStore(options, { state, journal, blobs })
}

export class ObjectStore {
  readonly blobs: Blobs
  readonly #state: State
  readonly #journal: Journal<Change>
  readonly #locks = new KeyLocks()
  readonly #outbox: Outbox<S3ObjectEvent>
  readonly #now: () => number
  #sequence: bigint

  constructor(options: ObjectStoreOptions, parts: { state: State; journal: Journal<Change>; blobs: Blobs }) {
    this.blobs = parts.blobs
    this.#state = parts.state
    this.#journal = parts.journal
    this.#now = options.now
    this.#sequence = parts.state.lastSequence
    this.#outbox = new Outbox({
      emit: options.emit,
      delivered: ({ id }) => this.#journal.append([{ op: 'event-delivered', id }]),
    })
    this.#outbox.offer([...parts.state.undelivered.values()])
  }

  bucketNames(): readonly { readonly name: string; readonly createdMs: number }[] {
    return [...this.#state.buckets].map(([name, { createdMs }]) => ({ name, createdMs }))
  }

  findBucket(name: string): Bucket | undefined {
    return this.#state.buckets.get(name)
  }

  bucket(name: string): Bucket {
    const bucket = this.#state.buckets.get(name)
    if (!bucket) throw noSuchBucket(name)
    return bucket
  }

  current(name: string, key: string): ObjectVersion | undefined {
    return this.#state.current(this.bucket(name), key)
  }

  /** The version of an id, or the newest: a delete marker too. */
  version(name: string, key: string, versionId?: string): Version | undefined {
    const bucket = this.bucket(name)
    return versionId === undefined
      ? this.#state.latest(bucket, key)
      : this.#state.find(bucket, key, versionId)
  }

  /** Makes the bucket, or gives it a new configuration. */
  async configure(config: BucketConfig): Promise<void> {
    const known = this.#state.buckets.get(config.name)
    if (known && JSON.stringify(known.config) === JSON.stringify(config)) return
    await this.#journal.append([{ op: 'bucket', config, createdMs: this.#now() }])
  }

  async removeBucket(name: string): Promise<void> {
    await this.#journal.append([{ op: 'bucket-removed', bucket: name }])
  }

  /** Keeps a new version if the condition holds at this moment; else throws and forgets its blobs. */
  async put(name: string, object: NewObject, options: CommitOptions): Promise<ObjectVersion> {
    try {
      return await this.#locks.hold(`${name}/${object.key}`, () => this.#put(name, object, options))
    } catch (error) {
      if (object.uploadId === undefined) await this.blobs.remove(object.parts.map(({ blob }) => blob))
      throw error
    }
  }

  async #put(name: string, object: NewObject, options: CommitOptions): Promise<ObjectVersion> {
    const { config } = this.bucket(name)
    options.condition?.(this.current(name, object.key))
    const version: ObjectVersion = {
      kind: 'object',
      ...object,
      versionId: newVersionId(config),
      modifiedMs: this.#now(),
    }
    await this.#commit(config, { version, ...options }, [
      { op: 'version', bucket: name, version },
      ...(object.uploadId === undefined
        ? []
        : [{ op: 'upload-removed', uploadId: object.uploadId } satisfies Change]),
    ])
    return version
  }

  /** Deletes as S3 does: a marker where versions are kept, the version itself where it is named. */
  delete(
    name: string,
    target: { readonly key: string; readonly versionId?: string | undefined },
    options: Omit<CommitOptions, 'eventName'> & { readonly lifecycle?: boolean },
  ): Promise<Deleted> {
    const prefix = options.lifecycle ? 'LifecycleExpiration' : 'ObjectRemoved'
    return this.#locks.hold(`${name}/${target.key}`, async () => {
      const { config } = this.bucket(name)
      const { key } = target
      options.condition?.(this.current(name, key))
      if (target.versionId !== undefined || config.versioning === undefined) {
        const versionId = target.versionId ?? 'null'
        const version = this.version(name, key, versionId)
        const deleted: Deleted = {
          ...(target.versionId === undefined ? {} : { versionId }),
          ...(version?.kind === 'marker' ? { deleteMarker: true } : {}),
        }
        if (version)
          await this.#commit(config, { version, eventName: `${prefix}:Delete`, ...options }, [
            { op: 'version-removed', bucket: name, key, versionId },
          ])
        return deleted
      }
      const marker = {
        kind: 'marker',
        key,
        versionId: newVersionId(config),
        modifiedMs: this.#now(),
      } satisfies Version
      await this.#commit(
        config,
        { version: marker, eventName: `${prefix}:DeleteMarkerCreated`, ...options },
        [{ op: 'version', bucket: name, version: marker }],
      )
      return { versionId: marker.versionId, deleteMarker: true }
    })
  }

  async setTags(name: string, version: ObjectVersion, tags: Readonly<Record<string, string>>): Promise<void> {
    const { key, versionId } = version
    await this.#journal.append([{ op: 'tags', bucket: name, key, versionId, tags }])
  }

  /** Moves a version to another storage class, unless it is gone. */
  move(
    name: string,
    { key, versionId, storageClass }: Move,
    options: Pick<CommitOptions, 'requestId'>,
  ): Promise<void> {
    return this.#locks.hold(`${name}/${key}`, async () => {
      const version = this.version(name, key, versionId)
      if (version?.kind !== 'object') return
      const moved = { ...version, storageClass }
      await this.#commit(
        this.bucket(name).config,
        { version: moved, eventName: 'LifecycleTransition', ...options },
        [{ op: 'storage-class', bucket: name, key, versionId, storageClass }],
      )
    })
  }

  async startUpload(upload: Omit<Upload, 'uploadId' | 'startedMs'>): Promise<Upload> {
    const started: Upload = { ...upload, uploadId: randomId(48), startedMs: this.#now() }
    await this.#journal.append([{ op: 'upload', upload: started }])
    return started
  }

  uploads(bucket: string): readonly UploadState[] {
    return [...this.#state.uploads.values()].filter(({ upload }) => upload.bucket === bucket)
  }

  findUpload(bucket: string, key: string, uploadId: string): UploadState | undefined {
    const state = this.#state.uploads.get(uploadId)
    return state?.upload.bucket === bucket && state.upload.key === key ? state : undefined
  }

  upload(bucket: string, key: string, uploadId: string): UploadState {
    const state = this.findUpload(bucket, key, uploadId)
    if (!state) throw noSuchUpload(uploadId)
    return state
  }

  async addPart(upload: Upload, number: number, received: Received): Promise<StoredPart> {
    const part: StoredPart = {
      number,
      ...storedPart(received, upload.encryption.algorithm),
      modifiedMs: this.#now(),
    }
    await this.#locks.hold(upload.uploadId, async () => {
      if (!this.#state.uploads.has(upload.uploadId)) {
        await this.blobs.remove([received.blob])
        throw noSuchUpload(upload.uploadId)
      }
      await this.#journal.append([{ op: 'part', uploadId: upload.uploadId, part }])
    })
    return part
  }

  /** Runs `work` while no part can be added and nobody else ends the upload. */
  whileUploadRests<Result>(uploadId: string, work: () => Promise<Result>): Promise<Result> {
    return this.#locks.hold(uploadId, work)
  }

  async abortUpload(uploadId: string): Promise<void> {
    await this.#locks.hold(uploadId, () => this.#journal.append([{ op: 'upload-removed', uploadId }]))
  }

  /** Everything acknowledged is on disk; events not delivered by now come at the next start. */
  async close(): Promise<void> {
    this.#outbox.close()
    await this.#journal.close()
    await this.blobs.close()
  }

  async #commit(
    config: BucketConfig,
    { version, eventName, requestId }: { version: Version } & CommitOptions,
    changes: readonly Change[],
  ) {
    const atMs = this.#now()
    // Time makes it grow over restarts, counting makes it grow within a millisecond.
    const clock = BigInt(atMs) << 12n
    this.#sequence = clock > this.#sequence ? clock : this.#sequence + 1n
    const happening = { name: eventName, version, sequence: this.#sequence, requestId, atMs }
    const events = eventsFor(config, happening)
    await this.#journal.append([
      ...changes,
      ...events.map((event) => ({ op: 'event', event }) satisfies Change),
    ])
    this.#outbox.offer(events)
  }
}

/** What a put keeps of a received body. Under a KMS key S3's ETag is no MD5, so nobody may rely on it here. */
export function storedPart(
  { blob, sizeBytes, md5, checksum }: Received,
  encryption: 'AES256' | 'aws:kms',
): Omit<StoredPart, 'number' | 'modifiedMs'> {
  const etag = encryption === 'aws:kms' ? randomBytes(16) : md5
  return { blob, sizeBytes, etag: etag.toString('hex'), checksum: { ...checksum, type: 'FULL_OBJECT' } }
}

/** Where a range of an object lies on disk. */
export function extentsOf(version: ObjectVersion, offsetBytes: number, sizeBytes: number): readonly Extent[] {
  const extents: Extent[] = []
  let partOffset = 0
  for (const part of version.parts) {
    const from = Math.max(offsetBytes, partOffset)
    const to = Math.min(offsetBytes + sizeBytes, partOffset + part.sizeBytes)
    if (from < to) extents.push({ blob: part.blob, offsetBytes: from - partOffset, sizeBytes: to - from })
    partOffset += part.sizeBytes
  }
  return extents
}

const newVersionId = ({ versioning }: BucketConfig) => (versioning === 'Enabled' ? randomId(32) : 'null')

/** Letters, digits, `_` and `.`: an id that begins with `-` would be an option to a command line. */
const randomId = (length: number) =>
  randomBytes(length).toString('base64url').slice(0, length).replaceAll('-', '.')
