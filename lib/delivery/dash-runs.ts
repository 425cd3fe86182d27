/**
 * Where a presentation falls into DASH Periods. A Period is a run within one clip in which nothing a decoder or
 * a DRM client was told changes: no discontinuity, config or key change, no hole. The first video rendition (or
 * the first at all) leads; the others' segments go to the run their middle lies in.
 */
import type { Clip, Presentation, Rendition } from '../timeline/presentation.ts'
import { protectionOf, type SegmentProtection, type ShownClip, shownClips } from '../timeline/shown.ts'
import type { Segment, Track } from '../timeline/timeline.ts'

/** One Period to be. */
export interface Run {
  readonly clip: Clip
  /** Stable: the clip's ordinal and the number of the segment that leads it. */
  readonly id: string
  /** Presentation seconds. */
  readonly startSeconds: number
  /** End of the leading rendition's last segment, presentation seconds. */
  readonly endSeconds: number
  /** Media seconds of `startSeconds`. */
  readonly mediaStartSeconds: number
  readonly parts: readonly RunPart[]
}

/** One rendition's segments within a run. */
export interface RunPart {
  readonly rendition: Rendition
  readonly track: Track
  readonly segments: readonly Segment[]
  readonly protection: SegmentProtection
}

/** All runs in order. */
export function runsOf(presentation: Presentation): Run[] {
  const shown = presentation.renditions.map((rendition) => ({
    rendition,
    clips: new Map(shownClips(presentation, rendition.id).map((part) => [part.clip, part])),
  }))
  return presentation.clips.flatMap((clip) => {
    const here = shown.flatMap(({ rendition, clips }) => {
      const part = clips.get(clip)
      return part ? [{ rendition, part }] : []
    })
    const lead = here.find(({ rendition }) => rendition.type === 'video') ?? here[0]
    if (!lead) return []
    const spans = leadSpans(lead.rendition, lead.part)
    return spans.map((span, i): Run => {
      const from = span.from / lead.part.track.timescale
      const to = span.to / lead.part.track.timescale
      // The outer edges take what is left over on either side, so that no segment is lost between runs.
      const lower = i === 0 ? Number.NEGATIVE_INFINITY : from
      const upper = i === spans.length - 1 ? Number.POSITIVE_INFINITY : to
      return {
        clip,
        id: `${clip.ordinal}-${span.number}.${span.cut}`,
        startSeconds: from + lead.part.shiftSeconds,
        endSeconds: to + lead.part.shiftSeconds,
        mediaStartSeconds: from,
        parts: here.flatMap(({ rendition, part }) => {
          const segments =
            part === lead.part ? span.segments : part.segments.filter(inSpan(part.track, lower, upper))
          const first = segments[0]
          if (!first) return []
          const protection = protectionOf(clip, rendition.id, part.track, first)
          return [{ rendition, track: part.track, segments, protection }]
        }),
      }
    })
  })
}

const inSpan = (track: Track, from: number, to: number) => (segment: Segment) => {
  const middle = (segment.start + segment.duration / 2) / track.timescale
  return middle >= from && middle < to && segment.gap !== 'missing'
}

interface Span {
  readonly from: number
  to: number
  readonly number: number
  readonly cut: number
  readonly segments: Segment[]
}

/** Cuts the leading rendition where a Period must end. */
function leadSpans(rendition: Rendition, { clip, track, segments }: ShownClip): Span[] {
  const spans: Span[] = []
  let open: Span | undefined
  let last: { segment: Segment; how: string } | undefined
  for (const segment of segments) {
    // A hole in a SegmentTimeline ends the programme in some players: the Periods leave it out instead. A hole
    // that was filled later keeps its own Period, so that the Periods around it stay as they were published.
    if (segment.gap === 'missing') {
      open = undefined
      last = undefined
      continue
    }
    const { media } = protectionOf(clip, rendition.id, track, segment)
    const how = `${segment.configId} ${segment.gap} ${media.scheme === 'clear' ? '' : media.period}`
    const joins = last && how === last.how && follows(last.segment, segment) && !segment.discontinuity
    if (!open || !joins) {
      open = {
        from: segment.start,
        to: segment.start,
        number: segment.number,
        cut: segment.cut,
        segments: [],
      }
      spans.push(open)
    }
    open.segments.push(segment)
    open.to = segment.start + segment.duration
    last = { segment, how }
  }
  return spans
}

const follows = (one: Segment, next: Segment): boolean => next.start === one.start + one.duration
