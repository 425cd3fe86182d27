/**
 * URLs in manifests: always relative, so that a session's prefix (`/s/<token>/`) stays on every request of a viewer
 * while all viewers share the media behind it.
 */
import { initFile, type MediaProtection, segmentFile, trackPath, webVttFile } from '../timeline/media-path.ts'
import type { Segment, Timeline, Track } from '../timeline/timeline.ts'

/** Relative path from a manifest's directory to the root: `vod/film/index.m3u8` is two levels down. */
function toRoot(manifestPath: string): string {
  let depth = 0
  for (const letter of manifestPath) if (letter === '/') depth++
  return '../'.repeat(depth)
}

/** URLs of one track's media, relative to a manifest. */
export interface MediaLinks {
  init(configId: string): string
  segment(segment: Segment): string
  /** The segment's URL without `directory`; the whole URL if there is no directory. */
  readonly file: (segment: Segment) => string
  /** The same segment as WebVTT; third-party text is not converted. */
  readonly webVttFile: (segment: Segment) => string
  /** Directory of the media with a trailing slash, empty beside the manifest; undefined for third-party media. */
  readonly directory?: string
}

/**
 * URLs of our own media, or of the third party's for a third-party timeline; `manifestPath` has no leading slash.
 */
export function mediaLinks(
  manifestPath: string,
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
  const path = trackPath(protection, timeline.id, timeline.version, track.id)
  const isBeside = manifestPath.startsWith(path) && !manifestPath.includes('/', path.length)
  const directory = isBeside ? '' : toRoot(manifestPath) + path
  return {
    directory,
    init: (configId) => directory + initFile(configId),
    segment: ({ number, cut, firstTicks }) => directory + segmentFile(number, cut, firstTicks),
    file: ({ number, cut, firstTicks }) => segmentFile(number, cut, firstTicks),
    webVttFile: ({ number, cut }) => webVttFile(number, cut),
  }
}
