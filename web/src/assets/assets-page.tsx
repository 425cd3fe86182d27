/** The first page: what is there, what is on its way, and the way in. */
import { useState } from 'preact/hooks'
import type { Asset } from '../../../lib/assets/api/schemas.ts'
import type { Api } from '../api.ts'
import { DefaultPanel } from '../protection/default-panel.tsx'
import { FileButton } from '../uploads/drop-zone.tsx'
import type { UploadProgress } from '../uploads/progress.ts'
import { UploadList } from '../uploads/upload-list.tsx'
import type { Upload, Uploads } from '../uploads/uploads.ts'
import { AssetTable } from './asset-table.tsx'
import { DeleteDialog } from './delete-dialog.tsx'
import { isFiltered, type ListQuery } from './list-query.ts'
import { ClearFilter, SearchBar } from './search-bar.tsx'
import type { AssetList } from './use-assets.ts'

export function AssetsPage({
  api,
  list,
  uploads,
  progress,
  take,
  upload,
  notice,
  deleted,
}: {
  readonly api: Api
  readonly list: AssetList
  readonly uploads: Uploads
  readonly progress: readonly UploadProgress[]
  /** Takes films that were chosen. */
  readonly take: (files: readonly File[]) => void
  /** Takes a file for an asset that is there. */
  readonly upload: Upload
  /** What was done last, until something else is. */
  readonly notice: string | undefined
  readonly deleted: (assetId: string, words: string) => void
}) {
  const [going, setGoing] = useState<Asset>()
  const { assets, error, query, isStale } = list
  const isEmpty = assets?.length === 0 && !isFiltered(query) && !isStale && !list.hasMore
  return (
    <main class="page">
      <div class="page-head">
        <h1>Assets</h1>
        {assets && assets.length > 0 && <span class="count">{counted(list)}</span>}
        {/* With no asset yet the way in stands in the middle of the page, and only there. */}
        {!isEmpty && <FileButton take={take} />}
      </div>
      <p class={notice === undefined ? 'unseen' : 'chosen'} role="status">
        {notice}
      </p>
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
      {!isEmpty && <SearchBar query={query} />}
      {assets === undefined && !error && <Loading />}
      {isEmpty && <Empty take={take} />}
      {assets?.length === 0 && !isEmpty && <NothingFound list={list} />}
      {assets && assets.length > 0 && (
        <AssetTable
          assets={assets}
          isStale={isStale}
          order={query.sort === 'title' ? 'by title' : 'latest change first'}
          nowMs={Date.now()}
          upload={upload}
          remove={setGoing}
        />
      )}
      {list.hasMore && !isStale && (
        <button type="button" class="more" onClick={list.more}>
          {isFiltered(query) ? 'Search on' : 'Show more'}
        </button>
      )}
      {query.sort === 'title' && !list.isAll && (
        <p class="faint more">By title are sorted the {list.looked} assets that changed last.</p>
      )}
      <p class="unseen" role="status">
        {isFiltered(query) && !isStale && assets ? `${assets.length} found` : ''}
      </p>
      <DefaultPanel api={api} />
      {going && (
        <DeleteDialog
          key={going.id}
          api={api}
          asset={going}
          close={() => setGoing(undefined)}
          deleted={(words) => {
            setGoing(undefined)
            deleted(going.id, words)
          }}
        />
      )}
    </main>
  )
}

/** How many there are of each state, as far as they were read. */
function counted({ assets = [], query, hasMore }: AssetList): string {
  const of = (state: Asset['state']): number => assets.filter((asset) => asset.state === state).length
  const states = ['ready', 'indexing', 'failed', 'deleting'] as const
  const parts = states.flatMap((state) =>
    of(state) > 0 || (state === 'ready' && !isFiltered(query)) ? `${of(state)} ${state}` : [],
  )
  return `${isFiltered(query) ? 'found ' : ''}${parts.join(' · ')}${hasMore ? ' · more below' : ''}`
}

const NothingFound = ({ list }: { readonly list: AssetList }) => (
  <div class="panel empty" aria-busy={list.isStale}>
    <h2>{list.isStale ? 'Searching…' : list.hasMore ? 'Nothing found so far' : 'Nothing found'}</h2>
    <p>
      {`No asset ${wordsOf(list.query)}${list.hasMore ? ` among the ${list.looked} that changed last. Search on for older ones` : ''}.`}
    </p>
    <ClearFilter />
  </div>
)

/** What is looked for. */
function wordsOf({ q, state }: ListQuery): string {
  const parts = [state && `is ${state}`, q && `has “${q}” in its id or title`]
  return parts.filter(Boolean).join(' and ')
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
      Drop an MP4 anywhere on this page, with its subtitles if it has some, or choose them. It plays in HLS
      and DASH as soon as it is indexed; the media itself is not converted.
    </p>
    <FileButton take={take} />
  </div>
)
