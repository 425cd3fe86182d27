/** SegmentTimeline (ISO/IEC 23009-1 5.3.9.6). */
import type { XmlElement } from '../xml/print.ts'
import type { TimelineSegment } from './mpd.ts'
import { whole } from './number.ts'

/** The element: neighbours of equal length are one S, and @t is written only if a segment does not follow on. */
export function segmentTimeline(segments: readonly TimelineSegment[]): XmlElement {
  // Generated during printing: days of audio have some ten thousand.
  return { name: 'SegmentTimeline', children: { [Symbol.iterator]: () => runs(segments) } }
}

function* runs(segments: readonly TimelineSegment[]): Generator<XmlElement> {
  let next: number | undefined
  for (let i = 0; i < segments.length; ) {
    const first = segments[i]
    if (!first) break
    const { start, duration } = first
    let count = 1
    while (follows(segments[i + count], start + duration * count, duration)) count++
    yield {
      name: 'S',
      attributes: {
        t: start === next ? undefined : whole('S@t', start),
        d: whole('S@d', duration),
        r: count > 1 ? count - 1 : undefined,
      },
    }
    next = start + duration * count
    i += count
  }
}

/** True if two timelines are equal. */
export function sameSegments(a: readonly TimelineSegment[], b: readonly TimelineSegment[]): boolean {
  if (a === b) return true
  return (
    a.length === b.length &&
    a.every(({ start, duration }, i) => start === b[i]?.start && duration === b[i]?.duration)
  )
}

function follows(segment: TimelineSegment | undefined, start: number, duration: number): boolean {
  return segment !== undefined && segment.start === start && segment.duration === duration
}
