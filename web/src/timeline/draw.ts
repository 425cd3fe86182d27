/** Draws the lanes that are in sight. Segments narrower than a column of pixels share it, so that time is bounded. */
import { clock, preciseClock } from '../format.ts'
import { drawBands } from './bands.ts'
import type { Colours } from './colours.ts'
import { type Lane, lastAt } from './lanes.ts'
import { type Across, axisHeight, clipRow, type Row } from './rows.ts'
import type { Place, Scene } from './scene.ts'
import { drawKeyFrames, drawSigns } from './signs.ts'
import { ticksOf } from './view.ts'

const least = 2

export function draw(context: CanvasRenderingContext2D, scene: Scene): void {
  const { view, width, height, rows, colours } = scene
  const x: Across = (seconds) => ((seconds - view.from) / (view.to - view.from)) * width
  context.clearRect(0, 0, width, height)
  drawAxis(context, scene, x)
  drawClips(context, scene, x)
  drawBands(context, scene, x)
  for (const row of rows) {
    context.fillStyle = colours.sunk
    context.fillRect(0, row.blocksTop, width, row.blocksHeight)
    drawBlocks(context, { row, scene, x })
    drawKeyFrames(context, { row, view, colours, x })
    drawSigns(context, { row, view, colours, x })
  }
  drawMarkers(context, scene, x)
  outline(context, { place: scene.pointed, colour: colours.soft, scene, x })
  outline(context, { place: scene.chosen, colour: colours.text, scene, x })
}

function drawAxis(context: CanvasRenderingContext2D, { view, width, colours }: Scene, x: Across): void {
  const ticks = ticksOf(view, Math.max(2, width / 90))
  const fine = (ticks[1] ?? 1) - (ticks[0] ?? 0) < 1
  context.font = '12px system-ui, sans-serif'
  context.textBaseline = 'middle'
  for (const seconds of ticks) {
    const at = x(seconds)
    context.fillStyle = colours.line
    context.fillRect(Math.round(at), axisHeight - 6, 1, 6)
    const words = fine ? preciseClock(seconds).slice(0, -2) : clock(seconds + 1e-6)
    const wide = context.measureText(words).width
    context.fillStyle = colours.soft
    context.fillText(words, Math.min(Math.max(0, at - wide / 2), width - wide), (axisHeight - 6) / 2)
  }
}

function drawClips(context: CanvasRenderingContext2D, { timeline, colours }: Scene, x: Across): void {
  context.fillStyle = colours.soft
  for (const { fromSeconds, toSeconds } of timeline.clips) {
    const [from, to] = [x(fromSeconds), x(toSeconds)]
    context.globalAlpha = 0.35
    context.fillRect(from, clipRow.blocksTop, to - from, clipRow.blocksHeight)
    context.globalAlpha = 1
    context.fillRect(from, clipRow.blocksTop + clipRow.blocksHeight - 2, to - from, 2)
  }
}

interface ToDraw {
  readonly row: Row
  readonly scene: Scene
  readonly x: Across
}

/** As wide as they last, as strong as their bitrate; the line beneath shows even a faint one's extent. */
function drawBlocks(context: CanvasRenderingContext2D, { row, scene: { view, colours }, x }: ToDraw): void {
  const { lane, blocksTop, blocksHeight } = row
  const { starts, ends, bits, peakBits } = lane
  context.fillStyle = colourOf(lane, colours)
  const block = (from: number, to: number, share: number) => {
    context.globalAlpha = 0.2 + 0.7 * share
    context.fillRect(from, blocksTop, to - from, blocksHeight)
    context.globalAlpha = 1
    context.fillRect(from, blocksTop + blocksHeight - 2, to - from, 2)
  }
  let column = { from: Number.NEGATIVE_INFINITY, to: 0, most: 0 }
  const flush = () => {
    if (column.to > column.from && column.from > Number.NEGATIVE_INFINITY)
      block(column.from, column.to, column.most)
    column = { from: Number.NEGATIVE_INFINITY, to: 0, most: 0 }
  }
  for (let i = Math.max(0, lastAt(starts, view.from)); i < starts.length; i++) {
    const from = starts[i] ?? 0
    if (from > view.to) break
    const left = x(from)
    const right = x(ends[i] ?? 0)
    const share = (bits[i] ?? 0) / peakBits
    if (right - left >= least * 2) {
      flush()
      block(left, right - 1, share)
    } else if (right - column.from < least) {
      column = { from: column.from, to: right, most: Math.max(column.most, share) }
    } else {
      flush()
      column = { from: left, to: right, most: share }
    }
  }
  flush()
}

/** Pictures, sound and words each have their own colour. */
const colourOf = ({ track }: Lane, colours: Colours): string =>
  track.type === 'audio' ? colours.sound : track.type === 'text' ? colours.words : colours.accent

function drawMarkers(
  context: CanvasRenderingContext2D,
  { timeline, height, colours }: Scene,
  x: Across,
): void {
  for (const { atSeconds, durationSeconds = 0 } of timeline.markers) {
    const at = x(atSeconds)
    context.fillStyle = colours.busy
    context.fillRect(
      at,
      clipRow.blocksTop,
      Math.max(2, x(atSeconds + durationSeconds) - at),
      clipRow.blocksHeight,
    )
    context.fillRect(at - 0.75, clipRow.blocksTop, 1.5, height - clipRow.blocksTop)
    context.beginPath()
    context.moveTo(at, clipRow.blocksTop - 6)
    context.lineTo(at + 8, clipRow.blocksTop - 3)
    context.lineTo(at, clipRow.blocksTop)
    context.fill()
  }
}

function outline(
  context: CanvasRenderingContext2D,
  {
    place,
    colour,
    scene,
    x,
  }: Omit<ToDraw, 'row'> & { readonly place: Place | undefined; readonly colour: string },
): void {
  const row = place && scene.rows[place.row]
  if (!place || !row) return
  const from = x(row.lane.starts[place.index] ?? 0)
  const wide = Math.max(3, x(row.lane.ends[place.index] ?? 0) - from - 1)
  context.strokeStyle = colour
  context.lineWidth = 2
  context.strokeRect(from + 1, row.blocksTop - 1, wide - 2, row.blocksHeight + 2)
}
