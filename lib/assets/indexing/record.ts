/** A row of the index as the indexer reads it. */
import { HeadendError } from '../../errors.ts'
import type { AssetId } from '../../timeline/ids.ts'
import type { AssetRecord } from '../asset.ts'

/** The attributes that ingest needs; the rest is for other readers. Throws ASSET_RECORD if they are missing. */
export function recordOf(assetId: AssetId, item: Readonly<Record<string, unknown>>): AssetRecord {
  const { state, sources, revision, version, commit, asked, indexedFor } = item as Partial<AssetRecord>
  if (state === undefined || sources === undefined || revision === undefined)
    throw new HeadendError(
      'ASSET_RECORD',
      `vod/${assetId}: expected state, sources and revision in the index, got ${Object.keys(item).join(', ')}`,
      { status: 500 },
    )
  return {
    assetId,
    state,
    sources,
    revision,
    ...(version && { version }),
    ...(commit && { commit }),
    ...(asked && { asked }),
    ...(indexedFor && { indexedFor }),
  }
}
