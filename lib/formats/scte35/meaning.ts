/** What a section says to whoever plays the channel: one event for each splice and each segment's beginning or end. */
import { optional } from '../optional.ts'
import type { ClearContent, SpliceInfoSection } from './section.ts'
import type { DeliveryRestrictions, SegmentationDescriptor } from './segmentation.ts'
import { type SegmentKind, segmentationType } from './segmentation-types.ts'
import type { SpliceInsert } from './splice-insert.ts'
import { type ScheduledEvent, scheduledMs } from './splice-schedule.ts'
import type { BreakDuration } from './splice-time.ts'
import { upidsOf, upidText, upidTypeName } from './upid.ts'

/** When something happens. */
export type SpliceInstant =
  /** In ticks of 90 kHz, adjusted, below 2^33. */
  | { readonly kind: 'pts'; readonly pts: number }
  | { readonly kind: 'immediate' }
  /** In milliseconds since 1970. */
  | { readonly kind: 'utc'; readonly utcMs: number }

/** A change of the feed, or the cancellation of one. */
export interface SpliceEvent {
  /** splice_event_id or segmentation_event_id: the two do not share their numbers. */
  readonly id: number
  readonly source: 'insert' | 'schedule' | 'segmentation'
  readonly kind: SegmentKind | 'cancel'
  readonly at: SpliceInstant
  /** In ticks of 90 kHz. */
  readonly duration?: number
  /** The break ends by itself after its duration. */
  readonly autoReturn?: boolean
  /** Of a splice: its programme, and which of how many breaks it is. */
  readonly avail?: { readonly programId: number; readonly num: number; readonly expected: number }
  readonly segmentation?: SegmentationFacts
  readonly upids: readonly { readonly type: number; readonly name: string; readonly text: string }[]
  /** Absent if delivery is not restricted. */
  readonly restrictions?: DeliveryRestrictions
  /** Where single components are meant, not the programme: their tags, and their own times if they have any. */
  readonly components?: readonly { readonly tag: number; readonly at: SpliceInstant }[]
}

/** Of which type a segment is, and which of how many. */
export interface SegmentationFacts {
  readonly typeId: number
  readonly name: string
  readonly boundary?: 'start' | 'end'
  readonly num: number
  readonly expected: number
  readonly subSegments?: { readonly num: number; readonly expected: number }
}

/** The events of a section; none where it is encrypted, or of a protocol version that nobody has defined yet. */
export function eventsOf({ content, ptsAdjustment, protocolVersion }: SpliceInfoSection): SpliceEvent[] {
  if (content.kind === 'encrypted' || protocolVersion !== 0) return []
  const { command, descriptors } = content
  const timeOf: TimeOf = (pts) =>
    pts === undefined ? immediate : { kind: 'pts', pts: (pts + ptsAdjustment) % PTS_WRAP }
  const at = timeOf(ptsOf(command))
  return [
    ...(command.kind === 'insert' ? [insertEvent(command, at, timeOf)] : []),
    ...(command.kind === 'schedule' ? command.events.map(scheduledEvent) : []),
    ...descriptors.filter((one) => one.kind === 'segmentation').map((one) => segmentEvent(one, at)),
  ]
}

type TimeOf = (pts: number | undefined) => SpliceInstant

const PTS_WRAP = 2 ** 33
const immediate: SpliceInstant = { kind: 'immediate' }

/** The time of a command, before adjustment; with components, that of the first that has one. */
function ptsOf(command: ClearContent['command']): number | undefined {
  if (command.kind === 'time-signal') return command.time.pts
  if (command.kind !== 'insert' || !command.splice) return undefined
  const { time, components = [] } = command.splice
  return time?.pts ?? components.find((one) => one.time?.pts !== undefined)?.time?.pts
}

function insertEvent({ eventId, splice }: SpliceInsert, at: SpliceInstant, timeOf: TimeOf): SpliceEvent {
  const event = { id: eventId, source: 'insert', at, upids: [] } as const
  if (!splice) return { ...event, kind: 'cancel' }
  const components = splice.components?.map(({ tag, time }) => ({ tag, at: timeOf(time?.pts) }))
  return { ...event, ...spliceFacts(splice), ...optional('components', components) }
}

function scheduledEvent({ eventId, splice }: ScheduledEvent): SpliceEvent {
  const event = { id: eventId, source: 'schedule', upids: [] } as const
  if (!splice) return { ...event, kind: 'cancel', at: immediate }
  const components = splice.components?.map(({ tag, utcSeconds }) => ({ tag, at: utc(utcSeconds) }))
  const { utcSeconds } = splice
  const at = utcSeconds === undefined ? (components?.[0]?.at ?? immediate) : utc(utcSeconds)
  return { ...event, at, ...spliceFacts(splice), ...optional('components', components) }
}

const utc = (seconds: number): SpliceInstant => ({ kind: 'utc', utcMs: scheduledMs(seconds) })

function spliceFacts(splice: {
  readonly outOfNetwork: boolean
  readonly breakDuration?: BreakDuration
  readonly uniqueProgramId: number
  readonly availNum: number
  readonly availsExpected: number
}): Pick<SpliceEvent, 'kind' | 'duration' | 'autoReturn' | 'avail'> {
  const { outOfNetwork, breakDuration, uniqueProgramId, availNum, availsExpected } = splice
  return {
    kind: outOfNetwork ? 'out' : 'in',
    ...(breakDuration && { duration: breakDuration.duration, autoReturn: breakDuration.autoReturn }),
    avail: { programId: uniqueProgramId, num: availNum, expected: availsExpected },
  }
}

function segmentEvent({ eventId, segment }: SegmentationDescriptor, at: SpliceInstant): SpliceEvent {
  const event = { id: eventId, source: 'segmentation', at } as const
  if (!segment) return { ...event, kind: 'cancel', upids: [] }
  const { typeId, segmentNum: num, segmentsExpected: expected, subSegments, components } = segment
  const { kind, name, boundary } = segmentationType(typeId)
  return {
    ...event,
    kind,
    ...optional('duration', segment.duration),
    segmentation: {
      typeId,
      name,
      ...optional('boundary', boundary),
      num,
      expected,
      ...optional('subSegments', subSegments),
    },
    upids: upidsOf(segment.upid).map((one) => ({
      type: one.type,
      name: upidTypeName(one.type),
      text: upidText(one),
    })),
    ...optional('restrictions', segment.restrictions),
    ...optional(
      'components',
      components?.map(({ tag, ptsOffset }) => ({ tag, at: later(at, ptsOffset) })),
    ),
  }
}

const later = (at: SpliceInstant, ticks: number): SpliceInstant =>
  at.kind === 'pts' ? { kind: 'pts', pts: (at.pts + ticks) % PTS_WRAP } : at
