/** The first frames of a segment as a segment of their own: audio that ends with the video that is cut beside it. */
import type { Fragment } from '../../formats/isobmff/index.ts'
import type { Ticks } from '../../timeline/timeline.ts'

/** The frames that begin before so many ticks from the first one; undefined if those are all, for which there is a name. */
export function firstFrames(fragment: Fragment, ticks: Ticks): Fragment | undefined {
  const { durations, sizes, compositionOffsets, sync } = fragment
  let [count, at] = [0, 0]
  for (const duration of durations) {
    if (at >= ticks) break
    at += duration
    count++
  }
  if (count === durations.length) return undefined
  return {
    ...fragment,
    sizes: sizes.subarray(0, count),
    durations: durations.subarray(0, count),
    ...(compositionOffsets && { compositionOffsets: compositionOffsets.subarray(0, count) }),
    ...(sync && { sync: sync.subarray(0, count) }),
  }
}
