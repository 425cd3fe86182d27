/** Applies a track's edit list: which samples are kept, and when each is shown. */
import { HeadendError } from '../../errors.ts'
import { hasMendedTimes } from '../reading/mend-times.ts'
import type { SourceTrack } from '../reading/source-track.ts'

/** The kept samples `from` to `to` and their delivered times, in the track's timescale. */
export interface EditedSamples {
  readonly from: number
  readonly to: number
  /** Added to the file's decode time to give the delivered one. */
  readonly decodeShift: number
  /** Subtracted from the file's composition offset to give the delivered one (video). */
  readonly compositionShift: number
  /** Media time of the first audible sample for the init segment's edit list (audio). */
  readonly mediaStart: number
  /** Presentation time of the track's end. */
  readonly end: number
}

/**
 * Audio this far before an edit, more than encoder delays, is kept and hidden by the init segment; the rest is left
 * out.
 */
const marginSeconds = 0.5

/** The most priming encoders add: silence, harmless if heard. */
const primingSeconds = 0.1

/** Audio frames an encoder adds at the end and an edit list removes. */
const paddingFrames = 2

/** The longest duration accepted; a longer one is an error in the time table and would yield endless segments. */
const maxSeconds = 30 * 86_400

/** Presentation time of a sample. */
export const presentationTime = ({ samples, edit }: SourceTrack, index: number): number =>
  (samples.decodeTimes[index] ?? 0) +
  (samples.compositionOffsets?.[index] ?? 0) -
  edit.mediaStart +
  edit.shift

/** Duration of a sample. */
export const sampleDuration = ({ samples }: SourceTrack, index: number): number =>
  (samples.decodeTimes[index + 1] ?? 0) - (samples.decodeTimes[index] ?? 0)

/** Presentation time at which the edit list ends the track. */
export const editEndOf = ({ edit }: SourceTrack): number =>
  edit.mediaEnd === undefined ? Number.POSITIVE_INFINITY : edit.mediaEnd - edit.mediaStart + edit.shift

/** Whether a sample begins after the end of the edit list, or so little before it that rounding explains it. */
export function isCutAway(track: SourceTrack, index: number, editEnd: number): boolean {
  const { roundingTicks } = track.edit
  const stored = asStored(track)
  const time = presentationTime(stored, index)
  if (time + roundingTicks < editEnd) return false
  const length = sampleDuration(stored, index)
  // A very coarse movie timescale says nothing about single samples.
  const rounding = roundingTicks <= length / 4 ? roundingTicks : 0
  if (length === 0 || (time < editEnd && time + rounding <= editEnd)) return false
  // Repaired times near the end are too uncertain to drop frames by.
  return !hasMendedTimes(track.samples) || time - track.timescale >= editEnd
}

/** The track with the times stored in the file. */
const asStored = (track: SourceTrack): SourceTrack =>
  track.stored ? { ...track, samples: track.stored } : track

/** Applies a track's edit list; throws MP4_DURATION for an implausible duration. */
export function editedSamples(track: SourceTrack): EditedSamples {
  const { edit, samples, type } = track
  const editEnd = editEndOf(track)
  const from = firstShownSample(track)
  const hidden = changesOf(track).find((at) => at > from && presentationTime(asStored(track), at) >= editEnd)
  const { to, first, end } = lastNeeded(track, { from, until: hidden ?? samples.count, editEnd })
  if (end > maxSeconds * track.timescale)
    throw new HeadendError(
      'MP4_DURATION',
      `track ${track.trackId}: expected at most ${maxSeconds} s, got ${Math.round(end / track.timescale)} s`,
    )
  const start = samples.decodeTimes[from] ?? 0
  if (type === 'audio') {
    const heard = presentationTime(track, from)
    return {
      from,
      to,
      // HLS players take `tfdt` for the segment's position: it is, except for what lies before 0.
      decodeShift: Math.max(0, heard) - start,
      // Audio is not reordered: the offsets some encoders write are one constant delay, folded into the clock.
      compositionShift: samples.compositionOffsets?.[from] ?? 0,
      mediaStart: Math.max(0, -heard),
      end,
    }
  }
  // CMAF decodes video from when its first frame is shown (ISO/IEC 23000-19 7.5.17): players rely on `tfdt` for it.
  const decodeShift = Math.max(0, first) - start
  return {
    from,
    to,
    decodeShift,
    compositionShift: edit.mediaStart - edit.shift + decodeShift,
    mediaStart: 0,
    end,
  }
}

