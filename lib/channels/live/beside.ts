/** Tracks beside the others. */
import type { TrackType } from '../../timeline/timeline.ts'

/** Text: nothing waits for it, and it is shown as far as it has come. */
export const isBeside = (type: TrackType): boolean => type === 'text'
