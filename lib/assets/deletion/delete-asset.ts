/**
 * Deletes an asset step by step. Playback stops before anything is removed, the edge is closed before the policy is
 * removed, and the row goes last: an interrupted deletion shows as `deleting`, and repeating it from the start ends in
 * the same state.
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

/** An object with the time it was stored, ISO 8601. */
export interface DatedObject extends FoundObject {
  readonly storedAt: string
}

/** The objects of an asset in the buckets. */
export interface AssetObjects {
  /** The objects of all versions of its timeline. */
  timelines(assetId: AssetId): Promise<readonly DatedObject[]>
  /** The objects whose keys have the prefix. */
  uploads(prefix: string): Promise<readonly FoundObject[]>
  removeTimelines(keys: readonly string[]): Promise<void>
  removeUploads(keys: readonly string[]): Promise<void>
}

/** The actions on rights when a content is deleted. */
export interface ContentEnd {
  /** Closes it at the edge, whatever its protection is at the time, and invalidates caches. */
  seal(contentId: ContentId): Promise<void>
  /** Retires its keys; false if it has none. */
  retireKeys(contentId: ContentId): Promise<boolean>
  /** Removes its policy and closes it in one step, so that no other writer comes in between. */
  forgetPolicy(contentId: ContentId): Promise<void>
}

/** Ports for deleting. */
export interface DeletionPorts {
  readonly rows: Pick<AssetChanges, 'beginDeletion' | 'endDeletion'>
  readonly objects: AssetObjects
  readonly end: ContentEnd
}

/** The choice of what is deleted with the asset. */
export interface DeletionChoice {
  readonly keys: 'keep' | 'retire'
  readonly policy: 'keep' | 'forget'
}

/** The result of a deletion: what was removed. */
export interface Deletion {
  readonly versions: readonly string[]
  readonly timelineObjects: number
  readonly uploads: readonly FoundObject[]
  readonly keys: 'kept' | 'retired'
  readonly policy: 'kept' | 'forgotten'
}

/** Deletes an asset, or what an earlier deletion left of it; does nothing if there is no such asset. */
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

/** The uploads under the asset's own keys, and those its row lists under other keys, which were refused. */
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

/** Heads and placements first: their readers go on to read the rest. */
const headsFirst = (a: string, b: string): number => rank(a) - rank(b)
const rank = (key: string): number => (/\/(timeline|placement)\.json$/.test(key) ? 0 : 1)

/** The versions that these timeline objects belong to. */
export const versionsOf = (assetId: AssetId, objects: readonly { readonly key: string }[]): string[] => [
  ...new Set(objects.flatMap(({ key }) => key.slice(`timelines/vod/${assetId}/`.length).split('/', 1))),
]
