/**
 * Whether a segment that arrives becomes part of a track, and as what. What is recorded never changes, so the newcomer
 * conforms to its neighbours: it begins where the one before ends and ends where the next one begins.
 */
import type { Segment, Ticks } from '../timeline.ts'
import { absence } from './absence.ts'

/** What may be done with a segment. */
export type Admission =
  /** Record it so; `start` and `duration` may differ from those that came by as much as there is latitude. */
  | { readonly kind: 'new'; readonly segment: Segment }
  /** It is recorded: the same one came before, or the other pipeline's. */
  | { readonly kind: 'known'; readonly segment: Segment }
  /**
   * What comes behind it is published, and nothing before it, or begins anew: it would move the numbers of what players
   * know.
   */
  | { readonly kind: 'late'; readonly neighbour: Segment }
  /** It runs into a neighbour by more than the tolerance. */
  | { readonly kind: 'overlap'; readonly by: Ticks; readonly neighbour: Segment }

/** Segments a track needs before a channel shows anything: at its start they come in any order. */
export const leadIn = 3

/** How far a newcomer may differ from its neighbours. */
export interface Latitude {
  /** Less than a frame: by so much it is moved. */
  readonly tolerance: Ticks
  /** By so much it may last longer to meet them: what its last frame, or that of the one before it, lasts is not known. @default 0 */
  readonly stretch?: Ticks
}

/** Admits a segment among those recorded around it, in order. */
export function admitted(
  recorded: readonly Segment[],
  candidate: Segment,
  { tolerance, stretch = 0 }: Latitude,
): Admission {
  const middle = candidate.start + candidate.duration / 2
  const at = recorded.findIndex(({ start, duration }) => middle < start + duration)
  const next = at < 0 ? undefined : recorded[at]
  if (next && next.start <= middle) return { kind: 'known', segment: next }
  const before = at < 0 ? recorded.at(-1) : recorded[at - 1]
  const isShown = next?.discontinuity || (!before && recorded.length >= leadIn)
  if (next && isShown) return { kind: 'late', neighbour: next }
  const earliest = before ? before.start + before.duration : Number.NEGATIVE_INFINITY
  const latest = next ? next.start : Number.POSITIVE_INFINITY
  const end = candidate.start + candidate.duration
  if (before && earliest - candidate.start > tolerance)
    return { kind: 'overlap', by: earliest - candidate.start, neighbour: before }
  if (next && end - latest > tolerance) return { kind: 'overlap', by: end - latest, neighbour: next }
  const start = candidate.start - earliest <= Math.max(tolerance, stretch) ? earliest : candidate.start
  const left = stretch - Math.max(0, candidate.start - start)
  const stop = latest - end <= Math.max(tolerance, left) ? latest : end
  const discontinuity = !next && absence.endsBehind(recorded)
  return {
    kind: 'new',
    segment: { ...candidate, number: start, start, duration: stop - start, discontinuity },
  }
}
