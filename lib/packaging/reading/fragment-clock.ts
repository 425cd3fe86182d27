/** A recording in fragments keeps the clock of what made it; a film begins at 0. */
import { HeadendError } from '../../errors.ts'
import type { SourceTrack } from './source-track.ts'

/** A start up to here is a delay the film wants; beyond it is a clock that ran before. */
const maxDelaySeconds = 1

/** Nobody waits longer for a track that belongs to others: it keeps another clock. */
const maxWaitSeconds = 3600

/** What of a track tells its clock. */
type Clocked = Pick<SourceTrack, 'samples' | 'edit' | 'timescale' | 'fragmented'>

/** Seconds the clocks of all fragmented tracks of an asset have in common. */
export function clockStart(tracks: readonly Clocked[]): number {
  const starts = tracks.filter((track) => track.fragmented).map(startSeconds)
  const first = Math.min(...starts)
  return starts.length === 0 || first <= maxDelaySeconds ? 0 : first
}

/** Takes them off, as an edit would: the delays of tracks against one another stay. */
export function startAtZero<Of extends Clocked>(tracks: readonly Of[], seconds = clockStart(tracks)): Of[] {
  return tracks.map((track) => (track.fragmented && seconds > 0 ? earlier(track, seconds) : track))
}

/** Throws MP4_FRAGMENT_ORDER where a track begins hours after those it belongs to. */
export function checkStart(track: Clocked & Pick<SourceTrack, 'trackId'>): void {
  const seconds = startSeconds(track)
  if (track.fragmented && seconds > maxWaitSeconds)
    throw new HeadendError(
      'MP4_FRAGMENT_ORDER',
      `track ${track.trackId}: expected it to begin with the others, got ${Math.round(seconds)} s behind them; ` +
        'upload each recording as a film of its own',
    )
}

const startSeconds = ({ samples, edit, timescale }: Clocked): number =>
  ((samples.decodeTimes[0] ?? 0) - edit.mediaStart + edit.shift) / timescale

function earlier<Of extends Clocked>(track: Of, seconds: number): Of {
  const ticks = Math.round(seconds * track.timescale)
  return {
    ...track,
    samples: { ...track.samples, decodeTimes: track.samples.decodeTimes.map((time) => time - ticks) },
  }
}
