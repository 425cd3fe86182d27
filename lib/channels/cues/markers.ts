/**
 * What the cues of a channel mean together: breaks, programmes and chapters with their beginnings and ends. Cues come
 * several times, late and from two pipelines; the same cues make the same markers.
 */
import { sha256Hex } from '../../platform/crypto/digest.ts'
import type { Marker } from '../../timeline/timeline.ts'
import { type Cue, type CueEvent, cueTimescale } from './cue.ts'

/** The same event at times closer than this was sent again. */
const againTicks = cueTimescale / 2

interface Open {
  readonly key: string
  readonly source: CueEvent['source']
  readonly kind: Marker['kind']
  readonly at: number
  readonly section: string
  readonly event: CueEvent
  planned?: number
  returnsItself: boolean
  end?: { at: number; section?: string }
}

/** Markers of cues, in order of time, in milliseconds since 1970. */
export function markersOf(cues: readonly Cue[]): readonly Marker[] {
  return read(cues)
    .toSorted((a, b) => a.at - b.at)
    .map(markerOf)
}

/** Times at which segments are to begin, in ticks of 90 kHz since 1970, in order. */
export function boundariesOf(cues: readonly Cue[]): readonly number[] {
  const times = read(cues).flatMap((one) => {
    const stop = endOf(one)
    return stop === undefined ? [one.at] : [one.at, stop]
  })
  return [...new Set(times)].toSorted((a, b) => a - b)
}

/** The event that began the break which runs at a time, in ticks of 90 kHz since 1970; undefined if none does. */
export const runningBreak = (cues: readonly Cue[], at: number): CueEvent | undefined =>
  read(cues).findLast((one) => one.kind === 'break' && one.at <= at && (endOf(one) ?? at + 1) > at)?.event

/** In order of time; of one time, as their numbers say, so that the order they came in does not count. */
function read(cues: readonly Cue[]): Open[] {
  const all: Open[] = []
  const inOrder = cues.toSorted((a, b) => a.at - b.at || (a.section < b.section ? -1 : 1))
  const isCancelled = cancellationsOf(cues)
  for (const cue of inOrder)
    for (const event of cue.events)
      if (event.kind !== 'cancel' && !isCancelled(event, cue)) apply(all, event, cue)
  return all
}

/**
 * Whether an event was cancelled: after it was said, and before it began, for of what has begun there is nothing to
 * cancel (SCTE 35 9.7.3.1, 10.3.3.1). What is said again later counts again. Times of cancellations are when they were
 * said: a time_signal that cancels may carry the time of what it cancels.
 */
function cancellationsOf(cues: readonly Cue[]): (event: CueEvent, cue: Cue) => boolean {
  const said = new Map<string, number[]>()
  for (const { events, saidAt } of cues)
    for (const event of events)
      if (event.kind === 'cancel') said.set(eventOf(event), [...(said.get(eventOf(event)) ?? []), saidAt])
  return (event, cue) => (said.get(eventOf(event)) ?? []).some((at) => cue.saidAt < at && at < cue.at)
}

function apply(all: Open[], event: CueEvent, cue: Cue): void {
  const { at } = cue
  const key = keyOf(event)
  if (event.kind === 'in' || event.segmentation?.boundary === 'end' || event.kind === 'programme-end') {
    end(all, { event, key, at, section: cue.section })
    return
  }
  const known = all.findLast((one) => one.key === key || isSameSplice(one, event, at))
  const isOpen = known && (known.end === undefined || at < known.end.at)
  if (known && (isOpen || Math.abs(at - known.at) < againTicks)) {
    // Sent again, perhaps with another duration: an extension, or less.
    const later = at - known.at < againTicks ? 0 : at - known.at
    if (event.duration !== undefined) known.planned = event.duration + later
    known.returnsItself ||= event.autoReturn ?? false
    return
  }
  // A break that nothing ended ended where it was announced to, or where the next one of its kind begins.
  const before = all.findLast((one) => isSplice(one) && one.end === undefined && endOf(one) === undefined)
  if (before && event.kind === 'out' && event.source !== 'segmentation')
    before.end = { at: Math.min(at, before.at + (before.planned ?? Number.POSITIVE_INFINITY)) }
  all.push({
    key,
    source: event.source,
    kind: markerKind(event),
    at,
    section: cue.section,
    event,
    ...(event.duration !== undefined && { planned: event.duration }),
    returnsItself: event.autoReturn ?? false,
  })
}

/**
 * A way out at the time of one that is known is the same, whatever its number: what playlists say in words has none, and
 * is numbered by its time, which renditions and pipelines may round differently.
 */
const isSameSplice = (one: Open, event: CueEvent, at: number): boolean =>
  isSplice(one) &&
  event.kind === 'out' &&
  event.source !== 'segmentation' &&
  Math.abs(at - one.at) < againTicks

const isSplice = ({ source, kind }: Open): boolean => source !== 'segmentation' && kind === 'break'

interface Ending {
  readonly event: CueEvent
  readonly key: string
  readonly at: number
  readonly section: string
}

/** Ends what its key names; a splice back to the network ends the break that is open, whatever its number. */
function end(all: Open[], { event, key, at, section }: Ending): void {
  const isRunning = (one: Open): boolean => one.at <= at && (one.end === undefined || at < one.end.at)
  const named = all.findLast((one) => one.key === key && one.at <= at)
  const open =
    named ??
    (event.source === 'segmentation' ? undefined : all.findLast((one) => isSplice(one) && isRunning(one)))
  if (!open) {
    const known = all.findLast((one) => one.key === `${key} end`)
    if (known && Math.abs(at - known.at) < againTicks) return
    const { source } = event
    all.push({ key: `${key} end`, source, kind: 'other', at, section, event, returnsItself: false })
    return
  }
  if (open.end?.section !== undefined && Math.abs(at - open.end.at) < againTicks) return
  if (isRunning(open)) open.end = { at, section }
}

/** Where it ends, as far as that is known: said, or by itself. */
function endOf({ at, end: said, planned, returnsItself }: Open): number | undefined {
  const byItself = returnsItself && planned !== undefined ? at + planned : undefined
  if (said && byItself !== undefined) return Math.min(said.at, byItself)
  return said?.at ?? byItself
}

/** A splice that was scheduled is the one that is inserted. */
const eventOf = ({ source, id }: CueEvent): string => `${source === 'schedule' ? 'insert' : source} ${id}`

/** Start and end of a segment share their event's number and the pair of types (SCTE 35 10.3.3.1). */
function keyOf(event: CueEvent): string {
  if (!event.segmentation) return eventOf(event)
  const { typeId, num } = event.segmentation
  return `${eventOf(event)} ${typeId === 0x12 ? 0x10 : typeId - (typeId % 2)} ${num}`
}

function markerKind({ kind }: CueEvent): Marker['kind'] {
  if (kind === 'out') return 'break'
  if (kind === 'programme-start') return 'programme'
  return kind === 'chapter-start' ? 'chapter' : 'other'
}

const toMs = (ticks: number): number => Math.round(ticks / (cueTimescale / 1000))

function markerOf(one: Open): Marker {
  const stop = endOf(one)
  const { key, kind, at, section, planned, end: said } = one
  return {
    id: sha256Hex(Buffer.from(`${key} ${toMs(at)}`)).slice(0, 12),
    at: toMs(at),
    kind,
    scte35: section,
    ...(planned !== undefined && { planned: toMs(planned) }),
    ...(stop !== undefined && { duration: toMs(stop) - toMs(at) }),
    ...(said?.section !== undefined && { endScte35: said.section }),
  }
}
