/**
 * Complete playlists whose audio lasts as long as their video, as far as durations say. Shaka Player cuts what is longer
 * before it places renditions by their dates, and where the two begin apart it then never comes to the end.
 */
import { firstFrom } from './shown.ts'
import type { Segment, Ticks, Timeline, Track } from './timeline.ts'

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

/** The timeline with the last segment that is shown of a track made longer, or shorter; the same one if that is too much. */
export function lengthened(shown: ShownTrack, seconds: number): Timeline {
  const { timeline, track } = shown
  const ticks = Math.round(seconds * track.timescale)
  const last = segmentsOf(shown).at(-1)
  if (!last || ticks === 0 || Math.abs(seconds) > maxApartSeconds || last.duration + ticks <= 0)
    return timeline
  const segments = track.segments.map((one) =>
    one === last ? { ...one, duration: one.duration + ticks } : one,
  )
  return {
    ...timeline,
    tracks: timeline.tracks.map((one) => (one === track ? { ...track, segments } : one)),
  }
}

const segmentsOf = ({ timeline: { timescale }, track, from, to }: ShownTrack): readonly Segment[] =>
  track.segments.slice(firstFrom(track, from / timescale), firstFrom(track, to / timescale))
