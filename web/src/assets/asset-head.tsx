/** Which asset this is, how it fares, and all players at once. */
import type { ComponentChildren } from 'preact'
import type { AssetDetail } from '../../../lib/assets/api/schemas.ts'
import type { Api } from '../api.ts'
import { clock, codecName } from '../format.ts'
import { Icon } from '../icons.tsx'
import type { Screens } from '../player/screens.ts'
import { listLink } from '../route.ts'
import { FileButton } from '../uploads/drop-zone.tsx'
import type { Upload } from '../uploads/uploads.ts'
import { StateBadge } from './asset-table.tsx'
import { TitleEdit } from './title-edit.tsx'

export function AssetHead({
  api,
  asset,
  screens,
  upload,
  changed,
  children,
}: {
  readonly api: Api
  readonly asset: AssetDetail
  readonly screens?: Screens
  readonly upload: Upload
  readonly changed: () => void
  /** What else is done to it. */
  readonly children: ComponentChildren
}) {
  const { id, title = id } = asset
  return (
    <div class="page-head">
      <a class="button quiet square" href={listLink()} aria-label="All assets">
        <Icon name="back" />
      </a>
      <TitleEdit api={api} asset={asset} changed={changed} />
      <StateBadge asset={asset} />
      <span class="count">{factsOf(asset)}</span>
      {screens && (
        <span class="group">
          <button type="button" onClick={screens.play}>
            <Icon name="play" /> Play all
          </button>
          <button type="button" onClick={screens.pause}>
            <Icon name="pause" /> Pause all
          </button>
        </span>
      )}
      <span class="group actions">
        <FileButton
          take={(files) => upload(files, id)}
          words="Add a file"
          label={`Add subtitles to ${title}, or a new version of it`}
          again
        />
        {children}
      </span>
    </div>
  )
}

/** Length and codecs, each codec once. */
const factsOf = ({ durationSeconds, tracks }: AssetDetail): string =>
  [
    durationSeconds !== undefined && clock(durationSeconds),
    ...new Set(tracks.map(({ codec }) => codecName(codec))),
  ]
    .filter(Boolean)
    .join(' · ')
