/**
 * Keeps what manifests tell, once: each is written anew every few seconds with the same tags, by every rendition and
 * pipeline, and what encoders say in words they often say in sections of their segments besides.
 */
import { hourOf } from '../../timeline/live/head.ts'
import { type Cue, type CueEvent, cueTimescale } from '../cues/cue.ts'
import { madeIn, madeOut } from '../cues/made-cue.ts'
import { runningBreak } from '../cues/markers.ts'
import { cueId, cuesOf } from '../cues/read-cue.ts'
import type { FeedPorts, Outcome } from '../ingest/ports.ts'
import type { KeptRef } from '../live/store.ts'
import type { ToldCue } from './told-cue.ts'

/** Durations that differ by less are the same, rounded otherwise. */
const sameTicks = cueTimescale / 2

/** What is told, and how far apart two tellings of the same may be: a segment, for words stand at boundaries. */
export interface Told {
  /** In the order they stand in. */
  readonly cues: readonly ToldCue[]
  /** When the manifest was written, in ticks of a cue's clock. */
  readonly saidAt: number
  readonly toleranceSeconds: number
}

/** Keeps what is new; says what that was. */
export async function keepCues(
  { live }: Pick<FeedPorts, 'live'>,
  ref: KeptRef,
  { cues, saidAt, toleranceSeconds }: Told,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  const hours = new Map<number, readonly Cue[]>()
  // Breaks of one segment each may follow one another.
  const tolerance = (toleranceSeconds - 0.1) * cueTimescale
  // Of what a manifest says, each is said a tick behind the one before.
  const said = cues.map((cue, i) => ({ ...cue, saidAt: saidAt + i }))
  for (const one of said.toSorted((a, b) => a.at - b.at)) {
    // A break may have begun in the hour before, and what is near may lie in the one behind.
    const [from, to] = [hourOf(one.at / cueTimescale) - 1, hourOf((one.at + tolerance) / cueTimescale)]
    const known: Cue[] = []
    for (let hour = from; hour <= to; hour++) {
      const stored = hours.get(hour) ?? (await live.cues(ref, hour, hour))
      hours.set(hour, stored)
      known.push(...stored)
    }
    for (const cue of newCues(one, known, tolerance)) {
      const isNew = await live.putCue(ref, cueId(cue), cue)
      outcomes.push({ kind: 'cue', atSeconds: cue.at / cueTimescale, isNew })
      const stored = hours.get(hourOf(cue.at / cueTimescale))
      if (stored) hours.set(hourOf(cue.at / cueTimescale), [...stored, cue])
    }
  }
  return outcomes
}

interface SaidCue extends ToldCue {
  readonly saidAt: number
}

/** The cues to keep; none if nothing in it is new. */
function newCues(told: SaidCue, known: readonly Cue[], tolerance: number): readonly Cue[] {
  const { kind, at, saidAt, duration, returnsItself, section } = told
  const near = known.filter((cue) => Math.abs(cue.at - at) <= tolerance)
  // Where it began is counted back, so that it is not as exact as what is known.
  if (kind === 'running' && (near.some((cue) => says(cue, 'out')) || runningBreak(known, at + tolerance)))
    return []
  if (section) return newSection(told, section, near)
  switch (kind) {
    case 'out': {
      const same = near.find((cue) => says(cue, 'out'))
      return same ? prolonged(same, told) : [madeOut({ at, saidAt, duration, returnsItself })]
    }
    case 'running':
      return [madeOut({ at, saidAt, duration, returnsItself })]
    case 'in': {
      if (near.some((cue) => says(cue, 'in'))) return []
      const running = runningBreak(known, at)
      return running ? [madeIn(told, running)] : []
    }
    case 'section':
      return []
  }
}

const says = ({ events }: Cue, kind: CueEvent['kind']): boolean => events.some((event) => event.kind === kind)

/** Words may be taken back by others: the duration of what they said changes, not its place. */
function prolonged(known: Cue, { saidAt, duration, returnsItself }: SaidCue): readonly Cue[] {
  const [event] = known.events
  if (!event || duration === undefined || Math.abs((event.duration ?? 0) - duration) < sameTicks) return []
  const { id, duration: before, autoReturn = false } = event
  const again = madeOut({ ...known, id, duration: before, returnsItself: autoReturn })
  // What a section said goes before words.
  if (again.section !== known.section) return []
  // A tick behind, so that it counts as the later of the two wherever they are read.
  return [madeOut({ at: known.at + 1, saidAt, id, duration, returnsItself })]
}

function newSection(
  { at, saidAt, duration, returnsItself }: SaidCue,
  section: Uint8Array,
  near: readonly Cue[],
): readonly Cue[] {
  return cuesOf(section, at, saidAt)
    .map((cue) => ({ ...cue, events: cue.events.map((event) => lasting(event, duration, returnsItself)) }))
    .filter(
      ({ events }) =>
        !near.some(
          (one) =>
            one.events.length === events.length && one.events.every((event, k) => isSame(event, events[k])),
        ),
    )
}

/** What is said beside a section counts where the section says nothing, or where it says how long it was. */
function lasting(event: CueEvent, duration: number | undefined, returnsItself: boolean): CueEvent {
  if (event.kind !== 'out' || duration === undefined) return event
  if (event.duration !== undefined && !returnsItself) return event
  return { ...event, duration, ...(returnsItself && { autoReturn: true }) }
}

const isSame = (one: CueEvent, other: CueEvent | undefined): boolean =>
  other !== undefined &&
  one.id === other.id &&
  one.source === other.source &&
  one.kind === other.kind &&
  one.segmentation?.typeId === other.segmentation?.typeId &&
  one.segmentation?.num === other.segmentation?.num &&
  Math.abs((one.duration ?? 0) - (other.duration ?? one.duration ?? 0)) < sameTicks
