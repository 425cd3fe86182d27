/** Which asset this is, how it fares, and all players at once. */
import type { Asset } from '../../../lib/assets/api/schemas.ts'
import { clock, codecName } from '../format.ts'
import { Icon } from '../icons.tsx'
import type { Screens } from '../player/screens.ts'
import { FileButton } from '../uploads/drop-zone.tsx'
import type { Upload } from '../uploads/uploads.ts'
import { StateBadge } from './asset-table.tsx'

export function AssetHead({
  asset,
  screens,
  upload,
}: {
  readonly asset: Asset
  readonly screens?: Screens
  readonly upload: Upload
}) {
  const { id, title = id } = asset
  return (
    <div class="page-head">
      <a class="button quiet square" href="#/" aria-label="All assets">
        <Icon name="back" />
      </a>
      <h1>{title}</h1>
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
      <FileButton
        take={(files) => upload(files, id)}
        words="Add a file"
        label={`Add subtitles to ${title}, or a new version of it`}
        again
      />
    </div>
  )
}

/** Length and codecs, each codec once. */
const factsOf = ({ durationSeconds, tracks }: Asset): string =>
  [
    durationSeconds !== undefined && clock(durationSeconds),
    ...new Set(tracks.map(({ codec }) => codecName(codec))),
  ]
    .filter(Boolean)
    .join(' · ')
