/** A cue as a channel keeps it: a section of SCTE 35, what it says, and when that happens. */
import type { SpliceEvent } from '../../formats/scte35/index.ts'

/** A cue on the channel's clock. */
export interface Cue {
  /** Ticks of 90 kHz since 1970: finer than any frame, and what transport streams count in. */
  readonly at: number
  /** When it was said, on the same clock. */
  readonly saidAt: number
  /** The whole section, base64. */
  readonly section: string
  /** What it says, read once: manifests do not read sections. */
  readonly events: readonly CueEvent[]
}

/** What of an event makes markers. */
export type CueEvent = Pick<
  SpliceEvent,
  'id' | 'source' | 'kind' | 'at' | 'duration' | 'autoReturn' | 'segmentation'
>

/** Ticks of a cue's clock. */
export const cueTimescale = 90_000
