/** Derivations from the output order of AV1 frames (AV1 bitstream specification 5.9.3, 5.9.22, 7.8). */
import { type Av1References, referenceAt } from './references.ts'

/** The frame of the header being read. */
export interface FrameOrder {
  readonly order: number
  /** OrderHintBits, 1 to 8. */
  readonly orderBits: number
}

/** The distance from `b` to `a` in output order; counters wrap around (get_relative_dist). */
function distance(a: number, b: number, orderBits: number): number {
  const half = 2 ** (orderBits - 1)
  const difference = a - b
  return (difference & (half - 1)) - (difference & half)
}

/** True if skip_mode_present is coded: there are two references, on both sides of the frame or one before the other. */
export function allowsSkipMode(
  { order, orderBits }: FrameOrder,
  referenceOrders: readonly number[],
): boolean {
  if (orderBits === 0) return false
  let before: number | undefined
  let hasAfter = false
  for (const one of referenceOrders) {
    const away = distance(one, order, orderBits)
    if (away < 0 && (before === undefined || distance(one, before, orderBits) > 0)) before = one
    else if (away > 0) hasAfter = true
  }
  if (before === undefined) return false
  const nearest = before
  return hasAfter || referenceOrders.some((one) => distance(one, nearest, orderBits) < 0)
}

/** Seven references by rank: last, last2, last3, golden, backward, alternate2, alternate. */
const ranks = 7

/** The slots of all references when the header codes only two of them (set_frame_refs). */
export function inferredPlaces(
  references: Av1References,
  { order, orderBits }: FrameOrder,
  [lastPlace, goldenPlace]: readonly [last: number, golden: number],
): number[] {
  const away = references.map((_, place) => distance(referenceAt(references, place).order, order, orderBits))
  const used = new Set([lastPlace, goldenPlace])
  const places: (number | undefined)[] = [lastPlace, undefined, undefined, goldenPlace]
  const take = (rank: number, isIn: (away: number) => boolean, isBetter: Better): void => {
    if (places[rank] !== undefined) return
    const place = best(away, (at, one) => !used.has(at) && isIn(one), isBetter)
    if (place === undefined) return
    places[rank] = place
    used.add(place)
  }
  take(6, isAfter, latest)
  take(4, isAfter, earliest)
  take(5, isAfter, earliest)
  for (const rank of [1, 2, 4, 5, 6]) take(rank, isBefore, latest)
  const rest = best(away, () => true, earliest) ?? 0
  return Array.from({ length: ranks }, (_, rank) => places[rank] ?? rest)
}

const isAfter = (away: number): boolean => away >= 0
const isBefore = (away: number): boolean => away < 0

type Better = (one: number, than: number) => boolean
/** Among equals, the last slot counts as the latest and the first slot as the earliest. */
const latest: Better = (one, than) => one >= than
const earliest: Better = (one, than) => one < than

function best(
  away: readonly number[],
  isIn: (place: number, away: number) => boolean,
  isBetter: Better,
): number | undefined {
  let found: number | undefined
  for (const [place, one] of away.entries())
    if (isIn(place, one) && (found === undefined || isBetter(one, away[found] ?? 0))) found = place
  return found
}
