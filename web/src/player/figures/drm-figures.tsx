/** The DRM in use as the player reports it, and the keys it holds for where it is. */
import { keyLabelOf } from '../../../../lib/timeline/key-label.ts'
import type { Figures } from './figures.ts'

/** A key's id and for what of the film it is. */
export interface NamedKey {
  readonly kid: string
  /** `period 3, HD`. */
  readonly name: string
  /** Of which tracks: `ALL`, `HD`. */
  readonly label: string
  readonly fromSeconds: number
  readonly toSeconds: number
}

export function DrmFigures({
  figures,
  keys,
}: {
  readonly figures: Figures | undefined
  readonly keys: readonly NamedKey[]
}) {
  const drm = figures?.drm
  const at = figures?.atSeconds ?? 0
  const pixels = (figures?.width ?? 0) * (figures?.height ?? 0)
  const picture = keyLabelOf('perType', { type: 'video', pixels })
  const held = drm?.kids ?? []
  // A licence brings the keys of all tracks, and of periods to come: these are the ones in use.
  const inUse = keys.filter(
    ({ kid, label, fromSeconds, toSeconds }) =>
      held.includes(kid) &&
      at >= fromSeconds &&
      at < toSeconds &&
      (label === 'ALL' || label === 'AUDIO' || label === picture),
  )
  const shown =
    inUse.length > 0
      ? inUse
      : held.slice(0, 1).map((kid) => ({ kid, name: keys.length > 0 ? 'of another period' : '' }))
  const others = held.length - shown.length
  return (
    <dl class="figures drm-figures">
      <div>
        <dt>DRM</dt>
        <dd data-figure="drm">{drm?.keySystem ?? '–'}</dd>
      </div>
      <div>
        <dt>Key{others > 0 && ` and ${others} more held`}</dt>
        {shown.map(({ kid, name }) => (
          <dd key={kid} data-figure="kid">
            <code>{kid}</code> <span class="faint">{name}</span>
          </dd>
        ))}
        {shown.length === 0 && <dd data-figure="kid">–</dd>}
      </div>
    </dl>
  )
}
