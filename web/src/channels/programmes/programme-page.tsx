/** One programme of a channel: its film in three players, and where it plays. */
import { useCallback, useEffect, useState } from 'preact/hooks'
import { type Api, type ApiError, asApiError } from '../../api.ts'
import { Copyable } from '../../copyable.tsx'
import { PlayBar } from '../../player/play-bar.tsx'
import { PlayerPane } from '../../player/player-pane.tsx'
import { players } from '../../player/players.ts'
import { useScreens } from '../../player/screens.ts'
import { Refusal } from '../../problems/refusal.tsx'
import { channelLink } from '../../route.ts'
import type { Programme } from './programme.ts'
import { ProgrammeFacts, ProgrammeState } from './programme-row.tsx'
import { useProgrammePlayback } from './use-programme-playback.ts'

const everyMs = 10_000

export function ProgrammePage({
  api,
  licenceUrl,
  channelId,
  programmeId,
}: {
  readonly api: Api
  readonly licenceUrl: string
  readonly channelId: string
  readonly programmeId: string
}) {
  const { programme, error } = useProgramme(api, channelId, programmeId)
  return (
    <main class="page" aria-busy={!programme && !error}>
      <p>
        <a href={channelLink(channelId)}>Channel {channelId}</a>
      </p>
      {error && <Refusal error={error} />}
      {!programme && !error && (
        <div class="panel loading" role="status">
          <span class="unseen">Loading {programmeId}</span>
          <div class="bone" />
        </div>
      )}
      {programme && (
        <>
          <div class="page-head">
            <h1>{programme.title ?? programmeId}</h1>
            <ProgrammeState state={programme.state} />
            <ProgrammeFacts programme={programme} nowMs={Date.now()} />
          </div>
          {programme.state === 'planned' ? (
            <p class="note">Its film plays from the moment it begins.</p>
          ) : (
            <Film api={api} licenceUrl={licenceUrl} programme={programme} />
          )}
        </>
      )}
    </main>
  )
}

function Film({
  api,
  licenceUrl,
  programme,
}: {
  readonly api: Api
  readonly licenceUrl: string
  readonly programme: Programme
}) {
  const screens = useScreens()
  const { playback, policy, choice, choose, drm, manifests } = useProgrammePlayback(api, {
    programme,
    licenceUrl,
  })
  const { hls, dash } = manifests ?? programme.manifests
  return (
    <>
      {policy && <PlayBar policy={policy} choice={choice} change={choose} />}
      {playback.error && <Refusal error={playback.error} again={playback.again} />}
      {(policy === undefined || choice.system !== 'none') && (
        <div class="panes">
          {players.map((kind) => (
            <PlayerPane
              key={kind.name}
              kind={kind}
              manifests={policy && !drm ? undefined : manifests}
              drm={drm}
              keys={none}
              register={screens.register}
              renew={policy && playback.again}
            />
          ))}
        </div>
      )}
      <section class="panel addresses" aria-label="Where it plays">
        <h2>Where it plays</h2>
        <Copyable name="HLS" text={hls} />
        <Copyable name="DASH" text={dash} />
      </section>
    </>
  )
}

/** Where they hold is counted by the wall clock, and players count otherwise. */
const none = [] as const

/** The programme, read again until it is over: by then its state does not change. */
function useProgramme(api: Api, channelId: string, programmeId: string) {
  const [programme, setProgramme] = useState<Programme>()
  const [error, setError] = useState<ApiError>()
  const read = useCallback(async () => {
    try {
      setProgramme(await api.programme(channelId, programmeId))
      setError(undefined)
    } catch (failure) {
      setError(asApiError(failure))
    }
  }, [api, channelId, programmeId])
  useEffect(() => void read(), [read])
  const isOver = programme?.state === 'over'
  useEffect(() => {
    if (isOver) return undefined
    const timer = setInterval(() => void read(), everyMs)
    return () => clearInterval(timer)
  }, [read, isOver])
  return { programme, error }
}
