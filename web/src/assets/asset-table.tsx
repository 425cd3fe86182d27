/** All assets and how each fares. Rows become cards on a narrow screen; the roles keep it a table for readers. */
import type { Asset, Track } from '../../../lib/assets/api/schemas.ts'
import { ago, byteSize, clock, codecName } from '../format.ts'
import { Icon } from '../icons.tsx'
import { Remedy } from '../problems/remedy.tsx'
import { whatToDo } from '../problems/what-to-do.ts'
import { assetLink } from '../route.ts'

type UploadAgain = (files: readonly File[], assetId: string) => void

export function AssetTable({
  assets,
  isStale,
  order,
  nowMs,
  upload,
  remove,
}: {
  readonly assets: readonly Asset[]
  /** They answer what was asked before. */
  readonly isStale: boolean
  /** The order they are in, in words. */
  readonly order: string
  readonly nowMs: number
  readonly upload: UploadAgain
  readonly remove: (asset: Asset) => void
}) {
  return (
    <table class={isStale ? 'assets panel stale' : 'assets panel'} role="table" aria-busy={isStale}>
      <caption class="unseen">Assets, {order}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {['Asset', 'State', 'Tracks', 'Duration', 'Size', 'Changed'].map((name) => (
            <th key={name} scope="col" role="columnheader">
              {name}
            </th>
          ))}
          <th scope="col" role="columnheader">
            <span class="unseen">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {assets.map((asset) => (
          <AssetRow key={asset.id} asset={asset} nowMs={nowMs} upload={upload} remove={remove} />
        ))}
      </tbody>
    </table>
  )
}

function AssetRow({
  asset,
  nowMs,
  upload,
  remove,
}: {
  readonly asset: Asset
  readonly nowMs: number
  readonly upload: UploadAgain
  readonly remove: (asset: Asset) => void
}) {
  const { id, title, state, error, version } = asset
  const bytes = asset.files.reduce((sum, file) => sum + (file.bytes ?? 0), 0)
  return (
    <tr role="row" data-asset={id} data-state={state}>
      <th scope="row" role="rowheader" class="asset-name">
        <a href={assetLink(id)}>{title ?? id}</a>
        {title !== undefined && title !== id && <span class="asset-id">{id}</span>}
        {asset.protected && state !== 'failed' && <span class="track protected">protected</span>}
        {error && (
          <div class="row-problem">
            <p class="fault">
              <code>{error.code}</code> {error.message}
            </p>
            <p class="note">
              <strong>What to do:</strong> {whatToDo(error.code).text}
            </p>
          </div>
        )}
      </th>
      <td role="cell" class="asset-state">
        <StateBadge asset={asset} />
      </td>
      <td role="cell" class={asset.tracks.length > 0 ? 'asset-tracks' : 'asset-tracks unknown'}>
        <TrackList tracks={asset.tracks} skipped={asset.skipped?.length ?? 0} />
      </td>
      <td role="cell" class={asset.durationSeconds === undefined ? 'figure unknown' : 'figure'}>
        {clock(asset.durationSeconds)}
      </td>
      <td role="cell" class={bytes > 0 ? 'figure' : 'figure unknown'}>
        {bytes > 0 ? byteSize(bytes) : '–'}
      </td>
      <td role="cell" class="figure">
        <time dateTime={asset.updatedAt}>{ago(asset.updatedAt, nowMs)}</time>
      </td>
      <td role="cell" class="asset-actions">
        {version !== undefined && (
          <a class="button" href={assetLink(id)} aria-label={`Play ${title ?? id}`}>
            <Icon name="play" /> Play
          </a>
        )}
        {error && <Remedy code={error.code} assetId={id} upload={upload} />}
        {(state === 'failed' || state === 'deleting') && (
          <button
            type="button"
            class="quiet square"
            aria-label={`Delete ${title ?? id}`}
            title="Delete"
            onClick={() => remove(asset)}
          >
            <Icon name="bin" />
          </button>
        )}
      </td>
    </tr>
  )
}

/** The state in a word, with its progress while there is some to tell. */
export function StateBadge({ asset }: { readonly asset: Asset }) {
  const { state, progress, version, id } = asset
  const older = state !== 'ready' && version !== undefined
  return (
    <span class="state-cell">
      <span class={`state ${state}`}>{state}</span>
      {state === 'indexing' && (
        <progress max={1} {...(progress > 0 && { value: progress })} aria-label={`Indexing ${id}`} />
      )}
      {older && <span class="note">earlier version plays</span>}
    </span>
  )
}

function TrackList({ tracks, skipped }: { readonly tracks: readonly Track[]; readonly skipped: number }) {
  if (tracks.length === 0 && skipped === 0) return <span class="faint">–</span>
  return (
    <ul class="tracks">
      {tracks.map((track) => (
        <li key={track.id} class={`track ${track.type}`} title={`${track.id}: ${track.codec}`}>
          {[codecName(track.codec), pictureOf(track), track.language].filter(Boolean).join(' ')}
        </li>
      ))}
      {skipped > 0 && <li class="track skipped">{skipped} skipped</li>}
    </ul>
  )
}

const pictureOf = ({ height, channels }: Track): string | undefined =>
  height === undefined ? (channels === undefined ? undefined : `${channels}ch`) : `${height}p`
