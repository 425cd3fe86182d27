/** Random access at segment starts, by stream access point (SAP) type (ISO/IEC 14496-12 Annex I). */
import type { Segment, Track } from '../timeline/timeline.ts'

/** The highest SAP type among a track's segments; undefined if one has none. */
export function sapOf({ configs }: Track, segments: readonly Segment[]): number | undefined {
  const used = new Set<string>()
  let last: string | undefined
  for (const { sync, configId } of segments) {
    if (!sync) return undefined
    // The set is updated only on a change, not for each of 28,800 segments.
    if (configId !== last) used.add(configId)
    last = configId
  }
  return Math.max(1, ...configs.filter(({ id }) => used.has(id)).map(({ sap = 1 }) => sap))
}

/**
 * Whether each segment can be decoded without the previous one (RFC 8216bis 4.4.2.1): with leading pictures of SAP type
 * 2 it can.
 */
export function areIndependent(track: Track, segments: readonly Segment[]): boolean {
  return (sapOf(track, segments) ?? 3) < 3
}
