/**
 * Audio that ends where the video does. Encoders of transport streams write audio some frames behind the video, so that
 * the last of a segment's time comes with the next one.
 */
import { firstFrom } from './shown.ts'
import { continues, type Segment, type Ticks, type Timeline, type Track } from './timeline.ts'

/** Less than any player waits for at an end: two frames of audio, and one of video. */
const maxApartSeconds = 0.1

/** A part of a timeline that is shown, and a track of it. */
export interface ShownTrack {
  readonly timeline: Timeline
  readonly track: Track
  readonly from: Ticks
  readonly to: Ticks
}

/** How long the segments last that are shown, in seconds, as HLS says it: with what is hidden in front of the first. */
export function shownSeconds(shown: ShownTrack): number {
  const { segments, timescale, before, hiddenTicks = 0 } = shown.track
  const own = segmentsOf(shown)
  const hidden = before.segments === 0 && own[0] !== undefined && own[0] === segments[0] ? hiddenTicks : 0
  return own.reduce((sum, { duration }) => sum + duration, hidden) / timescale
}

/**
 * The timeline with the last segment that is shown of a track made longer, or shorter, as far as durations say; the same
 * one if that is too much. Shaka Player cuts what is longer than the video before it places renditions by their dates,
 * and where the two begin apart it then never comes to the end.
 */
export function lengthened(shown: ShownTrack, seconds: number): Timeline {
  const { timeline, track } = shown
  const ticks = Math.round(seconds * track.timescale)
  const last = segmentsOf(shown).at(-1)
  if (!last || ticks === 0 || Math.abs(seconds) > maxApartSeconds || last.duration + ticks <= 0)
    return timeline
  const segments = track.segments.map((one) =>
    one === last ? { ...one, duration: one.duration + ticks } : one,
  )
  return withSegments(timeline, track, segments)
}

/** A frame of AAC at 48 kHz, and some more: MSE takes what begins by so much later for a continuation. */
const maxSilentSeconds = 0.03

/**
 * The timeline with what is missing at the end of a track, taken from the segment behind; the same one if that is not
 * more than a frame or does not continue it. hls.js never ends what has a hole of less than 0.1 s in its audio.
 */
export function filledToEnd(shown: ShownTrack): Timeline {
  const { timeline, track, to } = shown
  const index = firstFrom(track, to / timeline.timescale)
  const [last, next] = [track.segments[index - 1], track.segments[index]]
  if (!last || !next || next.gap === 'missing' || !continues(last, next)) return timeline
  const missing = Math.round((to / timeline.timescale) * track.timescale) - next.start
  if (missing <= maxSilentSeconds * track.timescale) return timeline
  const bytes = Math.ceil((next.bytes * missing) / next.duration)
  const filling = { ...next, duration: missing, firstTicks: missing, bytes }
  return withSegments(timeline, track, track.segments.toSpliced(index, 0, filling))
}

const withSegments = (timeline: Timeline, track: Track, segments: readonly Segment[]): Timeline => ({
  ...timeline,
  tracks: timeline.tracks.map((one) => (one === track ? { ...track, segments } : one)),
})

const segmentsOf = ({ timeline: { timescale }, track, from, to }: ShownTrack): readonly Segment[] =>
  track.segments.slice(firstFrom(track, from / timescale), firstFrom(track, to / timescale))
