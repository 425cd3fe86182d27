/** What the bucket store keeps: buckets, versions of objects, uploads in parts, and the journal's words for changes. */

export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256'

/** A checksum of the whole object, or (COMPOSITE) of the checksums of its parts. */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE'

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm
  readonly type: ChecksumType
  /** Base64, with `-<parts>` after it when composite. */
  readonly value: string
}

export interface Encryption {
  readonly algorithm: 'AES256' | 'aws:kms'
  /** The customer's key; absent for the key S3 has by itself. */
  readonly keyArn?: string
  readonly bucketKey?: boolean
}

/** Bytes on disk that belong to one object version or one upload, never to two. */
export interface StoredPart {
  readonly number: number
  readonly blob: string
  readonly sizeBytes: number
  readonly etag: string
  readonly modifiedMs: number
  readonly checksum: Checksum
}

/** What a client says of an object; the same for a put and for an upload in parts. */
export interface ObjectHead {
  /** Headers given back as they came: `content-type`, `cache-control`, `x-amz-meta-*`, … */
  readonly headers: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
  readonly encryption: Encryption
  readonly storageClass?: string
}

export interface ObjectVersion extends ObjectHead {
  readonly kind: 'object'
  readonly key: string
  /** `null` (the word) where the bucket is not versioned. */
  readonly versionId: string
  readonly modifiedMs: number
  readonly etag: string
  readonly sizeBytes: number
  readonly parts: readonly StoredPart[]
  readonly checksum: Checksum
  /** The upload that made it, if it came in parts. */
  readonly uploadId?: string
}

export interface DeleteMarker {
  readonly kind: 'marker'
  readonly key: string
  readonly versionId: string
  readonly modifiedMs: number
}

export type Version = ObjectVersion | DeleteMarker

export interface Upload extends ObjectHead {
  readonly uploadId: string
  readonly bucket: string
  readonly key: string
  readonly startedMs: number
  /** What the client announced; without it parts are still checked, and joined, by CRC64NVME. */
  readonly checksumAlgorithm?: ChecksumAlgorithm
  readonly checksumType?: ChecksumType
}

export interface CorsRule {
  readonly id?: string
  readonly allowedOrigins: readonly string[]
  readonly allowedMethods: readonly string[]
  readonly allowedHeaders?: readonly string[]
  readonly exposeHeaders?: readonly string[]
  readonly maxAgeSeconds?: number
}

export interface LifecycleRule {
  readonly id?: string
  readonly enabled: boolean
  readonly prefix?: string
  readonly tags?: Readonly<Record<string, string>>
  readonly expirationDays?: number
  readonly expiredObjectDeleteMarker?: boolean
  readonly noncurrentVersionExpirationDays?: number
  readonly newerNoncurrentVersions?: number
  readonly abortIncompleteMultipartUploadDays?: number
  /** Of current versions, since they came. */
  readonly transitions?: readonly Transition[]
  /** Of versions that others took the place of, since then. */
  readonly noncurrentTransitions?: readonly Transition[]
}

/** A move to a colder storage class. */
export interface Transition {
  readonly days: number
  readonly storageClass: string
}

/** Where events of a bucket go: one queue, topic or function, by ARN. */
export interface BucketNotification {
  readonly id?: string
  readonly target: 'queue' | 'topic' | 'function'
  readonly arn: string
  /** `s3:ObjectCreated:*`, `s3:ObjectRemoved:Delete`, … */
  readonly events: readonly string[]
  readonly prefix?: string
  readonly suffix?: string
}

export interface BucketConfig {
  readonly name: string
  readonly versioning?: 'Enabled' | 'Suspended'
  readonly cors: readonly CorsRule[]
  readonly lifecycle: readonly LifecycleRule[]
  readonly notifications: readonly BucketNotification[]
  /** Whether EventBridge is told of everything. @default false */
  readonly eventBridge?: boolean
  readonly encryption: Encryption
}

/** One notification to one target. The same `id` may be delivered twice. */
export interface S3ObjectEvent {
  readonly id: string
  readonly bucket: string
  readonly target: BucketNotification['target'] | 'event-bridge'
  readonly targetArn: string
  /** The record as a queue or function sees it in `Records`. */
  readonly record: S3EventRecord
}

export interface S3EventRecord {
  readonly eventVersion: string
  readonly eventSource: 'aws:s3'
  readonly awsRegion: string
  readonly eventTime: string
  /** `ObjectCreated:Put`: without the `s3:` of the configuration. */
  readonly eventName: string
  readonly userIdentity: { readonly principalId: string }
  readonly requestParameters: { readonly sourceIPAddress: string }
  readonly responseElements: Readonly<Record<string, string>>
  readonly s3: {
    readonly s3SchemaVersion: string
    readonly configurationId: string
    readonly bucket: {
      readonly name: string
      readonly ownerIdentity: { readonly principalId: string }
      readonly arn: string
    }
    readonly object: {
      /** URL-encoded, a space as `+`. */
      readonly key: string
      readonly size?: number
      readonly eTag?: string
      readonly versionId?: string
      /** Orders events of one key: compare as text after padding to one length. */
      readonly sequencer: string
    }
  }
}

/** One change. The journal is a list of these, the state what they amount to. */
export type Change =
  | { readonly op: 'bucket'; readonly config: BucketConfig; readonly createdMs: number }
  | { readonly op: 'bucket-removed'; readonly bucket: string }
  | { readonly op: 'version'; readonly bucket: string; readonly version: Version }
  | {
      readonly op: 'version-removed'
      readonly bucket: string
      readonly key: string
      readonly versionId: string
    }
  | {
      readonly op: 'tags'
      readonly bucket: string
      readonly key: string
      readonly versionId: string
      readonly tags: Readonly<Record<string, string>>
    }
  | {
      readonly op: 'storage-class'
      readonly bucket: string
      readonly key: string
      readonly versionId: string
      readonly storageClass: string
    }
  | { readonly op: 'upload'; readonly upload: Upload }
  | { readonly op: 'part'; readonly uploadId: string; readonly part: StoredPart }
  | { readonly op: 'upload-removed'; readonly uploadId: string }
  | { readonly op: 'sequence'; readonly last: string }
  | { readonly op: 'event'; readonly event: S3ObjectEvent }
  | { readonly op: 'event-delivered'; readonly id: string }
