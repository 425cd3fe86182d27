/**
 * Where keys change: at a segment's start, and at the same moment in every track and protocol. Tracks are cut some
 * frames apart, key frames for winding elsewhere altogether, and each playlist knows one track: so the pictures decide.
 */
import type { KeyPeriod, Timeline, Track } from '../../timeline/timeline.ts'

/** The track whose segments decide: that of the first rendition; sound where there are no pictures. */
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
 * The periods, each from the start of the first of the lead's segments whose middle it holds; behind the lead's last
 * segment they begin as planned.
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
    // Of periods shorter than a segment the last one holds it.
    if (start <= (moved.at(-1)?.from ?? 0)) moved.pop()
    moved.push({ ...period, from: moved.length === 0 ? first.from : start })
  }
  return moved
}
