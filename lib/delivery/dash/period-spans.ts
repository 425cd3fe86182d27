/**
 * Splits a presentation into DASH Periods. A Period is a run within one clip in which nothing that decoders or DRM
 * clients depend on changes: no discontinuity, config change or key change, and in which no track's gap begins or ends. The first video rendition (else the
 * first rendition) leads; segments of the others go to the run that contains their midpoint.
 */
import { type GapsBeside, gapsOf } from '../../timeline/gaps.ts'
import { type Clip, isVideo, type Presentation, type Rendition } from '../../timeline/presentation.ts'
import {
  periodSeconds,
  protectionOf,
  type SegmentProtection,
  type VisibleClip,
  visibleClips,
} from '../../timeline/shown.ts'
import { continues, type Segment, type Track } from '../../timeline/timeline.ts'

/** The contents of one Period. */
export interface Run {
  readonly clip: Clip
  /** Stable while the run is shown, however much of it has left the window. */
  readonly id: string
  /** Start of the run in presentation seconds; may lie before the window. */
  readonly startSeconds: number
  /** End in presentation seconds. */
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
    clips: new Map(visibleClips(presentation, rendition.id).map((part) => [part.clip, part])),
  }))
  return presentation.clips.flatMap((clip) => {
    const here = shown.flatMap(({ rendition, clips }) => {
      const part = clips.get(clip)
      return part ? [{ rendition, part }] : []
    })
    const lead = here.find(({ rendition }) => isVideo(rendition)) ?? here[0]
    if (!lead) return []
    const spans = referenceSpans(lead.rendition, lead.part, gapsOf(clip.timeline.tracks))
    return spans.map((span, i): Run => {
      const { timescale } = lead.part.track
      const [previous, next] = [spans[i - 1], spans[i + 1]]
      // The outer bounds are open on either side, so that no segment is lost between runs.
      const lower = previous
        ? (changeSeconds(clip, previous, span) ?? span.from / timescale)
        : Number.NEGATIVE_INFINITY
      const upper = next
        ? (changeSeconds(clip, span, next) ?? span.to / timescale)
        : endOfKey(clip, span.period)
      const parts = here.flatMap(({ rendition, part }) => {
        const segments =
          part === lead.part ? span.segments : part.segments.filter(inSpan(part.track, lower, upper))
        const first = segments[0]
        if (!first || span.gaps.split(',').includes(part.track.id)) return []
        const protection = protectionOf(clip, rendition.id, part.track, first)
        return [{ rendition, track: part.track, segments, protection }]
      })
      const end = next ? span.to / timescale : lastSecond(clip, parts)
      return {
        clip,
        id: `${clip.ordinal}-${span.name}`,
        startSeconds: span.originSeconds + lead.part.shiftSeconds,
        endSeconds: end + lead.part.shiftSeconds,
        mediaStartSeconds: span.originSeconds,
        parts,
      }
    })
  })
}

/**
 * The time between two spans at which the clear lead ends or a key begins, if any: cut exactly there, or a track would
 * mix clear and encrypted segments or two keys.
 */
function changeSeconds({ protection, timeline }: Clip, span: Span, next: Span): number | undefined {
  if (protection.scheme === 'clear' || next.period === undefined || next.period === span.period)
    return undefined
  if (span.period === undefined) return protection.clearUntilSeconds
  const key = timeline.overlays.keyPeriods.entries.find(({ index }) => index === next.period)
  return key && periodSeconds(timeline, key)
}

/**
 * Upper bound of the last span. Segments beyond the end of the video stay in its Period as long as they have the same
 * protection: in the clear, or under the last key.
 */
function endOfKey({ timeline, protection }: Clip, period: number | undefined): number {
  if (protection.scheme !== 'clear' && period === undefined)
    return protection.clearUntilSeconds ?? Number.POSITIVE_INFINITY
  const { entries } = timeline.overlays.keyPeriods
  const at = entries.findIndex(({ index }) => index === period)
  const next = at < 0 ? undefined : entries[at + 1]
  return next ? periodSeconds(timeline, next) : Number.POSITIVE_INFINITY
}

