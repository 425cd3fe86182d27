/**
 * Decode times of reordered video. In CMAF the first sample of a segment is decoded when its first frame is shown
 * (ISO/IEC 23000-19 7.5.17). If the others were decoded one by one from there, some would be shown before they are
 * decoded: browsers accept that, but FFmpeg and GStreamer take the most negative composition offset for a delay of the
 * video alone. So decode times are moved earlier until no offset is negative, and the first ones of a segment, which
 * would fall before its start, are one tick apart from its start on.
 */
import type { SourceTrack } from '../reading/source-track.ts'
import type { EditedSamples } from './edited-samples.ts'

/** The maximum in ticks by which a frame is decoded later than it is shown. */
export function reorderTicks(
  { samples }: SourceTrack,
  { from, to, compositionShift }: EditedSamples,
): number {
  const { compositionOffsets } = samples
  if (!compositionOffsets) return 0
  let least = 0
  for (let i = from; i < to; i++) least = Math.min(least, (compositionOffsets[i] ?? 0) - compositionShift)
  return -least
}

/** Durations and composition offsets as in `trun`. */
interface Times {
  readonly durations: Uint32Array
  readonly offsets: Int32Array | undefined
}

/** Position of a segment on its track's clock, in ticks. */
export interface Stretch {
  /** The maximum by which any frame of the track is decoded later than it is shown. */
  readonly reorder: number
  /** Stored decode time of the first sample minus the start of the segment. */
  readonly late: number
  /** From the segment's start to the start of the next one, or to the end. */
  readonly length: number
}

/**
 * The samples of one segment with the same presentation times, decoded from its start on and none later than shown.
 * With a constant frame duration the first sample was decoded at the start anyway; otherwise decode times are not
 * presentation times shifted by one delay.
 */
export function decodedInTime({ durations, offsets }: Times, { reorder, late, length }: Stretch): Times {
  const count = durations.length
  const decoded = new Float64Array(count + 1)
  decoded[0] = late
  // Samples hidden after the end by an edit list are shown there for a tick each.
  let end = length
  for (let i = 0; i < count; i++) {
    decoded[i + 1] = (decoded[i] ?? 0) + (durations[i] ?? 0)
    end = Math.max(end, (decoded[i] ?? 0) + (offsets?.[i] ?? 0) + 1)
  }
  const isInPlace = late === 0 && length === decoded[count]
  if (isInPlace && (!offsets || reorder === 0)) return { durations, offsets }
  const [sooner, later] = [new Uint32Array(count), new Int32Array(count)]
  let [next, first] = [length, Number.POSITIVE_INFINITY]
  for (let i = count - 1; i >= 0; i--) {
    const shown = (decoded[i] ?? 0) + (offsets?.[i] ?? 0)
    first = Math.min(first, shown)
    // Players take the duration for how long a frame is shown: it must not extend a frame beyond the segment's end.
    const soonest = Math.max((decoded[i] ?? 0) - reorder, i, shown + next - end)
    const at = i === 0 ? 0 : Math.max(0, Math.min(first, next, soonest))
    later[i] = shown - at
    sooner[i] = next - at
    next = at
  }
  return { durations: sooner, offsets: later.some((offset) => offset !== 0) ? later : undefined }
}
