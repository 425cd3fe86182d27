/** The timeline as it is: each track's segments side by side, as high as their bitrate. */
import type { TimelineSummary } from '../../../lib/catalogue/schemas.ts'
import { bitrate, clock } from '../format.ts'

type DrawnTrack = TimelineSummary['tracks'][number]

/** One bar: a segment, or several where there are more than can be told apart. */
interface Bar {
  readonly from: number
  readonly seconds: number
  readonly bitsPerSecond: number
  readonly count: number
  readonly sync: boolean
}

const width = 1000
const rowHeight = 44
const mostBars = 400

export function TimelineDrawing({
  timeline,
  atSeconds,
}: {
  readonly timeline: TimelineSummary
  readonly atSeconds: number
}) {
  const { durationSeconds, tracks, markers } = timeline
  if (durationSeconds === 0) return null
  const x = (seconds: number): number => (seconds / durationSeconds) * width
  return (
    <section class="panel timeline" aria-labelledby="timeline-title">
      <div class="timeline-head">
        <h2 id="timeline-title">Timeline</h2>
        <span class="faint">version {timeline.version}</span>
      </div>
      {tracks.map((track) => {
        const bars = barsOf(track)
        const peak = Math.max(...bars.map(({ bitsPerSecond }) => bitsPerSecond), 1)
        return (
          <div key={track.id} class={`timeline-row ${track.type}`}>
            <div class="timeline-name">
              <span>
                {track.type} <code>{track.id}</code>
              </span>
              <span class="faint">
                {track.segments.length} segments · peak {bitrate(peak)}
              </span>
            </div>
            <svg
              viewBox={`0 0 ${width} ${rowHeight}`}
              preserveAspectRatio="none"
              role="img"
              aria-label={`${track.type} ${track.id}: ${track.segments.length} segments, ${clock(durationSeconds)}`}
            >
              {bars.map((bar) => {
                const height = Math.max(3, (bar.bitsPerSecond / peak) * (rowHeight - 4))
                return (
                  <rect
                    key={bar.from}
                    class={bar.sync ? 'segment' : 'segment unsynced'}
                    x={x(bar.from) + 0.75}
                    y={rowHeight - height}
                    width={Math.max(0.5, x(bar.seconds) - 1.5)}
                    height={height}
                  >
                    <title>{titleOf(bar)}</title>
                  </rect>
                )
              })}
              {markers.map((marker) => (
                <line
                  key={marker.id}
                  class="marker"
                  x1={x(marker.atSeconds)}
                  x2={x(marker.atSeconds)}
                  y1={0}
                  y2={rowHeight}
                >
                  <title>{`${marker.kind} at ${clock(marker.atSeconds)}`}</title>
                </line>
              ))}
              <line class="playhead" x1={x(atSeconds)} x2={x(atSeconds)} y1={0} y2={rowHeight} />
            </svg>
          </div>
        )
      })}
      <div class="axis" aria-hidden="true">
        {ticksOf(durationSeconds).map((seconds) => (
          <span key={seconds} style={{ left: `${(seconds / durationSeconds) * 100}%` }}>
            {clock(seconds)}
          </span>
        ))}
      </div>
    </section>
  )
}

/** Neighbours are drawn as one bar where there are too many. */
function barsOf({ segments }: DrawnTrack): Bar[] {
  const size = Math.max(1, Math.ceil(segments.length / mostBars))
  const bars: Bar[] = []
  for (let i = 0; i < segments.length; i += size) {
    const group = segments.slice(i, i + size)
    const [from = 0, , , sync = true] = group[0] ?? []
    const seconds = group.reduce((sum, [, duration]) => sum + duration, 0)
    const bytes = group.reduce((sum, [, , length]) => sum + length, 0)
    bars.push({
      from,
      seconds,
      bitsPerSecond: seconds > 0 ? (bytes * 8) / seconds : 0,
      count: group.length,
      sync,
    })
  }
  return bars
}

const titleOf = ({ from, seconds, bitsPerSecond, count }: Bar): string =>
  `${count > 1 ? `${count} segments` : 'segment'} at ${clock(from)}, ${seconds.toFixed(3)} s, ${bitrate(bitsPerSecond)}`

function ticksOf(durationSeconds: number): number[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400]
  const step = steps.find((candidate) => durationSeconds / candidate <= 8) ?? 28_800
  // One at the very end would stand beyond the drawing.
  return Array.from({ length: Math.ceil((durationSeconds * 0.97) / step) }, (_, i) => i * step)
}
