/** The limit and the error shared by concurrent writers of a row. */
import { HeadendError } from '../../errors.ts'
import type { AssetId } from '../../timeline/ids.ts'

/** Writers in conflict retry; this many failures mean that something else is wrong. */
export const maxRaces = 8

/** ASSET_DELETING (503): an asset that is being deleted takes no uploads. */
export const deletionUnderWay = (assetId: AssetId): HeadendError =>
  new HeadendError(
    'ASSET_DELETING',
    `vod/${assetId} is being deleted; where that broke off, DELETE /v1/assets/${assetId} goes on with it`,
    { status: 503 },
  )