/** Seconds of media left out because an edit list hides them. */
export function hiddenSeconds(
  { samples, stored = samples, timescale }: SourceTrack,
  { from, to }: EditedSamples,
): number {
  const { count, decodeTimes } = stored
  const [first = 0, start = 0] = [decodeTimes[0], decodeTimes[from]]
  const [end = 0, last = 0] = [decodeTimes[to], decodeTimes[count]]
  return (start - first + last - end) / timescale
}

/** The first delivered sample. */
export function firstShownSample(track: SourceTrack): number {
  const stored = asStored(track)
  // Hidden media before a description change is not worth a segment with its own init.
  const hidden = changesOf(track).filter((at) => presentationTime(stored, at) <= track.edit.shift)
  return Math.max(firstNeeded(stored), ...hidden)
}

const changesOf = ({ descriptions }: SourceTrack): number[] => descriptions.slice(1).map(({ from }) => from)

/** Video: the sync sample needed to decode the edit's start. Audio: the one needed for the margin before it. */
function firstNeeded(track: SourceTrack): number {
  const { samples, type, edit } = track
  const { mediaStart, shift } = edit
  if (mediaStart <= 0) return 0
  const margin = marginOf(track)
  let needed = 0
  for (let i = 0; i < samples.count; i++) {
    const time = presentationTime(track, i)
    if (type === 'audio') {
      if (isSync(track, i)) needed = i
      if (time + sampleDuration(track, i) > shift - margin) return needed
    } else if (isSync(track, i)) {
      if (time > shift) return needed
      needed = i
    }
  }
  return needed
}

/** After an empty edit the asset has already begun: no edit list of an init segment could hide media kept there. */
function marginOf({ edit, timescale }: SourceTrack): number {
  const { mediaStart, shift } = edit
  return shift <= 0 || mediaStart <= primingSeconds * timescale ? marginSeconds * timescale : 0
}

/** Whether a decoder can start with the sample. */
export const isSync = ({ samples }: SourceTrack, index: number): boolean =>
  !samples.sync || samples.sync[index] === 1

function lastNeeded(
  track: SourceTrack,
  { from, until, editEnd }: { readonly from: number; readonly until: number; readonly editEnd: number },
): { readonly to: number; readonly first: number; readonly end: number } {
  let to = from
  let naturalEnd = 0
  let first = Number.POSITIVE_INFINITY
  // Samples after a hidden description change are left out.
  let editCuts = until < track.samples.count
  for (let i = from; i < until; i++) {
    // Edit durations are rounded: only an edit that omits a whole sample ends the track early.
    const time = presentationTime(track, i)
    const isCut = isCutAway(track, i, editEnd)
    if (isCut || (time >= editEnd && sampleDuration(track, i) > 0)) editCuts = true
    if (isCut) continue
    to = i + 1
    first = Math.min(first, time)
    naturalEnd = Math.max(naturalEnd, time + sampleDuration(track, i))
  }
  // An encoder's last frames, empty but for its delay, are too short to be heard.
  const { samples, type } = track
  if (type === 'audio' && until === samples.count && until - to <= paddingFrames) to = until
  const end = editCuts ? Math.min(editEnd, naturalEnd) : naturalEnd
  if (end <= Math.max(0, first)) throw showsNothing(track)
  return { to, first, end }
}

/** The error for an edit list that leaves nothing. */
export const showsNothing = ({ trackId }: SourceTrack): HeadendError =>
  new HeadendError(
    'MP4_EDIT_EMPTY',
    `track ${trackId}: expected an edit list that shows some of its samples, got one that shows none; flatten the film`,
  )
