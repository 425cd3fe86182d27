/**
 * Hides frames that an edit list removes but others depend on. Players show every frame they decode, so each hidden one
 * lasts a tick, before the first visible frame or after the last.
 */
import type { SampleTable } from '../../formats/isobmff/index.ts'
import type { SourceTrack } from '../reading/source-track.ts'
import {
  editEndOf,
  firstShownSample,
  isCutAway,
  presentationTime,
  sampleDuration,
  showsNothing,
} from './edited-samples.ts'
import { inFinerTicks } from './finer-ticks.ts'

/** The share of a frame's duration that all frames hidden at one end may take. */
const hiddenShare = 0.25

/**
 * The same track if nothing is hidden; else with times that hide, and the stored times kept beside. Throws
 * MP4_EDIT_EMPTY if all is hidden.
 */
export function hideVideo(track: SourceTrack): SourceTrack {
  if (track.type !== 'video') return track
  const { count, decodeTimes } = track.samples
  const usual = Math.max(1, ((decodeTimes[count] ?? 0) - (decodeTimes[0] ?? 0)) / count)
  const hidden = hiddenOf(track, usual)
  const { front, behind } = hidden
  const most = Math.max(front.length, behind.length)
  if (most === 0) return track
  const last = front.at(-1)
  if (last !== undefined && hidden.next === undefined && endOf(track, last) <= track.edit.shift)
    throw showsNothing(track)
  const finer = inFinerTicks(track, Math.ceil(most / (hiddenShare * usual)))
  return { ...finer, samples: hiddenTimes(finer, hidden), stored: finer.samples }
}

const endOf = (track: SourceTrack, index: number): number =>
  presentationTime(track, index) + sampleDuration(track, index)

/** Sample numbers in presentation order. */
interface Hidden {
  /** Those before the edit list's start, and last the one shown at it. */
  readonly front: readonly number[]
  /** The first one shown after these. */
  readonly next: number | undefined
  /** Those after the end that are stored before the last one within it. */
  readonly behind: readonly number[]
}

function hiddenOf(track: SourceTrack, usual: number): Hidden {
  const { count } = track.samples
  const { shift } = track.edit
  const editEnd = editEndOf(track)
  const from = firstShownSample(track)
  const front: number[] = []
  const cutAway: number[] = []
  let next: number | undefined
  let last = from
  let isEarly = false
  for (let i = from; i < count; i++) {
    const time = presentationTime(track, i)
    if (isCutAway(track, i, editEnd)) cutAway.push(i)
    else last = i
    // A frame that starts within this tolerance is shown at the edit's start; the one before it would hardly be seen.
    if (time <= shift + hiddenShare * usual) front.push(i)
    else if (next === undefined || time < presentationTime(track, next)) next = i
    if (time < shift) isEarly = true
  }
  const behind = cutAway.filter((i) => i < last)
  const inOrder = (a: number, b: number): number => presentationTime(track, a) - presentationTime(track, b)
  front.sort(inOrder)
  behind.sort(inOrder)
  const first = front.at(-1) ?? from
  const isShown = next !== undefined || presentationTime(track, first) + sampleDuration(track, first) > shift
  // If the whole track is hidden, nothing must become visible.
  if (!isShown || isCutAway(track, first, editEnd)) return { front: [], next, behind: [] }
  return { front: isEarly ? front : [], next, behind }
}

/** Puts `front` from the start on and `behind` from the end on, a tick each; all others keep their time. */
function hiddenTimes(track: SourceTrack, { front, next, behind }: Hidden): SampleTable {
  const { samples, edit } = track
  const { count } = samples
  const end = editEndOf(track)
  const shownAt = new Map([
    ...front.map((i, at) => [i, edit.shift + at] as const),
    ...behind.map((i, at) => [i, end + at] as const),
  ])
  const lengths = new Map([...front, ...behind].map((i) => [i, 1]))
  const first = front.at(-1)
  // Together they last until the next is shown, so that decoding stays in step with presentation.
  if (first !== undefined) {
    const over = presentationTime(track, first) + sampleDuration(track, first)
    const until = Math.min(end, next === undefined ? over : presentationTime(track, next))
    lengths.set(first, Math.max(1, until - edit.shift - front.length + 1))
  }
  const lengthOf = (i: number): number => lengths.get(i) ?? sampleDuration(track, i)
  const decodeTimes = samples.decodeTimes.slice()
  for (let i = behind.reduce((a, b) => Math.min(a, b), count); i < count; i++)
    decodeTimes[i + 1] = (decodeTimes[i] ?? 0) + lengthOf(i)
  for (let i = front.reduce((a, b) => Math.max(a, b), -1); i >= 0; i--)
    decodeTimes[i] = (decodeTimes[i + 1] ?? 0) - lengthOf(i)
  const compositionOffsets = Int32Array.from({ length: count }, (_, i) => {
    const time = shownAt.get(i) ?? presentationTime(track, i)
    return time + edit.mediaStart - edit.shift - (decodeTimes[i] ?? 0)
  })
  return { ...samples, decodeTimes, compositionOffsets }
}
