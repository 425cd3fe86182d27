/** Multiplies a track's timescale. */
import type { SampleTable } from '../../formats/isobmff/index.ts'
import type { SourceTrack } from '../reading/source-track.ts'

/** The range of `trun`, `mdhd` and most players. */
const maxTicks = 2 ** 31 - 1

/**
 * The same times in a finer timescale; a smaller factor than asked if a duration or a second would exceed the range.
 */
export function inFinerTicks(track: SourceTrack, maxTimes: number): SourceTrack {
  const { samples, edit, timescale } = track
  const { decodeTimes, compositionOffsets } = samples
  let longest = timescale
  for (let i = 0; i < samples.count; i++) {
    longest = Math.max(longest, (decodeTimes[i + 1] ?? 0) - (decodeTimes[i] ?? 0))
    longest = Math.max(longest, Math.abs(compositionOffsets?.[i] ?? 0))
  }
  const times = Math.min(maxTimes, Math.floor(maxTicks / longest))
  if (times <= 1) return track
  const finer: SampleTable = {
    ...samples,
    decodeTimes: decodeTimes.map((time) => time * times),
    ...(compositionOffsets && { compositionOffsets: compositionOffsets.map((offset) => offset * times) }),
  }
  return {
    ...track,
    timescale: timescale * times,
    samples: finer,
    edit: {
      shift: edit.shift * times,
      mediaStart: edit.mediaStart * times,
      ...(edit.mediaEnd !== undefined && { mediaEnd: edit.mediaEnd * times }),
      roundingTicks: edit.roundingTicks * times,
    },
  }
}
