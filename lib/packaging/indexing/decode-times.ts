/**
 * When pictures are decoded that are shown in another order. CMAF decodes the first of a segment when the first of it
 * is shown (ISO/IEC 23000-19 7.5.17). Were the others decoded one picture after the other from there, some would be
 * shown before they are decoded: browsers do not mind, but FFmpeg and GStreamer take the most negative composition
 * offset for a delay of the pictures alone. So they are decoded as much sooner as makes no offset negative, and the
 * first ones of a segment, which would come before it, one tick after the other at its begin.
 */
import type { SourceTrack } from '../reading/source-track.ts'
import type { EditedSamples } from './edited-samples.ts'

/** The most ticks a picture is decoded later than it is shown. */
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

/** What `trun` says of samples. */
interface Times {
  readonly durations: Uint32Array
  readonly offsets: Int32Array | undefined
}

/** Where a segment lies on the clock of its track. All in its ticks. */
export interface Stretch {
  /** The most by which a picture of the track is decoded later than it is shown. */
  readonly reorder: number
  /** How much later than the segment begins its first sample is decoded as stored. */
  readonly late: number
  /** From where it begins to where the next one does, or to the end. */
  readonly length: number
}

/**
 * The samples of one segment shown at the same times, decoded from its begin on and none later than it is shown. That
 * is when its first sample was decoded anyhow where all pictures last alike; of others the times of decoding are not
 * those of showing moved by one delay.
 */
export function decodedInTime({ durations, offsets }: Times, { reorder, late, length }: Stretch): Times {
  const count = durations.length
  const decoded = new Float64Array(count + 1)
  decoded[0] = late
  // What an edit list hides behind the end is shown there for a tick each.
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
    // Players take a length for how long a picture is shown: none goes on behind the segment's end for it.
    const soonest = Math.max((decoded[i] ?? 0) - reorder, i, shown + next - end)
    const at = i === 0 ? 0 : Math.max(0, Math.min(first, next, soonest))
    later[i] = shown - at
    sooner[i] = next - at
    next = at
  }
  return { durations: sooner, offsets: later.some((offset) => offset !== 0) ? later : undefined }
}
