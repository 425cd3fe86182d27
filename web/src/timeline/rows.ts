/** Where on the drawing each lane lies, in CSS pixels from its top. */
import type { Lane } from './lanes.ts'

/** A lane's place: its words stand above its blocks. */
export interface Row {
  readonly lane: Lane
  readonly top: number
  readonly blocksTop: number
  readonly blocksHeight: number
}

/** Where a time lies, in CSS pixels. */
export type Across = (seconds: number) => number

/** Height of the axis. */
export const axisHeight = 24
/** The row of what is shown: clips, with the markers' flags on it. */
export const clipRow = { top: axisHeight, blocksTop: axisHeight + 20, blocksHeight: 12 } as const
const wordsHeight = 20
const blocks = { usual: 26, thin: 10 } as const
const gap = 8

/** The row of key periods, of what is protected. */
const keyTop = clipRow.blocksTop + clipRow.blocksHeight + gap
export const keyRow = { top: keyTop, blocksTop: keyTop + wordsHeight, blocksHeight: 18 } as const

/** The rows of lanes and the height of all. */
export function rowsOf(
  lanes: readonly Lane[],
  { withKeys }: { readonly withKeys: boolean },
): { readonly rows: readonly Row[]; readonly height: number } {
  let top = withKeys ? keyRow.blocksTop + keyRow.blocksHeight + gap : keyTop
  const rows = lanes.map((lane): Row => {
    const row = {
      lane,
      top,
      blocksTop: top + wordsHeight,
      blocksHeight: lane.thin ? blocks.thin : blocks.usual,
    }
    top = row.blocksTop + row.blocksHeight + gap
    return row
  })
  return { rows, height: top }
}
