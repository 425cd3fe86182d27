/** An asset's timeline: what exists, to look at as near as one wants. */
import { useEffect, useState } from 'preact/hooks'
import { Icon } from '../icons.tsx'
import type { Screens } from '../player/screens.ts'
import type { AddressOf } from '../protection/addresses.ts'
import type { Band } from '../protection/key-periods.ts'
import { Legend } from './legend.tsx'
import { MarkerList } from './marker-list.tsx'
import type { Place } from './scene.ts'
import { SegmentFacts } from './segment-facts.tsx'
import { TimelineDrawing } from './timeline-drawing.tsx'
import type { LoadedTimeline } from './use-timeline.ts'
import { panned, showing, type View, zoomed } from './view.ts'

const buttonFactor = 2

export function TimelinePanel({
  timeline,
  bands,
  addressOf,
  screens,
}: {
  readonly timeline: LoadedTimeline
  /** Key periods; none of what is in the clear. */
  readonly bands: readonly Band[]
  readonly addressOf: AddressOf
  readonly screens: Screens
}) {
  const { durationSeconds, loadedSeconds, lanes, version } = timeline
  const [view, setView] = useState<View>({ from: 0, to: durationSeconds })
  const [chosen, choose] = useState<Place | undefined>({ row: 0, index: 0 })
  const [pointed, point] = useState<Place>()
  useEffect(() => setView({ from: 0, to: durationSeconds }), [durationSeconds])
  const playFrom = (seconds: number) => {
    screens.seek(seconds)
    screens.play()
  }
  const goTo = (seconds: number) => {
    screens.seek(seconds)
    setView((now) => showing(now, { from: seconds, to: seconds }, durationSeconds))
  }
  const zoom = (factor: number) =>
    setView((now) => {
      const playing = screens.position() ?? 0
      const at = playing >= now.from && playing <= now.to ? playing : (now.from + now.to) / 2
      return zoomed(now, factor, { at, of: durationSeconds })
    })
  const pan = (share: number) => setView((now) => panned(now, share * (now.to - now.from), durationSeconds))
  const shown = pointed ?? chosen
  const lane = shown && lanes[shown.row]
  if (durationSeconds === 0) return null
  return (
    <section class="panel timeline" aria-labelledby="timeline-title">
      <header class="panel-head">
        <h2 id="timeline-title">Timeline</h2>
        <span class="faint">version {version}</span>
        <span class="group" role="group" aria-label="View">
          <Tool icon="back" label="Earlier" act={() => pan(-0.5)} />
          <Tool icon="forward" label="Later" act={() => pan(0.5)} />
          <Tool icon="minus" label="Zoom out" act={() => zoom(1 / buttonFactor)} />
          <Tool icon="plus" label="Zoom in" act={() => zoom(buttonFactor)} />
          <button type="button" onClick={() => setView({ from: 0, to: durationSeconds })}>
            All
          </button>
        </span>
      </header>
      {loadedSeconds < durationSeconds && (
        <progress max={durationSeconds} value={loadedSeconds} aria-label="Loading segments" />
      )}
      <TimelineDrawing
        timeline={timeline}
        bands={bands}
        view={view}
        setView={setView}
        chosen={chosen}
        choose={choose}
        pointed={pointed}
        point={point}
        screens={screens}
        playFrom={playFrom}
      />
      <Legend timeline={timeline} />
      <MarkerList markers={timeline.markers} goTo={goTo} />
      <p class="faint hint" id="timeline-keys">
        Point at a segment, or choose one with a click or the arrow keys. Drag to pan; + and −, or Ctrl and
        the wheel, zoom; 0 shows all; Enter plays from the chosen segment; a click on the clock sends the
        players there.
      </p>
      <div class="segment-panel">
        {shown && lane && (
          <SegmentFacts lane={lane} index={shown.index} addressOf={addressOf} playFrom={playFrom} />
        )}
      </div>
    </section>
  )
}

function Tool({
  icon,
  label,
  act,
}: {
  readonly icon: 'back' | 'forward' | 'minus' | 'plus'
  readonly label: string
  readonly act: () => void
}) {
  return (
    <button type="button" class="square" aria-label={label} title={label} onClick={act}>
      <Icon name={icon} />
    </button>
  )
}
