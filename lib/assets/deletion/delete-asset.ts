/**
 * The end of an asset, step by step. It plays no more before anything of it goes, is closed at the edge before its
 * policy may, and its row goes last: whatever breaks off is seen as an asset that is `deleting`, and done again from the
 * start it comes to the same end.
 */

import type { AssetId, ContentId } from '../../timeline/ids.ts'
import type { AssetChanges } from '../changes/store.ts'
import { contentOf } from '../row.ts'
import { assetOfKey } from '../uploads/upload-key.ts'

/** An object of a bucket. */
export interface FoundObject {
  readonly key: string
  readonly bytes: number
}

/** The same with when it was stored, ISO 8601. */
export interface DatedObject extends FoundObject {
  readonly storedAt: string
}

/** What of an asset lies in buckets. */
export interface AssetObjects {
  /** Objects of all versions of its timeline. */
  timelines(assetId: AssetId): Promise<readonly DatedObject[]>
  /** Objects whose key begins so. */
  uploads(prefix: string): Promise<readonly FoundObject[]>
  removeTimelines(keys: readonly string[]): Promise<void>
  removeUploads(keys: readonly string[]): Promise<void>
}

/** What rights do where a content ends. */
export interface ContentEnd {
  /** Closes it at the edge, whatever holds of it then, and has caches forget it. */
  seal(contentId: ContentId): Promise<void>
  /** Ends its keys; false where it has none. */
  retireKeys(contentId: ContentId): Promise<boolean>
  /** Forgets its policy and closes it in one step, so that nobody comes between. */
  forgetPolicy(contentId: ContentId): Promise<void>
}

/** What deleting works with. */
export interface DeletionPorts {
  readonly rows: Pick<AssetChanges, 'beginDeletion' | 'endDeletion'>
  readonly objects: AssetObjects
  readonly end: ContentEnd
}

/** What goes with it. */
export interface DeletionChoice {
  readonly keys: 'keep' | 'retire'
  readonly policy: 'keep' | 'forget'
}

/** What was there and is no more. */
export interface Deletion {
  readonly versions: readonly string[]
  readonly timelineObjects: number
  readonly uploads: readonly FoundObject[]
  readonly keys: 'kept' | 'retired'
  readonly policy: 'kept' | 'forgotten'
}

/** Deletes an asset, or what an earlier deletion left of it; of what is not there nothing is removed. */
export async function deleteAsset(
  { rows, objects, end }: DeletionPorts,
  assetId: AssetId,
  choice: DeletionChoice,
): Promise<Deletion> {
  const contentId = contentOf(assetId)
  const begun = await rows.beginDeletion(assetId)
  const timelines = await objects.timelines(assetId)
  if (begun || timelines.length > 0) await end.seal(contentId)
  await objects.removeTimelines(timelines.map(({ key }) => key).toSorted(headsFirst))
  const found = await uploadsOfAsset(objects, assetId, begun?.keys ?? [])
  const uploads = found.map(({ key, bytes }) => ({ key, bytes }))
  await objects.removeUploads(uploads.map(({ key }) => key))
  const isRetired = choice.keys === 'retire' && (await end.retireKeys(contentId))
  if (choice.policy === 'forget') await end.forgetPolicy(contentId)
  if (begun) await rows.endDeletion(assetId, begun.revision)
  return {
    versions: versionsOf(assetId, timelines),
    timelineObjects: timelines.length,
    uploads,
    keys: isRetired ? 'retired' : 'kept',
    policy: choice.policy === 'forget' ? 'forgotten' : 'kept',
  }
}

/** Those its keys can lie under, and those its row names elsewhere, whose keys were refused. */
async function uploadsOfAsset(
  objects: AssetObjects,
  assetId: AssetId,
  remembered: readonly string[],
): Promise<readonly FoundObject[]> {
  const prefixes = [`vod/${assetId}.`, `vod/${assetId}/`, ...remembered]
  const found = await Promise.all(prefixes.map((prefix) => objects.uploads(prefix)))
  const own = found.flat().filter(({ key }) => assetOfKey(key) === assetId)
  return [...new Map(own.map((one) => [one.key, one])).values()]
}

/** Who reads the head, or the placement, reads the rest: these go first. */
const headsFirst = (a: string, b: string): number => rank(a) - rank(b)
const rank = (key: string): number => (/\/(timeline|placement)\.json$/.test(key) ? 0 : 1)

/** Names of the versions that objects of timelines are of. */
export const versionsOf = (assetId: AssetId, objects: readonly { readonly key: string }[]): string[] => [
  ...new Set(objects.flatMap(({ key }) => key.slice(`timelines/vod/${assetId}/`.length).split('/', 1))),
]
