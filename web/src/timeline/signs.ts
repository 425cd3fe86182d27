/** Draws what stands in the segments: key frames, breaks, changes, gaps. */
import type { Colours } from './colours.ts'
import { lastAt } from './lanes.ts'
import type { Across, Row } from './rows.ts'
import type { View } from './view.ts'

interface ToMark {
  readonly row: Row
  readonly view: View
  readonly colours: Colours
  readonly x: Across
}

/** Nearer than this they would be a wall. */
const nearestPixels = 4

/** Key frames as short lines, where there is room to tell them apart. */
export function drawKeyFrames(context: CanvasRenderingContext2D, { row, view, colours, x }: ToMark): void {
  const { keyFrames, thin } = row.lane
  const first = Math.max(0, lastAt(keyFrames, view.from))
  const last = lastAt(keyFrames, view.to)
  const pixels = x(keyFrames[last] ?? 0) - x(keyFrames[first] ?? 0)
  if (thin || last <= first || pixels / (last - first) < nearestPixels) return
  context.fillStyle = colours.text
  for (let i = first; i <= last; i++) context.fillRect(Math.round(x(keyFrames[i] ?? 0)), row.blocksTop, 1, 10)
}

/** Everything out of the ordinary, each with a shape of its own: colour alone tells not everybody. */
export function drawSigns(context: CanvasRenderingContext2D, { row, view, colours, x }: ToMark): void {
  const { lane, blocksTop, blocksHeight } = row
  for (const { index, kind } of lane.signs) {
    const [start = 0, end = 0] = [lane.starts[index], lane.ends[index]]
    if (end < view.from || start > view.to) continue
    const [from, to] = [x(start), Math.max(x(start) + 2, x(end) - 1)]
    switch (kind) {
      case 'missing':
      case 'filled':
        hatch(context, {
          from,
          to,
          row,
          colour: kind === 'missing' ? colours.bad : colours.soft,
          ground: colours.panel,
        })
        break
      case 'discontinuity':
        context.fillStyle = colours.bad
        context.fillRect(from - 1, blocksTop - 4, 2, blocksHeight + 8)
        triangle(context, from, blocksTop - 4)
        break
      case 'config':
        context.fillStyle = colours.text
        diamond(context, from, blocksTop + blocksHeight / 2)
        break
      case 'unsynced':
        context.fillStyle = colours.busy
        context.fillRect(from, blocksTop, Math.min(3, to - from), blocksHeight)
        break
    }
  }
}

function hatch(
  context: CanvasRenderingContext2D,
  {
    from,
    to,
    row: { blocksTop, blocksHeight },
    colour,
    ground,
  }: {
    readonly from: number
    readonly to: number
    readonly row: Row
    readonly colour: string
    readonly ground: string
  },
): void {
  context.save()
  context.beginPath()
  context.rect(from, blocksTop, to - from, blocksHeight)
  context.clip()
  context.fillStyle = ground
  context.fillRect(from, blocksTop, to - from, blocksHeight)
  context.strokeStyle = colour
  context.lineWidth = 1.5
  context.beginPath()
  for (let at = from - blocksHeight; at < to; at += 6) {
    context.moveTo(at, blocksTop + blocksHeight)
    context.lineTo(at + blocksHeight, blocksTop)
  }
  context.stroke()
  context.strokeRect(from + 0.75, blocksTop + 0.75, to - from - 1.5, blocksHeight - 1.5)
  context.restore()
}

function triangle(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.beginPath()
  context.moveTo(x - 5, y)
  context.lineTo(x + 5, y)
  context.lineTo(x, y + 6)
  context.fill()
}

function diamond(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.beginPath()
  context.moveTo(x - 5, y)
  context.lineTo(x, y - 5)
  context.lineTo(x + 5, y)
  context.lineTo(x, y + 5)
  context.fill()
}
