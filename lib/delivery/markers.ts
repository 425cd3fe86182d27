/** Markers of a presentation as players are told of them. */
import { base64Bytes } from '../formats/base64.ts'
import type { DashEvent, EventStream } from '../formats/dash/index.ts'
import type { DateRange } from '../formats/hls/index.ts'
import { hexText } from '../formats/uuid.ts'
import type { Clip, Presentation } from '../timeline/presentation.ts'
import type { Marker } from '../timeline/timeline.ts'
import { dateOf } from './clock.ts'

/** A marker that came from a section of SCTE 35; others are for our own pages. */
const isCue = ({ scte35 }: Marker): boolean => scte35 !== undefined

/** A tag, and the media time (seconds) at or behind which its segment begins. */
interface TimedTag {
  readonly atSeconds: number
  readonly range: DateRange
}

/** Boundaries are as exact as frames are, and markers are counted in milliseconds. */
const toleranceSeconds = 0.001

/**
 * Gives the tags for each segment of a clip, asked for in order: each marker's once, where it begins and where it has
 * ended (RFC 8216bis 4.4.5.1.1); what began before the first segment and still runs comes with that.
 */
export function dateRangesOf(
  presentation: Presentation,
  clip: Clip,
): ((startSeconds: number) => readonly DateRange[]) | undefined {
  const { timescale, overlays } = clip.timeline
  const tags = overlays.markers.entries
    .filter(isCue)
    .flatMap((marker) => tagsOf(presentation, clip, marker, timescale))
    .toSorted((a, b) => a.atSeconds - b.atSeconds)
  if (tags.length === 0) return undefined
  let next = 0
  let isFirst = true
  return (startSeconds) => {
    const due: DateRange[] = []
    for (let tag = tags[next]; tag && tag.atSeconds <= startSeconds + toleranceSeconds; tag = tags[++next])
      due.push(tag.range)
    if (!isFirst) return due
    isFirst = false
    return due.filter(({ id }) => !isOver(overlays.markers.entries, id, startSeconds * timescale))
  }
}

/** True if it ended before a time. */
function isOver(markers: readonly Marker[], id: string, time: number): boolean {
  const marker = markers.find((one) => one.id === id)
  return marker !== undefined && marker.at + (marker.duration ?? marker.planned ?? 0) < time
}

function tagsOf(
  presentation: Presentation,
  clip: Clip,
  marker: Marker,
  timescale: number,
): readonly TimedTag[] {
  const { at, duration, planned, kind, scte35 = '', endScte35 } = marker
  const startMs = dateOf(presentation, clip, at / timescale).programDateTimeMs
  if (startMs === undefined) return []
  const start: DateRange = {
    id: marker.id,
    startMs,
    ...(planned !== undefined && { plannedDurationSeconds: planned / timescale }),
    attributes: { [kind === 'break' ? 'SCTE35-OUT' : 'SCTE35-CMD']: hexOf(scte35) },
  }
  const begin = { atSeconds: at / timescale, range: start }
  if (duration === undefined) return [begin]
  const end: DateRange = {
    id: marker.id,
    startMs,
    durationSeconds: duration / timescale,
    ...(endScte35 !== undefined && { attributes: { 'SCTE35-IN': hexOf(endScte35) } }),
  }
  return [begin, { atSeconds: (at + duration) / timescale, range: end }]
}

/** A hexadecimal-sequence (RFC 8216bis 4.2). */
const hexOf = (base64: string): string =>
  `0x${hexText(base64Bytes(base64, 'section of a marker')).toUpperCase()}`

const cueScheme = 'urn:scte:scte35:2014:xml+bin'

/** The events of a run of a clip, from `from` to before `to` in media seconds; undefined if there are none. */
export function eventStreamsOf(
  { timeline }: Clip,
  { from, to }: { readonly from: number; readonly to: number },
): readonly EventStream[] | undefined {
  const { timescale, overlays } = timeline
  const events = overlays.markers.entries.filter(isCue).flatMap(eventsOf)
  const shown = events.filter(
    ({ presentationTime }) =>
      presentationTime >= from * timescale - 1 && presentationTime < to * timescale - 1,
  )
  if (shown.length === 0) return undefined
  return [
    {
      schemeIdUri: cueScheme,
      timescale,
      presentationTimeOffset: Math.round(from * timescale),
      events: shown,
    },
  ]
}

function eventsOf({ id, at, duration, planned, scte35, endScte35 }: Marker): readonly DashEvent[] {
  const length = duration ?? planned
  const begin =
    scte35 === undefined
      ? []
      : [{ ...event(id, at, scte35), ...(length !== undefined && { duration: length }) }]
  const end =
    endScte35 === undefined || duration === undefined ? [] : [event(`${id} end`, at + duration, endScte35)]
  return [...begin, ...end]
}

const event = (id: string, presentationTime: number, section: string): DashEvent => ({
  id: numberOf(id),
  presentationTime,
  xml: `<Signal xmlns="http://www.scte.org/schemas/35"><Binary>${section}</Binary></Signal>`,
})

/** A number of 32 bits that is the same for the same text (FNV-1a): ids of events are numbers. */
function numberOf(text: string): number {
  let hash = 0x811c9dc5
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return hash
}
