/**
 * How manifests name things: always relative, so that a session's prefix (`/s/<token>/`) stays on every request
 * of a viewer while the media behind it is shared by all.
 */
import { initFile, type MediaProtection, segmentFile, trackPath } from '../timeline/media-path.ts'
import type { Segment, Timeline, Track } from '../timeline/timeline.ts'

/** From a manifest's own directory back to the root: `vod/film/index.m3u8` is two levels down. */
export function toRoot(manifestPath: string): string {
  let depth = 0
  for (const letter of manifestPath) if (letter === '/') depth++
  return '../'.repeat(depth)
}

/** Writes the links of one track's media, seen from a manifest `root` away from the root. */
export interface MediaLinks {
  init(configId: string): string
  segment(segment: Segment): string
  /** Directory of the media, ending in a slash; undefined where a third party serves it. */
  readonly directory?: string
}

/** Links of our own media, or the third party's where the timeline is theirs. */
export function mediaLinks(
  root: string,
  timeline: Timeline,
  track: Track,
  protection: MediaProtection,
): MediaLinks {
  if (timeline.origin) {
    const base = timeline.origin.baseUrl
    return {
      init: (configId) => new URL(track.inits?.[configId] ?? configId, base).href,
      segment: (segment) => new URL(segment.uri ?? '', base).href,
    }
  }
  const directory = root + trackPath(protection, timeline.id, timeline.version, track.id)
  return {
    directory,
    init: (configId) => directory + initFile(configId),
    segment: ({ number, cut }) => directory + segmentFile(number, cut),
  }
}
