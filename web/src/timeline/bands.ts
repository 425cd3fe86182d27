/** Draws key periods: a band each with its index, the one under the playhead filled. */

import { type Across, keyRow } from './rows.ts'
import type { Scene } from './scene.ts'

/** Narrower, and neighbours would be one. */
const minPixels = 3

export function drawBands(
  context: CanvasRenderingContext2D,
  { bands, period, view, width, colours }: Scene,
  x: Across,
): void {
  const { blocksTop: top, blocksHeight: height } = keyRow
  context.font = '600 12px system-ui, sans-serif'
  context.textBaseline = 'middle'
  let drawnTo = Number.NEGATIVE_INFINITY
  for (const band of bands) {
    if (band.toSeconds <= view.from || band.fromSeconds >= view.to) continue
    const from = Math.max(0, x(band.fromSeconds))
    const to = Math.min(width, x(band.toSeconds))
    const isCurrent = band.period === period
    // A day of short periods: those that fall into the same pixels are drawn once.
    if (to - drawnTo < minPixels && !isCurrent) continue
    drawnTo = to
    context.fillStyle = colours.accent
    context.globalAlpha = isCurrent ? 1 : band.period % 2 === 0 ? 0.32 : 0.18
    context.fillRect(from, top, Math.max(minPixels, to - from - 1), height)
    context.globalAlpha = 1
    const words = String(band.period)
    if (context.measureText(words).width + 12 > to - from) continue
    context.fillStyle = isCurrent ? colours.panel : colours.text
    context.fillText(words, from + 6, top + height / 2 + 0.5)
  }
}
