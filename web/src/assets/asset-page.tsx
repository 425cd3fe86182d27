/** One asset: in three players, as its timeline, by its tracks, through a filter; and what is wrong with it. */
import { useState } from 'preact/hooks'
import type { Asset, AssetDetail } from '../../../lib/assets/api/schemas.ts'
import type { Api, ApiError } from '../api.ts'
import { ChoosePanel } from '../choose/choose-panel.tsx'
import { creditOf } from '../player/credit.ts'
import { PlayBar } from '../player/play-bar.tsx'
import { withQuery } from '../player/playback.ts'
import { PlayerPane } from '../player/player-pane.tsx'
import { players } from '../player/players.ts'
import { useScreens } from '../player/screens.ts'
import { useProtectedPlayback } from '../player/use-protected-playback.ts'
import { Problem } from '../problems/problem.tsx'
import { ProtectionPanel } from '../protection/protection-panel.tsx'
import { useProtection } from '../protection/use-protection.ts'
import { listLink } from '../route.ts'
import { TimelinePanel } from '../timeline/timeline-panel.tsx'
import { useTimeline } from '../timeline/use-timeline.ts'
import { TracksPanel } from '../tracks/tracks-panel.tsx'
import type { Upload } from '../uploads/uploads.ts'
import { AssetActions } from './asset-actions.tsx'
import { AssetHead } from './asset-head.tsx'
import { OriginPanel } from './origin-panel.tsx'
import { useAsset } from './use-asset.ts'

export function AssetPage({
  api,
  licenceUrl,
  apiUrl,
  assetId,
  upload,
  deleted,
}: {
  readonly api: Api
  /** Where players get licences. */
  readonly licenceUrl: string
  readonly apiUrl: string
  readonly assetId: string
  readonly upload: Upload
  /** Told in words what went with it. */
  readonly deleted: (words: string) => void
}) {
  const { asset, error, reload } = useAsset(api, assetId)
  if (error && !asset)
    return (
      <main class="page">
        <div class="alert" role="alert">
          <p>
            <code>{error.code}</code> {error.message}
          </p>
          <a class="button" href={listLink()}>
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
  const shared = { api, licenceUrl, apiUrl, asset, upload, deleted }
  return <Shown key={asset.version} {...shared} changed={reload} />
}

function Shown({
  api,
  licenceUrl,
  apiUrl,
  asset,
  upload,
  changed,
  deleted,
}: {
  readonly api: Api
  readonly licenceUrl: string
  readonly apiUrl: string
  readonly asset: AssetDetail
  readonly upload: Upload
  readonly changed: () => void
  readonly deleted: (words: string) => void
}) {
  const screens = useScreens()
  const { timeline, error, again } = useTimeline(api, asset.id, asset.version)
  const protection = useProtection(api, { what: 'film', id: asset.id })
  const { playback, policy, choice, choose, drm, manifests, bands, names, addressOf } = useProtectedPlayback(
    api,
    { asset, protection, licenceUrl },
  )
  const [query, setQuery] = useState('')
  const { version, skipped, warnings } = asset
  const chosen = playback.manifests && {
    hls: withQuery(manifests.hls, query),
    dash: withQuery(manifests.dash, query),
  }
  const credit = creditOf(asset)
  return (
    <main class="page">
      <AssetHead
        api={api}
        asset={asset}
        upload={upload}
        changed={changed}
        {...(version !== undefined && { screens })}
      >
        <AssetActions
          api={api}
          asset={asset}
          systems={policy?.systems}
          apiUrl={apiUrl}
          changed={changed}
          deleted={deleted}
        />
      </AssetHead>
      <Problem asset={asset} upload={upload} />
      {asset.state === 'indexing' && <Indexing asset={asset} />}
      {asset.state === 'deleting' && (
        <div class="alert" role="alert">
          <p>Its deletion has begun and is not over: where it broke off, delete it again, and it goes on.</p>
        </div>
      )}
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
          {policy && <PlayBar policy={policy} choice={choice} change={choose} />}
          {playback.isSettling && (
            <p class="chosen" role="status">
              The protection has changed. The players start anew in ten seconds: until then caches may still
              have what was before.
            </p>
          )}
          {playback.error && (
            <Alert words="The film can not be opened" error={playback.error} again={playback.again} />
          )}
          {(policy === undefined || choice.system !== 'none') && (
            <div class="panes">
              {players.map((kind) => (
                <PlayerPane
                  key={kind.name}
                  kind={kind}
                  manifests={policy && !drm ? undefined : chosen}
                  drm={drm}
                  keys={names}
                  register={screens.register}
                  renew={policy && playback.again}
                />
              ))}
            </div>
          )}
          {error && <Alert words="The timeline can not be shown" error={error} again={again} />}
          {!timeline && !error && (
            <div class="panel loading" role="status">
              <span class="unseen">Loading the timeline</span>
              <div class="bone" />
              <div class="bone" />
            </div>
          )}
          {timeline && (
            <TimelinePanel timeline={timeline} bands={bands} addressOf={addressOf} screens={screens} />
          )}
        </>
      )}
      <ProtectionPanel what="film" protection={protection} />
      {timeline && version !== undefined && (
        <>
          <TracksPanel lanes={timeline.lanes} addressOf={addressOf} skipped={skipped} warnings={warnings} />
          <ChoosePanel
            manifests={manifests}
            isOpen={playback.manifests !== undefined}
            lanes={timeline.lanes}
            playing={query}
            play={setQuery}
          />
        </>
      )}
      <OriginPanel asset={asset} nowMs={Date.now()} />
      {credit !== undefined && <footer class="credit">{credit}</footer>}
    </main>
  )
}

function Alert({
  words,
  error: { code, message },
  again,
}: {
  readonly words: string
  readonly error: ApiError
  readonly again: () => void
}) {
  return (
    <div class="alert" role="alert">
      <p>
        {words}: <code>{code}</code> {message}
      </p>
      <button type="button" onClick={again}>
        Try again
      </button>
    </div>
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