/** Media seconds at which a clip's last run ends: at the clip's end, else with the longest of its tracks. */
function lastSecond(clip: Clip, parts: readonly RunPart[]): number {
  const ends = parts.map(({ track, segments }) => {
    const last = segments.at(-1)
    return last ? (last.start + last.duration) / track.timescale : 0
  })
  const end = Math.max(...ends)
  return clip.to === undefined ? end : Math.min(end, clip.to / clip.timeline.timescale)
}

const inSpan = (track: Track, from: number, to: number) => (segment: Segment) => {
  const middle = (segment.start + segment.duration / 2) / track.timescale
  return middle >= from && middle < to && segment.gap !== 'missing'
}

interface Span {
  /**
   * Opening event within the clip: `0` the start of the clip, `k<period>` a key, else number and cut of the first
   * segment.
   */
  readonly name: string
  /** Start in media seconds; may lie before the window. */
  readonly originSeconds: number
  /** Index of the key period; undefined in the clear. */
  readonly period: number | undefined
  /** Tracks that have a gap here. */
  readonly gaps: string
  /** Start of the visible part, in the track's ticks. */
  readonly from: number
  to: number
  readonly segments: Segment[]
}

/** Splits the leading rendition where a Period must end. */
function referenceSpans(rendition: Rendition, part: VisibleClip, gapsBeside: GapsBeside): Span[] {
  const { clip, track, index, clipIndex, segments } = part
  const spans: Span[] = []
  let open: Span | undefined
  let origin: Pick<Span, 'name' | 'originSeconds'> | undefined
  let last: Segment | undefined
  let lastPeriod: number | undefined
  let lastGaps = ''
  // From the start of the clip, not of the window: a run's name and start must not change while its head leaves the
  // window.
  for (let i = clipIndex; i < index + segments.length; i++) {
    const segment = track.segments[i]
    // Some players end the programme at a gap in a SegmentTimeline: Periods leave it out instead. A gap that was filled
    // later keeps its own Period, so that the Periods around it stay as published.
    if (!segment || segment.gap === 'missing') {
      open = origin = last = undefined
      continue
    }
    const { media } = protectionOf(clip, rendition.id, track, segment)
    const period = media.scheme === 'clear' ? undefined : media.period
    const gaps = gapsBeside(segment, track.timescale)
    if (!origin || !last || !continues(last, segment) || gaps !== lastGaps) {
      origin = originOf(rendition, part, i, period)
      open = undefined
    } else if (period !== lastPeriod) {
      origin = { name: `k${period}`, originSeconds: segment.start / track.timescale }
      open = undefined
    }
    last = segment
    lastPeriod = period
    lastGaps = gaps
    if (i < index) continue
    if (!open) {
      open = { ...origin, period, gaps, from: segment.start, to: segment.start, segments: [] }
      spans.push(open)
    }
    open.segments.push(segment)
    open.to = segment.start + segment.duration
  }
  return spans
}

/** The origin of the run of a segment that does not continue the previous loaded one. */
function originOf(
  rendition: Rendition,
  { clip, track, clipIndex }: VisibleClip,
  i: number,
  period: number | undefined,
): Pick<Span, 'name' | 'originSeconds'> {
  const clipSeconds = clip.from / clip.timeline.timescale
  const atHand = track.segments[i] ?? { number: 0, cut: 0, start: 0 }
  // The run of the first loaded segment may have begun in a page that was not read.
  const { number, cut, start } = i === 0 ? (track.before.run ?? atHand) : atHand
  const seconds = start / track.timescale
  const isClipFirst = track.before.segments + i === clip.first[rendition.id]?.segments
  const opensClip = i === clipIndex && (isClipFirst || seconds <= clipSeconds)
  const origin = opensClip
    ? { name: '0', originSeconds: clipSeconds }
    : { name: `${number}.${cut}`, originSeconds: seconds }
  // A key that begins later than the run opens its own Period, possibly before the window.
  const key = clip.timeline.overlays.keyPeriods.entries.find(({ index }) => index === period)
  const keySeconds = key
    ? Math.min(key.beganSeconds ?? periodSeconds(clip.timeline, key), atHand.start / track.timescale)
    : 0
  return key && keySeconds > origin.originSeconds ? { name: `k${period}`, originSeconds: keySeconds } : origin
}
