/** What the journal amounts to: buckets with their versions, uploads under way, events not yet delivered. */
import type {
  BucketConfig,
  Change,
  ObjectVersion,
  S3ObjectEvent,
  StoredPart,
  Upload,
  Version,
} from '../model.ts'
import { SortedKeys } from './sorted-keys.ts'

export interface Bucket {
  config: BucketConfig
  readonly createdMs: number
  readonly keys: SortedKeys
  /** Of each key, oldest first; never an empty list. */
  readonly versions: Map<string, Version[]>
}

export interface UploadState {
  readonly upload: Upload
  readonly parts: Map<number, StoredPart>
}

export class State {
  readonly buckets = new Map<string, Bucket>()
  readonly uploads = new Map<string, UploadState>()
  /** In the order they happened. */
  readonly undelivered = new Map<string, S3ObjectEvent>()
  /** The highest sequencer given out. */
  lastSequence = 0n

  /** The newest version of a key, a delete marker too. */
  latest(bucket: Bucket, key: string): Version | undefined {
    return bucket.versions.get(key)?.at(-1)
  }

  /** The newest version, unless a delete marker hides it. */
  current(bucket: Bucket, key: string): ObjectVersion | undefined {
    const latest = this.latest(bucket, key)
    return latest?.kind === 'object' ? latest : undefined
  }

  find(bucket: Bucket, key: string, versionId: string): Version | undefined {
    return bucket.versions.get(key)?.findLast((version) => version.versionId === versionId)
  }

  /** Applies one change and returns the blobs nothing refers to any more. */
  apply(change: Change): readonly string[] {
    switch (change.op) {
      case 'bucket': {
        const known = this.buckets.get(change.config.name)
        if (known) known.config = change.config
        else
          this.buckets.set(change.config.name, {
            config: change.config,
            createdMs: change.createdMs,
            keys: new SortedKeys(),
            versions: new Map(),
          })
        return []
      }
      case 'bucket-removed':
        this.buckets.delete(change.bucket)
        return []
      case 'version':
        return this.#put(change.bucket, change.version)
      case 'version-removed':
        return this.#remove(change.bucket, change.key, change.versionId)
      case 'tags':
        this.#change(change, { tags: change.tags })
        return []
      case 'storage-class':
        this.#change(change, { storageClass: change.storageClass })
        return []
      case 'upload':
        this.uploads.set(change.upload.uploadId, { upload: change.upload, parts: new Map() })
        return []
      case 'part': {
        const state = this.uploads.get(change.uploadId)
        if (!state) return [change.part.blob]
        const replaced = state.parts.get(change.part.number)
        state.parts.set(change.part.number, change.part)
        return replaced ? [replaced.blob] : []
      }
      case 'upload-removed':
        return this.#removeUpload(change.uploadId)
      case 'sequence':
        this.#sequence(change.last)
        return []
      case 'event':
        this.undelivered.set(change.event.id, change.event)
        this.#sequence(change.event.record.s3.object.sequencer)
        return []
      case 'event-delivered':
        this.undelivered.delete(change.id)
        return []
    }
  }

  /** Changes that make up this state from nothing. */
  *snapshot(): Generator<Change, void, undefined> {
    yield { op: 'sequence', last: this.lastSequence.toString(16) }
    for (const [name, bucket] of this.buckets) {
      yield { op: 'bucket', config: bucket.config, createdMs: bucket.createdMs }
      for (const versions of bucket.versions.values())
        for (const version of versions) yield { op: 'version', bucket: name, version }
    }
    for (const [uploadId, { upload, parts }] of this.uploads) {
      yield { op: 'upload', upload }
      for (const part of parts.values()) yield { op: 'part', uploadId, part }
    }
    for (const event of this.undelivered.values()) yield { op: 'event', event }
  }

  /** Every blob somebody refers to. */
  blobs(): Set<string> {
    const blobs = new Set<string>()
    for (const bucket of this.buckets.values())
      for (const versions of bucket.versions.values())
        for (const version of versions) for (const blob of blobsOf(version)) blobs.add(blob)
    for (const { parts } of this.uploads.values()) for (const { blob } of parts.values()) blobs.add(blob)
    return blobs
  }

  /** A version takes the place of one with the same id (`null`, where versions are not kept) and is the newest. */
  #put(name: string, version: Version): readonly string[] {
    const bucket = this.buckets.get(name)
    if (!bucket) return blobsOf(version)
    const versions = bucket.versions.get(version.key) ?? []
    const replaced = versions.find(({ versionId }) => versionId === version.versionId)
    bucket.versions.set(version.key, [...versions.filter((other) => other !== replaced), version])
    bucket.keys.add(version.key)
    return replaced ? blobsOf(replaced) : []
  }

  /** Of a version that may be gone. */
  #change(
    { bucket, key, versionId }: { readonly bucket: string; readonly key: string; readonly versionId: string },
    to: Partial<ObjectVersion>,
  ) {
    const versions = this.buckets.get(bucket)?.versions.get(key)
    const index = versions?.findIndex((one) => one.versionId === versionId) ?? -1
    const version = versions?.[index]
    if (versions && version?.kind === 'object') versions[index] = { ...version, ...to }
  }

  #remove(name: string, key: string, versionId: string): readonly string[] {
    const bucket = this.buckets.get(name)
    const versions = bucket?.versions.get(key)
    const removed = versions?.find((version) => version.versionId === versionId)
    if (!bucket || !versions || !removed) return []
    const left = versions.filter((version) => version !== removed)
    if (left.length > 0) bucket.versions.set(key, left)
    else {
      bucket.versions.delete(key)
      bucket.keys.delete(key)
    }
    return blobsOf(removed)
  }

  /** A completed upload's parts live on in the version it made, which was applied just before. */
  #removeUpload(uploadId: string): readonly string[] {
    const state = this.uploads.get(uploadId)
    if (!state) return []
    this.uploads.delete(uploadId)
    const bucket = this.buckets.get(state.upload.bucket)
    const made = bucket?.versions
      .get(state.upload.key)
      ?.findLast((version) => version.kind === 'object' && version.uploadId === uploadId)
    const kept = new Set(made ? blobsOf(made) : [])
    return [...state.parts.values()].map(({ blob }) => blob).filter((blob) => !kept.has(blob))
  }

  #sequence(hex: string) {
    const value = BigInt(`0x${hex}`)
    if (value > this.lastSequence) this.lastSequence = value
  }
}

const blobsOf = (version: Version): readonly string[] =>
  version.kind === 'object' ? version.parts.map(({ blob }) => blob) : []
