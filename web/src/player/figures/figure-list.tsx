/** What a player says of itself, in figures. */
import { bitrate } from '../../format.ts'
import type { Figures } from './figures.ts'

export function FigureList({ figures }: { readonly figures: Figures | undefined }) {
  const rows: readonly (readonly [string, string])[] = [
    ['Bitrate', bitrate(figures?.bitrate || undefined)],
    ['Picture', figures && figures.width > 0 ? `${figures.width}×${figures.height}` : '–'],
    ['Buffer', figures ? `${figures.bufferSeconds.toFixed(1)} s` : '–'],
    ['Dropped', figures ? `${figures.droppedFrames} of ${figures.frames}` : '–'],
  ]
  return (
    <dl class="figures">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd data-figure={name.toLowerCase()}>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
