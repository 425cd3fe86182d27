/** An item of the index as who indexes goes by it. */
import { HeadendError } from '../../errors.ts'
import type { AssetId } from '../../timeline/ids.ts'
import type { AssetRecord } from '../asset.ts'

/** What ingest goes by; the rest of the item is for others to read. Throws ASSET_RECORD where that is not there. */
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
