/** A clip of a channel: what of its range is shown, as far as it is published. Breaks are kept, left out or replaced. */
import type { ChannelRange } from '../delivery/index.ts'
import type { Marker, Ticks, Track } from '../timeline/timeline.ts'
import type { StoredChannelClip } from './stored.ts'

/** What is shown in the place of a clip: ranges of the channel, and all replacements at once where a break is replaced. */
export type Piece = Range | 'replacements'

interface Range {
  readonly from: Ticks
  readonly to: Ticks
  /** It ends where a break begins, whose first segment is published. */
  readonly endsAtBreak?: true
}

/** The pieces of a clip, and whether there is no more to come. */
export interface Pieces {
  readonly pieces: readonly Piece[]
  readonly isWhole: boolean
}

/** A key frame may lie by so much behind where a break was to begin, which is less than two frames. */
const behindMs = 50
/** Roundings of clocks. */
const roundingMs = 20
/** Nothing has told the end of a break for so long behind where it was announced: it ended there. */
const untoldMs = 10_000

/**
 * The pieces of a clip; `lead`: the track whose segments say where can be cut. What grows without its breaks keeps the
 * last segment back, for a cue may come with the next one, and no playlist may take back what it showed.
 */
export function piecesOf(
  { from, to, breaks }: Pick<StoredChannelClip, 'from' | 'to' | 'breaks'>,
  lead: Pick<Track, 'segments' | 'timescale'>,
  { through, markers }: Pick<ChannelRange, 'through' | 'markers'>,
): Pieces {
  const isWhole = through >= to
  const edges = edgesOf(lead)
  const start = lastNotBehind(edges, from + roundingMs) ?? edges[0] ?? from
  const grown = breaks === 'keep' ? through : (beginOfLast(lead, through) ?? from)
  const stop = isWhole ? (firstNotBefore(edges, to - roundingMs) ?? edges.at(-1) ?? from) : grown
  if (breaks === 'keep') return { pieces: stop > start ? [{ from: start, to: stop }] : [], isWhole }
  const pieces: Piece[] = []
  let at = start
  // Those, too, that share their segment with its first or last picture.
  const before = isWhole ? stop - behindMs : Math.min(to - behindMs, through)
  for (const one of breaksIn({ from: start, before, through, isWhole }, markers)) {
    const end = lastNotBehind(edges, one.from + behindMs) ?? one.from
    if (end > stop) break
    if (end > at) pieces.push({ from: at, to: end, endsAtBreak: true })
    if (breaks === 'replace') pieces.push('replacements')
    if (one.to === undefined) return { pieces, isWhole }
    at = Math.max(at, firstNotBefore(edges, one.to - roundingMs) ?? one.to)
  }
  if (stop > at) pieces.push({ from: at, to: stop })
  return { pieces, isWhole }
}

interface Break {
  readonly from: number
  /** Undefined: it goes on, as far as is known. */
  readonly to: number | undefined
}

interface Within {
  readonly from: number
  /** They began earlier than that. */
  readonly before: number
  readonly through: number
  readonly isWhole: boolean
}

/** Breaks that have begun within a range, in order, those that overlap as one. */
function breaksIn({ from, before, through, isWhole }: Within, markers: readonly Marker[]): readonly Break[] {
  const known: Break[] = []
  for (const { kind, at, duration, planned } of markers) {
    if (kind !== 'break' || at >= before) continue
    const isOver = planned !== undefined && (isWhole || through >= at + planned + untoldMs)
    const end = duration !== undefined ? at + duration : isOver ? at + planned : undefined
    if (end !== undefined && end <= from) continue
    const last = known.at(-1)
    if (!last || (last.to !== undefined && last.to < at)) {
      known.push({ from: at, to: end })
      continue
    }
    const both = last.to === undefined || end === undefined ? undefined : Math.max(last.to, end)
    known[known.length - 1] = { from: last.from, to: both }
  }
  return known
}

/** Milliseconds at which segments begin and end. */
function edgesOf({ segments, timescale }: Pick<Track, 'segments' | 'timescale'>): readonly number[] {
  const edges: number[] = []
  for (const { start, duration } of segments) {
    const begin = (start * 1000) / timescale
    if (edges.at(-1) !== begin) edges.push(begin)
    edges.push(((start + duration) * 1000) / timescale)
  }
  return edges
}

/** When the last of the segments began that end by then. */
function beginOfLast({ segments, timescale }: Pick<Track, 'segments' | 'timescale'>, ms: number) {
  const last = segments.findLast(
    ({ start, duration }) => ((start + duration) * 1000) / timescale <= ms + roundingMs,
  )
  return last && (last.start * 1000) / timescale
}

const lastNotBehind = (edges: readonly number[], ms: number): number | undefined =>
  edges.findLast((edge) => edge <= ms)
const firstNotBefore = (edges: readonly number[], ms: number): number | undefined =>
  edges.find((edge) => edge >= ms)
