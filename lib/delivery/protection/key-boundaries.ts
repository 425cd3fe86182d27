/**
 * Key boundaries: a key changes at the start of a segment, and at the same instant in every track and protocol. Tracks
 * are cut some frames apart, trick play tracks elsewhere altogether, and each playlist knows one track: so the video
 * decides.
 */
import type { KeyPeriod, Timeline, Track } from '../../timeline/timeline.ts'

/** The track whose segments decide: the video track with the highest peak rate, else the first audio track. */
export function referenceTrackOf(tracks: readonly Track[]): Track | undefined {
  const played = tracks.filter(({ trickOf }) => trickOf === undefined)
  const pictures = played.filter(({ type }) => type === 'video')
  const first = pictures.reduce<Track | undefined>(
    (best, one) => (!best || one.bandwidth.peak > best.bandwidth.peak ? one : best),
    undefined,
  )
  return first ?? played.find(({ type }) => type === 'audio')
}

/**
 * Moves each period to the start of the first lead segment whose midpoint it contains; after the lead's last segment,
 * periods begin as planned.
 */
export function onSegments(
  periods: readonly KeyPeriod[],
  { segments, timescale }: Pick<Track, 'segments' | 'timescale'>,
  timeline: Pick<Timeline, 'timescale'>,
): KeyPeriod[] {
  const [first, ...others] = periods
  if (!first || segments.length === 0) return [...periods]
  const moved = [first]
  const ticks = (time: number): number => Math.round((time * timeline.timescale) / timescale)
  const last = segments.at(-1)
  const end = last ? ticks(last.start + last.duration) : 0
  let at = 0
  for (const period of others) {
    const from = (period.from / timeline.timescale) * timescale
    for (; at < segments.length; at++) {
      const { start, duration } = segments[at] ?? { start: 0, duration: 0 }
      if (start + duration / 2 >= from) break
    }
    const segment = segments[at]
    const start = segment ? ticks(segment.start) : Math.max(end, period.from)
    // Of several periods within one segment, the last one applies.
    if (start <= (moved.at(-1)?.from ?? 0)) moved.pop()
    moved.push({ ...period, from: moved.length === 0 ? first.from : start })
  }
  return moved
}
