/** One asset in three players side by side. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Asset, TimelineSummary } from '../../../lib/catalogue/schemas.ts'
import { type Api, type ApiError, asApiError } from '../api.ts'
import { StateBadge } from '../assets/asset-table.tsx'
import { clock, codecName } from '../format.ts'
import { Icon } from '../icons.tsx'
import { creditOf } from './credit.ts'
import { Links } from './links.tsx'
import { players } from './player.ts'
import { PlayerPane } from './player-pane.tsx'
import { TimelineDrawing } from './timeline-drawing.tsx'

const againMs = 1500

export function PlayerPage({ api, assetId }: { readonly api: Api; readonly assetId: string }) {
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
  return <Playback key={asset.version} api={api} asset={asset} />
}

/** The asset, asked for again until it is ready. */
function useAsset(
  api: Api,
  assetId: string,
): { readonly asset: Asset | undefined; readonly error: ApiError | undefined } {
  const [asset, setAsset] = useState<Asset>()
  const [error, setError] = useState<ApiError>()
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    let gone = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const again = () => {
      timer = setTimeout(() => setTurn((value) => value + 1), againMs)
    }
    const read = async () => {
      try {
        const found = await api.asset(assetId)
        if (gone) return
        setAsset(found)
        setError(undefined)
        if (found.state === 'indexing') again()
      } catch (failure) {
        if (gone) return
        const known = asApiError(failure)
        setError(known)
        // An upload that has just been sent is not seen at once.
        if (known.status === 404 || known.status === 0) again()
      }
    }
    void read()
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [api, assetId, turn])
  return { asset, error }
}

function Playback({ api, asset }: { readonly api: Api; readonly asset: Asset }) {
  const videos = useRef(new Set<HTMLVideoElement>())
  const register = useCallback((video: HTMLVideoElement) => {
    videos.current.add(video)
    return () => videos.current.delete(video)
  }, [])
  const timeline = useTimeline(api, asset)
  const atSeconds = usePosition(videos)
  const credit = creditOf(asset)
  const { id, title = id, version, error } = asset
  return (
    <main class="page">
      <div class="page-head">
        <a class="button quiet square" href="#/" aria-label="All assets">
          <Icon name="back" />
        </a>
        <h1>{title}</h1>
        <StateBadge asset={asset} />
        <span class="count">{facts(asset)}</span>
        {version !== undefined && (
          <span class="group">
            <button
              type="button"
              onClick={() => videos.current.forEach((video) => void video.play().catch(() => undefined))}
            >
              <Icon name="play" /> Play all
            </button>
            <button type="button" onClick={() => videos.current.forEach((video) => video.pause())}>
              <Icon name="pause" /> Pause all
            </button>
          </span>
        )}
      </div>
      {error && (
        <div class="alert" role="alert">
          <p>
            <code>{error.code}</code> {error.message}
          </p>
        </div>
      )}
      {version === undefined ? (
        !error && (
          <div class="panel empty" role="status">
            <h2>Being indexed</h2>
            <p>It plays as soon as its index is written; this page follows.</p>
          </div>
        )
      ) : (
        <>
          <div class="panes">
            {players.map((kind) => (
              <PlayerPane key={kind.name} kind={kind} manifests={asset.manifests} register={register} />
            ))}
          </div>
          {timeline && <TimelineDrawing timeline={timeline} atSeconds={atSeconds} />}
          <Links manifests={asset.manifests} />
        </>
      )}
      {credit !== undefined && <footer class="credit">{credit}</footer>}
    </main>
  )
}

/** The drawing is an extra: without it the page is whole. */
function useTimeline(api: Api, { id, version }: Asset): TimelineSummary | undefined {
  const [timeline, setTimeline] = useState<TimelineSummary>()
  useEffect(() => {
    if (version === undefined) return
    api.timeline(id).then(setTimeline, () => setTimeline(undefined))
  }, [api, id, version])
  return timeline
}

/** Where the first player is. */
function usePosition(videos: { readonly current: ReadonlySet<HTMLVideoElement> }): number {
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => {
      const [first] = videos.current
      setSeconds(first?.currentTime ?? 0)
    }, 500)
    return () => clearInterval(timer)
  }, [videos])
  return seconds
}

const facts = ({ durationSeconds, tracks }: Asset): string =>
  [durationSeconds !== undefined && clock(durationSeconds), ...tracks.map(({ codec }) => codecName(codec))]
    .filter(Boolean)
    .join(' · ')
