/** A recording in fragments keeps the clock of what made it; a film begins at 0. */
import type { FilmTrack } from './film-track.ts'

/** A start up to here is a delay the film wants; beyond it is a clock that ran before. */
const longestDelaySeconds = 1

/**
 * Takes off what the clocks of all fragmented tracks of an asset have in common, as an edit would: their delays
 * against one another stay.
 */
export function startAtZero(tracks: readonly FilmTrack[]): FilmTrack[] {
  const starts = tracks.filter((track) => track.fragmented).map(startSeconds)
  const first = Math.min(...starts)
  if (starts.length === 0 || first <= longestDelaySeconds) return [...tracks]
  return tracks.map((track) => (track.fragmented ? earlier(track, first) : track))
}

const startSeconds = ({ samples, edit, timescale }: FilmTrack): number =>
  ((samples.decodeTimes[0] ?? 0) - edit.mediaStart + edit.shift) / timescale

function earlier(track: FilmTrack, seconds: number): FilmTrack {
  const ticks = Math.round(seconds * track.timescale)
  return {
    ...track,
    samples: { ...track.samples, decodeTimes: track.samples.decodeTimes.map((time) => time - ticks) },
  }
}
