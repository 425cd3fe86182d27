/** What the signs of the drawing mean; only those that are in it. */
import type { LoadedTimeline } from './use-timeline.ts'

const signs = {
  shade: 'segment, stronger where it has more bits',
  key: 'key frame',
  marker: 'marker',
  discontinuity: 'discontinuity',
  config: 'decoder set up anew',
  missing: 'missing',
  filled: 'filled later',
  unsynced: 'no key frame at its start',
} as const

export function Legend({ timeline }: { readonly timeline: LoadedTimeline }) {
  const present = new Set<string>([
    'shade',
    ...(timeline.lanes.some(({ keyFrames }) => keyFrames.length > 0) ? ['key'] : []),
    ...(timeline.markers.length > 0 ? ['marker'] : []),
    ...timeline.lanes.flatMap((lane) => lane.signs.map(({ kind }) => kind)),
  ])
  return (
    <ul class="legend" aria-label="Signs">
      {Object.entries(signs)
        .filter(([kind]) => present.has(kind))
        .map(([kind, words]) => (
          <li key={kind}>
            <span class={`sign ${kind}`} aria-hidden="true" /> {words}
          </li>
        ))}
    </ul>
  )
}
