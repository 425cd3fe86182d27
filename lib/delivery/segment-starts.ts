/** How a player can start with a segment: by the stream access point type (ISO/IEC 14496-12 Annex I) it begins with. */
import type { Segment, Track } from '../timeline/timeline.ts'

/** The weakest start among a track's segments; undefined where one has none. */
export function sapOf({ configs }: Track, segments: readonly Segment[]): number | undefined {
  const used = new Set<string>()
  let last: string | undefined
  for (const { sync, configId } of segments) {
    if (!sync) return undefined
    // A set of strings is asked when they change, not for each of 28,800 segments.
    if (configId !== last) used.add(configId)
    last = configId
  }
  return Math.max(1, ...configs.filter(({ id }) => used.has(id)).map(({ sap = 1 }) => sap))
}

/** All of each segment can be decoded without the one before it (RFC 8216bis 4.4.2.1): leading pictures of type 2 can. */
export function areIndependent(track: Track, segments: readonly Segment[]): boolean {
  return (sapOf(track, segments) ?? 3) < 3
}
