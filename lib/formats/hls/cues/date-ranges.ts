/** Cues of EXT-X-DATERANGE (RFC 8216bis 4.4.5.1): several tags of one ID say one thing. */
import { readDateTime } from '../date-time.ts'
import type { TagCue } from './cue.ts'
import { type LooseList, looseList, secondsOf } from './loose-list.ts'
import { sectionIn } from './section.ts'

/** What its tags have said of a range so far. */
export interface RangeTimes {
  readonly startMs?: number
  readonly endMs?: number
  readonly plannedSeconds?: number
  /** It is a break, whose end has been said or not. */
  readonly isOut?: true
}

/** What a tag gives. */
export interface RangeReading {
  readonly id: string
  readonly times: RangeTimes
  readonly cues: readonly TagCue[]
  readonly reasons: readonly string[]
}

/** Reads a tag, with what the others of its ID said before; undefined if it is no cue's. */
export function readRange(
  value: string,
  knownTimes: (id: string) => RangeTimes | undefined,
): RangeReading | undefined {
  const list = looseList(value)
  const id = list.named.get('ID')
  if (id === undefined) return undefined
  const reasons: string[] = []
  const known = knownTimes(id) ?? {}
  const times = timesOf(list, known, (reason) => void reasons.push(reason))
  const cues = cuesOf(list, id, times)
  // A break that ends by itself has no SCTE35-IN: a later tag of it says how long it was.
  const ends = known.isOut && known.endMs === undefined && times.endMs !== undefined && cues.length === 0
  return { id, times, cues: ends ? [{ kind: 'in', id, atMs: times.endMs ?? 0 }] : cues, reasons }
}

function timesOf({ named }: LooseList, known: RangeTimes, report: (reason: string) => void): RangeTimes {
  const dateOf = (name: string): number | undefined => {
    const text = named.get(name)
    if (text === undefined) return undefined
    const ms = readDateTime(text)
    if (ms === undefined)
      report(`${name}: expected a date and time, got ${JSON.stringify(text.slice(0, 60))}`)
    return ms
  }
  // Of one ID no attribute may change (4.4.5.1), so that the first says it.
  const startMs = known.startMs ?? dateOf('START-DATE')
  const took = secondsOf(named.get('DURATION'))
  const endMs =
    known.endMs ??
    dateOf('END-DATE') ??
    (took === undefined || startMs === undefined ? undefined : startMs + took * 1000)
  const plannedSeconds = known.plannedSeconds ?? secondsOf(named.get('PLANNED-DURATION'))
  return {
    ...(startMs !== undefined && { startMs }),
    ...(endMs !== undefined && { endMs }),
    ...(plannedSeconds !== undefined && { plannedSeconds }),
    ...((known.isOut || named.has('SCTE35-OUT')) && { isOut: true }),
  }
}

function cuesOf({ named }: LooseList, id: string, { startMs, endMs, plannedSeconds }: RangeTimes): TagCue[] {
  const atMs = startMs !== undefined && { atMs: startMs }
  const tookSeconds =
    startMs === undefined || endMs === undefined ? secondsOf(named.get('DURATION')) : (endMs - startMs) / 1000
  const durationSeconds = tookSeconds ?? plannedSeconds
  const lasts = durationSeconds !== undefined && { durationSeconds }
  const ends = tookSeconds !== undefined && ({ isExact: true } as const)
  const [out, back, command] = ['SCTE35-OUT', 'SCTE35-IN', 'SCTE35-CMD'].map((name) => named.get(name))
  const cues: TagCue[] = []
  if (out !== undefined) cues.push({ kind: 'out', id, ...atMs, ...lasts, ...ends, ...sectionIn(out) })
  // Without an end that is said, it stands where the break ends.
  if (back !== undefined)
    cues.push({ kind: 'in', id, ...(endMs !== undefined && { atMs: endMs }), ...sectionIn(back) })
  if (command !== undefined)
    cues.push({ kind: 'section', id, ...atMs, ...lasts, ...ends, ...sectionIn(command) })
  return cues
}
