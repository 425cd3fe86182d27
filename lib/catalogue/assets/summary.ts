/** A timeline reduced to what a drawing of it needs. */
import type { Timeline, Track } from '../../timeline/timeline.ts'
import type { TimelineSummary } from '../schemas.ts'

/** More than a drawing can show; a day of 6 s segments is 14 400. */
const mostSegments = 20_000

/** Tracks, segments and markers in seconds. */
export function summaryOf(timeline: Timeline): TimelineSummary {
  const tracks = timeline.tracks.map((track) => ({
    id: track.id,
    type: track.type,
    ...(track.language !== undefined && { language: track.language }),
    segments: track.segments.slice(0, mostSegments).map(row(track)),
  }))
  return {
    version: timeline.version,
    durationSeconds: Math.max(0, ...timeline.tracks.map(endSeconds)),
    tracks,
    markers: timeline.overlays.markers.entries.map((marker) => ({
      id: marker.id,
      kind: marker.kind,
      atSeconds: marker.at / timeline.timescale,
      ...(marker.duration !== undefined && { durationSeconds: marker.duration / timeline.timescale }),
    })),
  }
}

const row =
  ({ timescale }: Track) =>
  (segment: Track['segments'][number]): [number, number, number, boolean] => [
    segment.start / timescale,
    segment.duration / timescale,
    segment.bytes,
    segment.sync,
  ]

function endSeconds({ segments, timescale }: Track): number {
  const last = segments.at(-1)
  return last ? (last.start + last.duration) / timescale : 0
}
