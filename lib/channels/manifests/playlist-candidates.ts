/** What a playlist tells, each cue with the segment that its time is found by. */

import { base64Text } from '../../formats/base64.ts'
import { type CuedSegment, type PlaylistCue, readPlaylistCues } from '../../formats/hls/index.ts'
import { cueTimescale } from '../cues/cue.ts'
import type { FeedObject } from '../ingest/ports.ts'
import { placeOf } from './cue-place.ts'
import { type SegmentPorts, segmentPath, segmentStart } from './segment-start.ts'
import type { Candidate, Candidates } from './told-cue.ts'

/** They are, in the order of their lines. */
export function playlistCandidates(ports: SegmentPorts, object: FeedObject, text: string): Candidates {
  const { segments, cues, problems } = readPlaylistCues(text)
  const written = writtenTimes(segments, object.writtenMs)
  const candidates = cues.flatMap((cue): Candidate[] => {
    const place = isPlaceable(cue) ? placeOf(segments, cue) : undefined
    if (!place) return []
    const { segment, index, behindSeconds } = place
    const writtenMs = written[index] ?? object.writtenMs
    return [
      {
        says: saying(cue, segment, writtenMs),
        reads: true,
        async place(row) {
          const feed = `live/${object.channelId}`
          const path = segmentPath(feed, object.path, segment.uri)
          const start = segment.isPart ? 'beside' : await segmentStart(ports, row, { feed, path, writtenMs })
          if (typeof start === 'string') return start
          return told(cue, start + behindSeconds)
        },
      },
    ]
  })
  return { candidates, problems: problems.map(({ line, reason }) => `line ${line}: ${reason}`) }
}

/** Of a break that runs it must be known since when; of a section, what it is. */
const isPlaceable = ({ kind, elapsedSeconds, section }: PlaylistCue): boolean =>
  kind === 'running' ? elapsedSeconds !== undefined : kind !== 'section' || section !== undefined

function told({ kind, durationSeconds, isExact, section }: PlaylistCue, atSeconds: number) {
  return {
    kind,
    at: Math.round(atSeconds * cueTimescale),
    ...(durationSeconds !== undefined && { duration: Math.round(durationSeconds * cueTimescale) }),
    returnsItself: isExact === true,
    ...(section && { section }),
  }
}

/** When each segment was written, counted back from when the playlist was. */
function writtenTimes(segments: readonly CuedSegment[], writtenMs: number): readonly number[] {
  const times: number[] = []
  let behindMs = 0
  for (const { seconds } of segments.toReversed()) {
    times.push(writtenMs - behindMs)
    behindMs += seconds * 1000
  }
  return times.toReversed()
}

/** Encoders that begin anew number their segments anew; by then it is another time. */
const epochMs = 600_000

/** Renditions are numbered alike; those that are not say it as something of their own. */
const saying = (cue: PlaylistCue, { sequence }: CuedSegment, writtenMs: number): string =>
  [
    cue.kind,
    cue.id,
    cue.durationSeconds,
    cue.isExact,
    cue.atMs ?? sequence,
    Math.round(writtenMs / epochMs),
    cue.section && base64Text(cue.section),
  ].join(' ')
