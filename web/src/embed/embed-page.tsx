/** The player alone, for a frame in somebody else's page: it knows no operator and keeps nothing. */
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { DrmSystem } from '../../../lib/rights/protection/policy.ts'
import type { Config } from '../config.ts'
import { drmOf, hasSystem } from '../player/drm.ts'
import { PlayerFaults } from '../player/player-faults.tsx'
import { defaultPlayer, players } from '../player/players.ts'
import { Stage } from '../player/stage.tsx'
import { usePlayer } from '../player/use-player.ts'
import type { Embedded, Permission } from './embed-code.ts'

export function EmbedPage({
  config,
  embedded,
  permission,
}: {
  readonly config: Config
  readonly embedded: Embedded
  readonly permission: Permission | undefined
}) {
  const { content, player, systems, autoplay, title = content } = embedded
  const kind = players.find(({ name }) => name === player) ?? defaultPlayer
  const format = kind.formats.find((one) => one === embedded.format) ?? kind.formats[0]
  const system = useSystem(systems ?? none)
  const token = permission?.token ?? ''
  const drm = useMemo(
    () =>
      system === undefined || system === 'none' || token === ''
        ? undefined
        : drmOf(system, { licenceUrl: config.licenceUrl, token }),
    [system, token, config],
  )
  const isOpen = systems === undefined || (permission !== undefined && drm !== undefined)
  const root = `${config.playbackUrl}${permission ? `/s/${permission.session}` : ''}/${content}`
  const watched = usePlayer({
    kind,
    url: isOpen ? `${root}/index.${format === 'hls' ? 'm3u8' : 'mpd'}` : undefined,
    drm,
    autoplay,
  })
  const lack = systems === undefined ? undefined : lackOf({ permission, system, systems })
  const { element, figures, menus, choose, faults, reload } = watched
  const state = faults.some(({ fatal }) => fatal) ? 'error' : (figures?.state ?? 'loading')
  return (
    <main class="embed" data-player={kind.name} data-state={state}>
      {lack === undefined ? (
        <Stage
          element={element}
          name="the film"
          title={title}
          figures={figures}
          menus={menus}
          choose={choose}
        />
      ) : (
        <p class="alert" role="alert">
          {lack}
        </p>
      )}
      <PlayerFaults faults={faults} again={reload} />
    </main>
  )
}

const none: readonly DrmSystem[] = []

/** What keeps a protected film from playing, where something does. */
function lackOf({
  permission,
  system,
  systems,
}: {
  readonly permission: Permission | undefined
  readonly system: DrmSystem | 'none' | undefined
  readonly systems: readonly DrmSystem[]
}): string | undefined {
  if (permission === undefined || permission.token === '')
    return 'This film is protected. The page around has to give its viewers a session and a playback token.'
  if (system === 'none')
    return `This browser has none of ${systems.join(', ') || 'the DRM systems there are'}.`
  return undefined
}

/** The first of the systems that this browser has; undefined until it has said. */
function useSystem(systems: readonly DrmSystem[]): DrmSystem | 'none' | undefined {
  const [system, setSystem] = useState<DrmSystem | 'none'>()
  useEffect(() => {
    const look = async () => {
      for (const one of systems) if (await hasSystem(one)) return setSystem(one)
      setSystem('none')
    }
    void look()
  }, [systems])
  return system
}
