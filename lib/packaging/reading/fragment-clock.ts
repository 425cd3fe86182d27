/** Rebases fragmented recordings, which keep the clock of their encoder, to begin at 0. */
import { HeadendError } from '../../errors.ts'
import type { SourceTrack } from './source-track.ts'

/** A start up to here is an intended delay; beyond it, a clock that was already running. */
const maxDelaySeconds = 1

/** The latest start of a track relative to the others: beyond it, the track has another clock. */
const maxWaitSeconds = 3600

/** The part of a track that defines its clock. */
type Clocked = Pick<SourceTrack, 'samples' | 'edit' | 'timescale' | 'fragmented'>

/** The common start in seconds of all fragmented tracks of an asset. */
export function clockStart(tracks: readonly Clocked[]): number {
  const starts = tracks.filter((track) => track.fragmented).map(startSeconds)
  const first = Math.min(...starts)
  return starts.length === 0 || first <= maxDelaySeconds ? 0 : first
}

/** Subtracts the common start, as an edit would: delays between tracks are kept. */
export function startAtZero<Of extends Clocked>(tracks: readonly Of[], seconds = clockStart(tracks)): Of[] {
  return tracks.map((track) => (track.fragmented && seconds > 0 ? earlier(track, seconds) : track))
}

/** Throws MP4_FRAGMENT_ORDER if a track begins over an hour after the others. */
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
