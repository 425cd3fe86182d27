/** One asset: in three players, as its timeline, by its tracks, through a filter; and what is wrong with it. */
import { useState } from 'preact/hooks'
import type { Asset } from '../../../lib/catalogue/schemas.ts'
import type { Api } from '../api.ts'
import { ChoosePanel } from '../choose/choose-panel.tsx'
import { creditOf } from '../player/credit.ts'
import { players } from '../player/player.ts'
import { PlayerPane } from '../player/player-pane.tsx'
import { useScreens } from '../player/screens.ts'
import { Problem } from '../problems/problem.tsx'
import { TimelinePanel } from '../timeline/timeline-panel.tsx'
import { useTimeline } from '../timeline/use-timeline.ts'
import { TracksPanel } from '../tracks/tracks-panel.tsx'
import { AssetHead } from './asset-head.tsx'
import { useAsset } from './use-asset.ts'

type Upload = (files: readonly File[], assetId: string) => void

export function AssetPage({
  api,
  assetId,
  upload,
}: {
  readonly api: Api
  readonly assetId: string
  readonly upload: Upload
}) {
  const { asset, error } = useAsset(api, assetId)
  if (error && !asset)
    return (
      <main class="page">
        <div class="alert" role="alert">
          <p>
            <code>{error.code}</code> {error.message}
          </p>
          <a class="button" href="#/">
            All assets
          </a>
        </div>
      </main>
    )
  if (!asset)
    return (
      <main class="page" aria-busy="true">
        <div class="panel loading" role="status">
          <span class="unseen">Loading {assetId}</span>
          <div class="bone" />
        </div>
      </main>
    )
  // A new version is another film to the players, so they start anew.
  return <Shown key={asset.version} api={api} asset={asset} upload={upload} />
}

function Shown({
  api,
  asset,
  upload,
}: {
  readonly api: Api
  readonly asset: Asset
  readonly upload: Upload
}) {
  const screens = useScreens()
  const { timeline, error, again } = useTimeline(api, asset.id, asset.version)
  const [query, setQuery] = useState('')
  const { version, manifests, skipped } = asset
  const chosen = { hls: manifests.hls + query, dash: manifests.dash + query }
  const credit = creditOf(asset)
  return (
    <main class="page">
      <AssetHead asset={asset} {...(version !== undefined && { screens })} />
      <Problem asset={asset} upload={upload} />
      {asset.state === 'indexing' && <Indexing asset={asset} />}
      {version !== undefined && (
        <>
          {query !== '' && (
            <p class="chosen" role="status">
              The players have <code>{query}</code>
              <button type="button" onClick={() => setQuery('')}>
                Play everything
              </button>
            </p>
          )}
          <div class="panes">
            {players.map((kind) => (
              <PlayerPane key={kind.name} kind={kind} manifests={chosen} register={screens.register} />
            ))}
          </div>
          {error && (
            <div class="alert" role="alert">
              <p>
                The timeline can not be shown: <code>{error.code}</code> {error.message}
              </p>
              <button type="button" onClick={again}>
                Try again
              </button>
            </div>
          )}
          {!timeline && !error && (
            <div class="panel loading" role="status">
              <span class="unseen">Loading the timeline</span>
              <div class="bone" />
              <div class="bone" />
            </div>
          )}
          {timeline && (
            <>
              <TimelinePanel timeline={timeline} screens={screens} />
              <TracksPanel lanes={timeline.lanes} skipped={skipped} />
              <ChoosePanel manifests={manifests} lanes={timeline.lanes} playing={query} play={setQuery} />
            </>
          )}
        </>
      )}
      {credit !== undefined && <footer class="credit">{credit}</footer>}
    </main>
  )
}

function Indexing({ asset: { id, progress, version } }: { readonly asset: Asset }) {
  return (
    <div class="panel empty" role="status">
      <h2>Being indexed</h2>
      <progress max={1} {...(progress > 0 && { value: progress })} aria-label={`Indexing ${id}`} />
      <p>
        {version === undefined
          ? 'It plays as soon as its index is written; this page follows.'
          : 'The version before it plays until then; this page follows.'}
      </p>
    </div>
  )
}
