/** What became of an upload, as far as it and its asset tell. */
import type { Asset } from '../../../lib/assets/api/schemas.ts'
import type { UploadProgress } from './progress.ts'

/** `replaced`: a later upload of the same file arrived before this one was indexed, so nobody will see this one. */
export type Outcome = 'active' | 'indexing' | 'ready' | 'failed' | 'replaced'

/** The asset an upload is of, as far as it is known. */
export const assetOf = (
  { assetId }: UploadProgress,
  assets: ReadonlyMap<string, Asset>,
): Asset | undefined => (assetId === undefined ? undefined : assets.get(assetId))

/** The outcome of one upload of a list, whose latest stands first. */
export function outcomeOf(
  { number, state, completed }: UploadProgress,
  asset: Asset | undefined,
  list: readonly UploadProgress[],
): Outcome {
  if (state === 'failed') return 'failed'
  if (state !== 'sent' || !completed) return 'active'
  const file = asset?.files.find(({ key }) => key === completed.key)
  // An older version of the asset may be ready: only the version this upload made counts.
  if (asset?.state === 'deleting') return 'replaced'
  if (asset && file?.versionId === completed.versionId && asset.state !== 'indexing') return asset.state
  // An asset that failed before it took this file will not take it any more.
  if (asset?.state === 'failed' && file === undefined) return 'failed'
  const isReplaced = list.some((one) => one.number > number && one.completed?.key === completed.key)
  return isReplaced ? 'replaced' : 'indexing'
}

/** What of a file that arrived is not shown although its film plays; empty where all of it is. */
export function leftOut(
  { completed, group }: UploadProgress,
  asset: Asset | undefined,
): readonly { readonly code?: string; readonly text: string }[] {
  if (asset === undefined || completed === undefined) return []
  const { key } = completed
  const isBeside = key.split('/').length > 2 && !key.endsWith('/asset.json')
  // Of a group it was written by this page, and names them all.
  if (isBeside && !group?.isCommitted && asset.files.some((file) => file.key.endsWith('/asset.json')))
    return [
      { text: 'The film is what its asset.json names. Where that does not name this file, add it there.' },
    ]
  return (asset.skipped ?? []).flatMap(({ file, code, reason }) =>
    file === key ? [{ code, text: reason }] : [],
  )
}
