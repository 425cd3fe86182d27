/** What of a timeline is drawn, and how much of it. */
import type { Band } from '../protection/key-periods.ts'
import type { Colours } from './colours.ts'
import type { Row } from './rows.ts'
import type { LoadedTimeline } from './use-timeline.ts'
import type { View } from './view.ts'

/** A segment by its place in its lane. */
export interface Place {
  readonly row: number
  readonly index: number
}

/** All that is drawn. */
export interface Scene {
  readonly timeline: LoadedTimeline
  readonly rows: readonly Row[]
  /** Key periods; none of what is in the clear. */
  readonly bands: readonly Band[]
  /** The period under the playhead. */
  readonly period: number | undefined
  readonly view: View
  /** CSS pixels. */
  readonly width: number
  readonly height: number
  readonly colours: Colours
  readonly chosen: Place | undefined
  readonly pointed: Place | undefined
}
