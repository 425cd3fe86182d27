/** The lanes themselves: a canvas that takes the mouse and the keyboard, with words over it that can be read. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Screens } from '../player/screens.ts'
import { type Band, bandAt } from '../protection/key-periods.ts'
import { draw } from './draw.ts'
import { stepped } from './keys.ts'
import { lastAt } from './lanes.ts'
import { Playhead } from './playhead.tsx'
import { clipRow, keyRow, rowsOf } from './rows.ts'
import type { Place } from './scene.ts'
import { sentenceOf } from './segment-facts.tsx'
import { useColours, usePaint, useWidth } from './use-canvas.ts'
import { useGestures } from './use-gestures.ts'
import type { LoadedTimeline } from './use-timeline.ts'
import { panned, showing, type View, zoomed } from './view.ts'

/** How much a key zooms. */
const keyFactor = 1.6

export function TimelineDrawing({
  timeline,
  bands,
  view,
  setView,
  chosen,
  choose,
  pointed,
  point,
  screens,
  playFrom,
}: {
  readonly timeline: LoadedTimeline
  /** Key periods; none of what is in the clear. */
  readonly bands: readonly Band[]
  readonly view: View
  readonly setView: (change: (view: View) => View) => void
  readonly chosen: Place | undefined
  readonly choose: (place: Place | undefined) => void
  readonly pointed: Place | undefined
  readonly point: (place: Place | undefined) => void
  readonly screens: Screens
  readonly playFrom: (seconds: number) => void
}) {
  const frame = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const width = useWidth(frame)
  const colours = useColours(frame)
  const { lanes, durationSeconds } = timeline
  const { rows, height } = rowsOf(lanes, { withKeys: bands.length > 0 })
  const period = usePeriod(bands, screens)
  usePaint(canvas, { width, height }, (context) => {
    if (colours)
      draw(context, { timeline, rows, bands, period, view, width, height, colours, chosen, pointed })
  })

  const secondsAt = (x: number): number => view.from + (x / Math.max(1, width)) * (view.to - view.from)
  const placeAt = (x: number, y: number): Place | undefined => {
    const row = rows.findIndex(
      ({ top, blocksTop, blocksHeight }) => y >= top && y < blocksTop + blocksHeight + 4,
    )
    const lane = rows[row]?.lane
    const index = lane ? lastAt(lane.starts, secondsAt(x)) : -1
    return lane && index >= 0 && secondsAt(x) < (lane.ends[index] ?? 0) ? { row, index } : undefined
  }
  useGestures(frame, {
    pan: (pixels) =>
      setView((now) => panned(now, (pixels / Math.max(1, width)) * (now.to - now.from), durationSeconds)),
    zoom: (factor, x) => setView((now) => zoomed(now, factor, { at: secondsAt(x), of: durationSeconds })),
    seek: (x) => screens.seek(Math.min(durationSeconds, Math.max(0, secondsAt(x)))),
    // A miss keeps what was chosen: its facts are what the keyboard goes on from.
    choose: (x, y) => choose(placeAt(x, y) ?? chosen),
    point: (at) => point(at && placeAt(at.x, at.y)),
  })

  const laneOfChosen = chosen && lanes[chosen.row]
  const start = laneOfChosen?.starts[chosen?.index ?? -1]
  const keyDown = (event: KeyboardEvent) => {
    const zoom = { '+': keyFactor, '=': keyFactor, '-': 1 / keyFactor, _: 1 / keyFactor }[event.key]
    const page = { PageUp: -0.8, PageDown: 0.8 }[event.key]
    const next = stepped(event.key, lanes, { chosen, at: screens.position() ?? view.from })
    if (zoom !== undefined) {
      const at =
        start !== undefined && start >= view.from && start <= view.to ? start : (view.from + view.to) / 2
      setView((now) => zoomed(now, zoom, { at, of: durationSeconds }))
    } else if (page !== undefined) setView((now) => panned(now, page * (now.to - now.from), durationSeconds))
    else if (event.key === '0') setView(() => ({ from: 0, to: durationSeconds }))
    else if (event.key === 'Enter' && start !== undefined) playFrom(start)
    else if (next) {
      choose(next)
      const lane = lanes[next.row]
      const range = { from: lane?.starts[next.index] ?? 0, to: lane?.ends[next.index] ?? 0 }
      setView((now) => showing(now, range, durationSeconds))
    } else return
    event.preventDefault()
  }
  return (
    <div
      ref={frame}
      class="lanes"
      style={{ height: `${height}px` }}
      role="application"
      tabIndex={0}
      aria-label={`Timeline, ${lanes.length} tracks`}
      aria-roledescription="timeline"
      aria-describedby="timeline-keys timeline-said"
      data-from={view.from.toFixed(3)}
      data-to={view.to.toFixed(3)}
      onKeyDown={keyDown}
    >
      <canvas ref={canvas} aria-hidden="true" />
      <ul class="lane-words" aria-label="Tracks">
        <li style={{ top: `${clipRow.top}px` }}>
          <span class="lane-title">Shown</span>
          <span class="lane-detail">{shownInWords(timeline)}</span>
        </li>
        {bands.length > 0 && (
          <li style={{ top: `${keyRow.top}px` }} data-keys={bands.length} data-period={period}>
            <span class="lane-title">Keys</span>
            <span class="lane-detail">{keysInWords(bands, period)}</span>
          </li>
        )}
        {rows.map(({ lane, top }) => (
          <li key={lane.track.id} style={{ top: `${top}px` }} data-lane={lane.track.id}>
            <span class="lane-title">{lane.title}</span>
            <span class="lane-detail">{lane.detail}</span>
          </li>
        ))}
      </ul>
      <Playhead view={view} width={width} screens={screens} />
      <p id="timeline-said" class="unseen" role="status">
        {chosen && laneOfChosen ? sentenceOf(laneOfChosen, chosen.index) : ''}
      </p>
    </div>
  )
}

function shownInWords({ clips, markers }: LoadedTimeline): string {
  return `${counted(clips.length, 'clip')} · ${counted(markers.length, 'marker')}`
}

function keysInWords(bands: readonly Band[], period: number | undefined): string {
  const [first, last] = [bands[0]?.period, bands.at(-1)?.period]
  return first === last ? `period ${first}, for the whole film` : `period ${period} of ${first} to ${last}`
}

const periodMs = 250

/** The key period the players are in. */
function usePeriod(bands: readonly Band[], screens: Screens): number | undefined {
  const [period, setPeriod] = useState<number>()
  useEffect(() => {
    // As it stays the same most of the time, nothing is drawn anew.
    const read = () => setPeriod(bandAt(bands, screens.position() ?? 0)?.period)
    read()
    const timer = setInterval(read, periodMs)
    return () => clearInterval(timer)
  }, [bands, screens])
  return period
}

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`
