/** The first page: what is there, what is on its way, and the way in. */
import type { Asset } from '../../../lib/assets/api/schemas.ts'
import type { Api } from '../api.ts'
import { DefaultPanel } from '../protection/default-panel.tsx'
import { FileButton } from '../uploads/drop-zone.tsx'
import type { UploadProgress } from '../uploads/progress.ts'
import { UploadList } from '../uploads/upload-list.tsx'
import type { Uploads } from '../uploads/uploads.ts'
import { AssetTable } from './asset-table.tsx'
import type { AssetList } from './use-assets.ts'

export function AssetsPage({
  api,
  list,
  uploads,
  progress,
}: {
  readonly api: Api
  readonly list: AssetList
  readonly uploads: Uploads
  readonly progress: readonly UploadProgress[]
}) {
  const take = (files: readonly File[]) => uploads.add(files)
  const { assets, error } = list
  return (
    <main class="page">
      <div class="page-head">
        <h1>Assets</h1>
        {assets && assets.length > 0 && <span class="count">{counted(assets)}</span>}
        {/* With no asset yet the way in stands in the middle of the page, and only there. */}
        {assets?.length !== 0 && <FileButton take={take} />}
      </div>
      {error && (
        <div class="alert" role="alert">
          <p>
            <code>{error.code}</code> {error.message}
          </p>
          <button type="button" onClick={list.reload}>
            Try again
          </button>
        </div>
      )}
      <UploadList uploads={uploads} list={progress} assets={list.byId} />
      {assets === undefined && !error && <Loading />}
      {assets?.length === 0 && <Empty take={take} />}
      {assets && assets.length > 0 && (
        <AssetTable
          assets={assets}
          nowMs={Date.now()}
          upload={(files, assetId) => uploads.add(files, assetId)}
        />
      )}
      {list.more && (
        <button type="button" class="more" onClick={list.more}>
          Show more
        </button>
      )}
      <DefaultPanel api={api} />
    </main>
  )
}

function counted(assets: readonly Asset[]): string {
  const of = (state: Asset['state']): number => assets.filter((asset) => asset.state === state).length
  const parts = [
    `${of('ready')} ready`,
    of('indexing') > 0 && `${of('indexing')} indexing`,
    of('failed') > 0 && `${of('failed')} failed`,
  ]
  return parts.filter(Boolean).join(' · ')
}

const Loading = () => (
  <div class="panel loading" role="status">
    <span class="unseen">Loading assets</span>
    {[0, 1, 2].map((row) => (
      <div key={row} class="bone" />
    ))}
  </div>
)

const Empty = ({ take }: { readonly take: (files: readonly File[]) => void }) => (
  <div class="panel empty">
    <h2>No assets yet</h2>
    <p>
      Drop an MP4 anywhere on this page, or choose one. It plays in HLS and DASH as soon as it is indexed; the
      media itself is not converted.
    </p>
    <FileButton take={take} />
  </div>
)
