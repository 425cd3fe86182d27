/** Which segment an arrow key leads to. */

import { type Lane, lastAt } from './lanes.ts'
import type { Place } from './scene.ts'

/** The next place; undefined where the key leads nowhere. The first arrow chooses what is under the playhead. */
export function stepped(
  key: string,
  lanes: readonly Lane[],
  { chosen, at }: { readonly chosen: Place | undefined; readonly at: number },
): Place | undefined {
  const steps = {
    ArrowLeft: -1,
    ArrowRight: 1,
    Home: Number.NEGATIVE_INFINITY,
    End: Number.POSITIVE_INFINITY,
  }
  const lines = { ArrowUp: -1, ArrowDown: 1 }
  if (key in lines || key in steps) {
    if (!chosen) return nearest(lanes, 0, at)
    if (isOf(lines, key)) {
      const start = lanes[chosen.row]?.starts[chosen.index] ?? at
      return nearest(lanes, chosen.row + lines[key], start)
    }
    if (isOf(steps, key)) {
      const last = (lanes[chosen.row]?.segments.length ?? 0) - 1
      return { row: chosen.row, index: Math.max(0, Math.min(last, chosen.index + steps[key])) }
    }
  }
  return undefined
}

const isOf = <Keys extends object>(keys: Keys, key: string): key is Extract<keyof Keys, string> => key in keys

/** The segment of a lane that holds a time. */
function nearest(lanes: readonly Lane[], row: number, at: number): Place | undefined {
  const lane = lanes[row]
  return lane && lane.segments.length > 0 ? { row, index: Math.max(0, lastAt(lane.starts, at)) } : undefined
}
