/** What a bucket's lifecycle rules want gone or moved at a moment: pure rules and the sweep that follows them. */
import type { LifecycleRule, Version } from '../model.ts'
import { isDue, tagsFit } from './due.ts'
import type { ObjectStore } from './object-store.ts'
import type { Bucket, UploadState } from './state.ts'
import { dueMoves } from './transitions.ts'

/** One thing to do: delete a key (which may leave a marker), a version, or an upload. */
export type Expiry =
  | { readonly kind: 'object'; readonly key: string; readonly expected: string }
  | { readonly kind: 'version'; readonly key: string; readonly versionId: string }
  | { readonly kind: 'upload'; readonly uploadId: string }

/** Everything the rules of a bucket want gone at `nowMs`. */
function expired(
  bucket: Pick<Bucket, 'config' | 'versions'>,
  uploads: readonly UploadState[],
  nowMs: number,
): readonly Expiry[] {
  const rules = bucket.config.lifecycle.filter(({ enabled }) => enabled)
  if (rules.length === 0) return []
  const found = [...bucket.versions].flatMap(([key, versions]) =>
    expiredVersions(rules, { key, versions, nowMs }),
  )
  for (const { upload } of uploads)
    if (
      rules.some(
        ({ prefix = '', abortIncompleteMultipartUploadDays: days }) =>
          days !== undefined && upload.key.startsWith(prefix) && isDue(upload.startedMs, days, nowMs),
      )
    )
      found.push({ kind: 'upload', uploadId: upload.uploadId })
  return found
}

interface KeyVersions {
  readonly key: string
  /** Oldest first. */
  readonly versions: readonly Version[]
  readonly nowMs: number
}

function expiredVersions(rules: readonly LifecycleRule[], { key, versions, nowMs }: KeyVersions): Expiry[] {
  const latest = versions.at(-1)
  if (!latest) return []
  const byPrefix = rules.filter(({ prefix = '' }) => key.startsWith(prefix))
  const found: Expiry[] = []
  if (latest.kind === 'object') {
    const due = byPrefix.some(
      (rule) =>
        rule.expirationDays !== undefined &&
        tagsFit(rule, latest) &&
        isDue(latest.modifiedMs, rule.expirationDays, nowMs),
    )
    if (due) found.push({ kind: 'object', key, expected: latest.versionId })
  } else if (
    versions.length === 1 &&
    byPrefix.some(({ expiredObjectDeleteMarker }) => expiredObjectDeleteMarker)
  )
    found.push({ kind: 'version', key, versionId: latest.versionId })
  for (const [index, version] of versions.slice(0, -1).entries()) {
    // A version is noncurrent since the next one came.
    const sinceMs = versions[index + 1]?.modifiedMs ?? nowMs
    const newerNoncurrent = versions.length - 2 - index
    const due = byPrefix.some(
      (rule) =>
        rule.noncurrentVersionExpirationDays !== undefined &&
        newerNoncurrent >= (rule.newerNoncurrentVersions ?? 0) &&
        (version.kind === 'marker' || tagsFit(rule, version)) &&
        isDue(sinceMs, rule.noncurrentVersionExpirationDays, nowMs),
    )
    if (due) found.push({ kind: 'version', key, versionId: version.versionId })
  }
  return found
}

/** Does what is due in every bucket. */
export async function sweep(store: ObjectStore, nowMs: number): Promise<void> {
  for (const { name } of store.bucketNames()) {
    for (const expiry of expired(store.bucket(name), store.uploads(name), nowMs)) {
      if (expiry.kind === 'upload') await store.abortUpload(expiry.uploadId)
      else {
        const { key } = expiry
        // A newer version that came meanwhile is not the one that is due.
        if (expiry.kind === 'object' && store.current(name, key)?.versionId !== expiry.expected) continue
        const versionId = expiry.kind === 'version' ? expiry.versionId : undefined
        await store.delete(name, { key, versionId }, { requestId: 'LIFECYCLE', lifecycle: true })
      }
    }
    const { config, versions } = store.bucket(name)
    const rules = config.lifecycle.filter(({ enabled }) => enabled)
    for (const move of [...versions].flatMap(([key, own]) => dueMoves(rules, { key, versions: own, nowMs })))
      await store.move(name, move, { requestId: 'LIFECYCLE' })
  }
}
