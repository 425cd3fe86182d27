/** Where a segment of a feed may be cut: a player must be able to begin there, and nothing before it may be shown later. */
import type { Ticks } from '../../timeline/timeline.ts'
import type { SampleCut } from '../indexing/cut-audio.ts'
import { type EditedSamples, isSync, presentationTime, sampleDuration } from '../indexing/edited-samples.ts'
import type { SourceTrack } from '../reading/source-track.ts'

/** Cuts for times in order, on the track's own clock; those that can't be made within the segment are left out. */
export function cutsWithin(
  track: SourceTrack,
  shown: EditedSamples,
  times: readonly Ticks[],
): readonly SampleCut[] {
  const cuts: SampleCut[] = []
  for (const time of times) {
    const cut = track.type === 'video' ? keyFrameAt(track, shown, time) : frameAt(track, shown, time)
    const last = cuts.at(-1)?.sample ?? shown.from
    if (cut && cut.sample > last && cut.sample < shown.to) cuts.push(cut)
  }
  return cuts
}

const timeOf = (
  track: SourceTrack,
  { decodeShift, compositionShift }: EditedSamples,
  sample: number,
): Ticks => presentationTime(track, sample) + decodeShift - compositionShift

/** The first key frame shown at or after a time, if all that is shown before it is decoded before it. */
function keyFrameAt(track: SourceTrack, shown: EditedSamples, time: Ticks): SampleCut | undefined {
  for (let sample = shown.from + 1; sample < shown.to; sample++) {
    if (!isSync(track, sample)) continue
    const start = timeOf(track, shown, sample)
    // Times of cues are rounded on their way.
    if (start < time - sampleDuration(track, sample) / 2) continue
    if (isClean(track, shown, sample)) return { sample, start }
  }
  return undefined
}

/** No frame decoded before it is shown after it, and none behind it before it: open GOPs are no place to cut. */
function isClean(track: SourceTrack, shown: EditedSamples, sample: number): boolean {
  const start = timeOf(track, shown, sample)
  for (let other = shown.from; other < shown.to; other++)
    if (other < sample === timeOf(track, shown, other) >= start) return false
  return true
}

const fewFrames = 2

function frameAt(track: SourceTrack, shown: EditedSamples, time: Ticks): SampleCut | undefined {
  for (let sample = shown.from + 1; sample < shown.to; sample++) {
    const start = timeOf(track, shown, sample)
    if (start < time - sampleDuration(track, sample) / 2) continue
    // Where video is cut, audio is already, to within a frame or two.
    return sample - shown.from > fewFrames && shown.to - sample > fewFrames ? { sample, start } : undefined
  }
  return undefined
}
