/** One channel: live in three players, where its feed goes, and what is said of it. */
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks'
import type { ShownChannel as Channel } from '../../../lib/channels/schema.ts'
import { type Api, type ApiError, asApiError } from '../api.ts'
import { Copyable } from '../copyable.tsx'
import { DeleteByIdDialog } from '../delete-by-id-dialog.tsx'
import { PlayBar } from '../player/play-bar.tsx'
import { PlayerPane } from '../player/player-pane.tsx'
import { players } from '../player/players.ts'
import { useScreens } from '../player/screens.ts'
import { ProtectionPanel } from '../protection/protection-panel.tsx'
import { ChannelForm } from './channel-form.tsx'
import { ChannelTimeline } from './channel-timeline.tsx'
import { HttpIngest } from './http-ingest.tsx'
import { ProgrammesPanel } from './programmes/programmes-panel.tsx'
import { useChannelPlayback } from './use-channel-playback.ts'
import { hours } from './words.ts'

export function ChannelPage({
  api,
  licenceUrl,
  playbackUrl,
  channelId,
}: {
  readonly api: Api
  readonly licenceUrl: string
  readonly playbackUrl: string
  readonly channelId: string
}) {
  const [channel, setChannel] = useState<Channel>()
  const [error, setError] = useState<ApiError>()
  const read = useCallback(async () => {
    try {
      setChannel(await api.channel(channelId))
      setError(undefined)
    } catch (failure) {
      setError(asApiError(failure))
    }
  }, [api, channelId])
  useEffect(() => void read(), [read])
  const [asks, setAsks] = useState<'change' | 'delete'>()
  const [back, setBack] = useState(0)
  /** Where the timeline was asked to play from, in seconds since 1970. */
  const [picked, setPicked] = useState<number>()
  const screens = useScreens()
  const start = useMemo(
    () => picked ?? (back === 0 ? undefined : Date.now() / 1000 - back * 60),
    [back, picked],
  )
  const { protection, playback, policy, choice, choose, drm, manifests } = useChannelPlayback(api, {
    channelId,
    licenceUrl,
    playbackUrl,
    start,
  })
  if (!channel)
    return (
      <main class="page" aria-busy={!error}>
        {error ? (
          <div class="alert" role="alert">
            <p>
              <code>{error.code}</code> {error.message}
            </p>
            <a class="button" href="#/channels">
              All channels
            </a>
          </div>
        ) : (
          <div class="panel loading" role="status">
            <span class="unseen">Loading {channelId}</span>
            <div class="bone" />
          </div>
        )}
      </main>
    )
  const { name = channelId, segmentSeconds, windowSeconds, pipelines, upload } = channel
  return (
    <main class="page">
      <div class="page-head">
        <h1>{name}</h1>
        <span class="count">
          segments of {segmentSeconds} s · back to {hours(windowSeconds)}
          {pipelines && ` · pipelines ${pipelines.join(', ')}`}
        </span>
        <label class="field row">
          <span class="field-name">Play from</span>
          <select
            value={picked === undefined ? String(back) : 'picked'}
            onChange={({ currentTarget: { value } }) => {
              setPicked(undefined)
              setBack(Number(value))
            }}
          >
            {picked !== undefined && (
              <option value="picked" disabled>
                {new Date(picked * 1000).toLocaleTimeString([], { hour12: false })}
              </option>
            )}
            {starts
              .filter(([minutes]) => minutes * 60 < windowSeconds)
              .map(([minutes, words]) => (
                <option key={minutes} value={String(minutes)}>
                  {words}
                </option>
              ))}
          </select>
        </label>
        <button type="button" onClick={() => setAsks('change')}>
          Change
        </button>
        <button type="button" onClick={() => setAsks('delete')}>
          Delete
        </button>
      </div>
      {policy && <PlayBar policy={policy} choice={choice} change={choose} />}
      {playback.isSettling && (
        <p class="chosen" role="status">
          The protection has changed. The players start anew in ten seconds: until then caches may still have
          what was before.
        </p>
      )}
      {playback.error && (
        <div class="alert" role="alert">
          <p>
            The channel can not be opened: <code>{playback.error.code}</code> {playback.error.message}
          </p>
          <button type="button" onClick={playback.again}>
            Try again
          </button>
        </div>
      )}
      {(policy === undefined || choice.system !== 'none') && (
        <div class="panes">
          {players.map((kind) => (
            <PlayerPane
              key={kind.name}
              kind={kind}
              manifests={playback.manifests && !(policy && !drm) ? manifests : undefined}
              drm={drm}
              keys={none}
              register={screens.register}
              renew={policy && playback.again}
            />
          ))}
        </div>
      )}
      <ChannelTimeline api={api} channelId={channelId} play={setPicked} />
      <ProgrammesPanel api={api} channel={channel} />
      <section class="panel addresses" aria-label="Where it goes in and comes out">
        <h2>Where it goes in and comes out</h2>
        <p class="note">
          The encoder uploads its segments below this prefix of the upload bucket, or{' '}
          <code>headend push</code> does it for one that writes into a folder.
        </p>
        <Copyable name="Upload" text={upload} />
        <Copyable name="HLS" text={manifests.hls} />
        <Copyable name="DASH" text={manifests.dash} />
      </section>
      <ProtectionPanel what="channel" protection={protection} />
      <HttpIngest api={api} channelId={channelId} segmentSeconds={segmentSeconds} />
      {asks === 'change' && (
        <ChannelForm api={api} channel={channel} close={() => setAsks(undefined)} done={setChannel} />
      )}
      {asks === 'delete' && (
        <DeleteByIdDialog
          id={channelId}
          name={name}
          words="Viewers get nothing more of it, and what they could go back to can not be found again."
          remove={async () => {
            await api.deleteChannel(channelId)
            location.hash = '#/channels'
          }}
          close={() => setAsks(undefined)}
        />
      )}
    </main>
  )
}

/** Where they hold is counted by the wall clock, and players count otherwise. */
const none = [] as const

const starts = [
  [0, 'now'],
  [5, '5 minutes ago'],
  [30, '30 minutes ago'],
  [120, 'two hours ago'],
] as const
