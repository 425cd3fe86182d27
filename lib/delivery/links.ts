/**
 * How manifests name things: always relative, so that a session's prefix (`/s/<token>/`) stays on every request
 * of a viewer while the media behind it is shared by all.
 */
import { initFile, type MediaProtection, segmentFile, trackPath, webVttFile } from '../timeline/media-path.ts'
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
  /** What stands behind `directory` in the link of a segment; all of it where there is no directory. */
  readonly file: (segment: Segment) => string
  /** The same segment as WebVTT; a third party's text is what it is. */
  readonly webVttFile: (segment: Segment) => string
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
    const segment = ({ uri = '' }: Segment) => new URL(uri, base).href
    return {
      init: (configId) => new URL(track.inits?.[configId] ?? configId, base).href,
      segment,
      file: segment,
      webVttFile: segment,
    }
  }
  const directory = root + trackPath(protection, timeline.id, timeline.version, track.id)
  return {
    directory,
    init: (configId) => directory + initFile(configId),
    segment: ({ number, cut }) => directory + segmentFile(number, cut),
    file: ({ number, cut }) => segmentFile(number, cut),
    webVttFile: ({ number, cut }) => webVttFile(number, cut),
  }
}
