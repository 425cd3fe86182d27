/** One player with its own controls and live figures. */
import { useState } from 'preact/hooks'
import type { Drm } from './drm.ts'
import { DrmFigures, type NamedKey } from './figures/drm-figures.tsx'
import { FigureList } from './figures/figure-list.tsx'
import type { Manifests } from './manifests.ts'
import type { PlayerKind } from './player.ts'
import { PlayerFaults } from './player-faults.tsx'
import { Stage } from './stage.tsx'
import { usePlayer } from './use-player.ts'

export function PlayerPane({
  kind,
  manifests,
  drm,
  keys,
  register,
  renew,
}: {
  readonly kind: PlayerKind
  /** Undefined while they are not known: nothing plays then. */
  readonly manifests: Manifests | undefined
  /** For what is protected; the same object as long as it is the same. */
  readonly drm: Drm | undefined
  /** Keys by name, as far as this page knows them. */
  readonly keys: readonly NamedKey[]
  /** Hands the video to the page, and takes it back when the pane goes. */
  readonly register: (video: HTMLVideoElement) => () => void
  /** Opens playback anew, where that can help. */
  readonly renew: (() => void) | undefined
}) {
  const [format, setFormat] = useState(kind.formats[0])
  const { element, version, figures, faults, menus, choose, reload } = usePlayer({
    kind,
    url: manifests?.[format],
    drm,
    autoplay: true,
    register,
  })
  const state = faults.some(({ fatal }) => fatal) ? 'error' : (figures?.state ?? 'loading')
  return (
    <article class="pane panel" aria-label={`${kind.name} player`} data-player={kind.name} data-state={state}>
      <header>
        <h2>{kind.name}</h2>
        <span class="faint">{version}</span>
        {kind.formats.length > 1 ? (
          <select
            aria-label={`${kind.name} manifest`}
            value={format}
            onChange={(event) => {
              const chosen = kind.formats.find((candidate) => candidate === event.currentTarget.value)
              if (chosen) setFormat(chosen)
            }}
          >
            {kind.formats.map((candidate) => (
              <option key={candidate} value={candidate}>
                {candidate.toUpperCase()}
              </option>
            ))}
          </select>
        ) : (
          <span class="format">{format.toUpperCase()}</span>
        )}
        <span class={`state ${state}`}>{state}</span>
      </header>
      <Stage
        element={element}
        name={kind.name}
        title={`Film in ${kind.name}`}
        figures={figures}
        menus={menus}
        choose={choose}
      />
      <FigureList figures={figures} />
      {drm && <DrmFigures figures={figures} keys={keys} />}
      <PlayerFaults faults={faults} again={renew ?? reload} />
    </article>
  )
}
