/** The markers in words: each sends the players there. */
import { clock } from '../format.ts'
import type { LoadedTimeline } from './use-timeline.ts'

/** A channel's day has thousands; the drawing shows them all. */
const maxShown = 100

export function MarkerList({
  markers,
  goTo,
}: {
  readonly markers: LoadedTimeline['markers']
  readonly goTo: (seconds: number) => void
}) {
  if (markers.length === 0) return null
  return (
    <ul class="markers" aria-label="Markers">
      {markers.slice(0, maxShown).map(({ id, kind, atSeconds, durationSeconds }) => (
        <li key={id}>
          <button type="button" onClick={() => goTo(atSeconds)}>
            {kind} at {clock(atSeconds)}
            {durationSeconds !== undefined && `, ${clock(durationSeconds)} long`}
          </button>
        </li>
      ))}
    </ul>
  )
}
