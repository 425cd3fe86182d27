/** Which samples of a track are kept, and when each is shown, with its edit list applied. */
import { HeadendError } from '../errors.ts'
import type { FilmTrack } from './film-track.ts'

/** The kept samples `from` to `to` and the clock they leave with. All in the track's timescale. */
export interface ShownSamples {
  readonly from: number
  readonly to: number
  /** Added to the file's decode time gives the decode time as delivered. */
  readonly decodeShift: number
  /** Taken off the composition offset gives the composition offset as delivered (pictures). */
  readonly compositionShift: number
  /** Media time of the first thing heard as the init segment's edit list says it (sound). */
  readonly mediaStart: number
  /** Presentation time where the track ends. */
  readonly end: number
}

/** What lies this far outside an edit is kept and hidden by its timing; what lies further is left out. */
const marginSeconds = 1

/** No film is longer; a time table that says so lies, and would be cut into segments without end. */
const longestSeconds = 30 * 86_400

/** Presentation time of a sample. */
export const presentationTime = ({ samples, edit }: FilmTrack, index: number): number =>
  (samples.decodeTimes[index] ?? 0) +
  (samples.compositionOffsets?.[index] ?? 0) -
  edit.mediaStart +
  edit.shift

/** Length of a sample. */
export const sampleDuration = ({ samples }: FilmTrack, index: number): number =>
  (samples.decodeTimes[index + 1] ?? 0) - (samples.decodeTimes[index] ?? 0)

/** Applies a track's edit list; throws MP4_DURATION where times are beyond reason. */
export function shownSamples(track: FilmTrack): ShownSamples {
  const { edit, samples, type } = track
  const from = firstNeeded(track)
  const editEnd =
    edit.mediaEnd === undefined ? Number.POSITIVE_INFINITY : edit.mediaEnd - edit.mediaStart + edit.shift
  const { to, end } = lastNeeded(track, from, editEnd)
  if (end > longestSeconds * track.timescale)
    throw new HeadendError(
      'MP4_DURATION',
      `track ${track.trackId}: expected at most ${longestSeconds} s, got ${Math.round(end / track.timescale)} s`,
    )
  // A track that starts deep in its media would leave with decode times far from presentation times.
  const leftOut = from === 0 ? 0 : Math.min(edit.mediaStart, samples.decodeTimes[from] ?? 0)
  const mediaStart = edit.mediaStart - leftOut
  return {
    from,
    to,
    decodeShift: edit.shift - leftOut,
    compositionShift: type === 'video' ? mediaStart : 0,
    mediaStart: type === 'audio' ? mediaStart : 0,
    end,
  }
}

/** Pictures: the sync sample that leads to presentation time 0. Sound: what lies within the margin before it. */
function firstNeeded(track: FilmTrack): number {
  const { samples, type, edit } = track
  if (edit.mediaStart <= edit.shift) return 0
  const margin = marginSeconds * track.timescale
  let needed = 0
  for (let i = 0; i < samples.count; i++) {
    const time = presentationTime(track, i)
    if (type === 'audio') {
      if (time + sampleDuration(track, i) > -margin) return i
    } else if (isSync(track, i)) {
      if (time > 0) return needed
      needed = i
    }
  }
  return needed
}

/** A sample a decoder can start with. */
export const isSync = ({ samples }: FilmTrack, index: number): boolean =>
  !samples.sync || samples.sync[index] === 1

function lastNeeded(
  track: FilmTrack,
  from: number,
  editEnd: number,
): { readonly to: number; readonly end: number } {
  const margin = marginSeconds * track.timescale
  let to = from
  let naturalEnd = 0
  let editCuts = false
  for (let i = from; i < track.samples.count; i++) {
    const time = presentationTime(track, i)
    // Durations of edits are rounded: only an edit that leaves out a whole sample ends the track early.
    if (time >= editEnd && sampleDuration(track, i) > 0) editCuts = true
    if (time >= editEnd + margin) continue
    to = i + 1
    naturalEnd = Math.max(naturalEnd, time + sampleDuration(track, i))
  }
  return { to, end: editCuts ? Math.min(editEnd, naturalEnd) : naturalEnd }
}
