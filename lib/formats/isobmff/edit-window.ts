/** The mapping of a track's media to presentation time by its edit list (ISO/IEC 14496-12 8.6.6). */
import { HeadendError } from '../../errors.ts'
import type { Edit } from './elst.ts'
import type { Repair } from './repair.ts'

/** Presentation time = media time - `mediaStart` + `shift`, all in the track's timescale. */
export interface EditWindow {
  /** Total length of the leading empty edits. */
  readonly shift: number
  /** Media time of the first frame presented. */
  readonly mediaStart: number
  /** Media time at which presentation ends; if absent, at the end of the media. */
  readonly mediaEnd?: number
  /** The tolerance of `mediaEnd`, which is rounded to the movie's timescale. */
  readonly roundingTicks: number
}

const normalRate = 0x10000

/**
 * Resolves leading empty edits and one run of media; anything else is an error with its reason. An edit that holds a
 * frame before or after the run is treated as empty, and a repair is added to `repairs`.
 */
export function resolveEdits(
  edits: readonly Edit[],
  {
    movieTimescale,
    timescale,
    repairs = [],
  }: { readonly movieTimescale: number; readonly timescale: number; readonly repairs?: Repair[] },
): EditWindow {
  const ticks = (duration: number): number => rescale(duration, movieTimescale, timescale)
  const firstMedia = edits.findIndex((edit) => edit.mediaTime !== -1 && edit.rate !== 0)
  const roundingTicks = ticks(1)
  if (edits.length === 0) return { shift: 0, mediaStart: 0, roundingTicks }
  const first = edits[firstMedia]
  if (!first && edits.some(isHeld)) throw rateOf(0)
  if (!first)
    throw new HeadendError('MP4_EDIT_EMPTY', 'elst: expected an edit that shows media, got only empty ones')
  const shift = ticks(edits.slice(0, firstMedia).reduce((sum, edit) => sum + edit.duration, 0))
  let end = first.mediaTime
  let open = false
  let paused = false
  for (const edit of edits.slice(firstMedia)) {
    if (edit.mediaTime === -1 || edit.rate === 0) {
      paused = true
      continue
    }
    if (edit.rate !== normalRate) throw rateOf(edit.rate)
    // Durations are rounded to the movie's ticks: runs within one tick of each other are one run.
    if (edit.mediaTime < 0 || open || paused || Math.abs(edit.mediaTime - end) > roundingTicks + 1)
      throw new HeadendError(
        'MP4_EDITS_SEVERAL',
        `elst: expected one run of media, got another at ${edit.mediaTime}; flatten the film`,
      )
    end = edit.mediaTime + ticks(edit.duration)
    // Duration 0 means all of the media.
    open = edit.duration === 0
  }
  const held = edits.filter(isHeld)
  if (held.length > 0)
    repairs.push(holds(held.reduce((sum, { duration }) => sum + duration, 0) / movieTimescale))
  return { shift, mediaStart: first.mediaTime, roundingTicks, ...(!open && { mediaEnd: end }) }
}

const isHeld = ({ mediaTime, rate }: Edit): boolean => mediaTime !== -1 && rate === 0

const rateOf = (rate: number): HeadendError =>
  new HeadendError('MP4_EDIT_RATE', `elst: expected rate 1, got ${rate / normalRate}; flatten the film`)

const holds = (seconds: number): Repair => ({
  code: 'MP4_EDIT_HOLDS',
  reason: `elst: expected rate 1, got a picture held for ${seconds.toFixed(3)} s in front of the film or behind it; nothing is shown for so long`,
})

/** Converts `value` between timescales, to the nearest tick, exact for any size. */
function rescale(value: number, from: number, to: number): number {
  if (from === to) return value
  const product = value * to
  if (Number.isSafeInteger(product) && product >= 0) return Math.round(product / from)
  const [numerator, denominator] = [BigInt(value) * BigInt(to) * 2n + BigInt(from), BigInt(from) * 2n]
  return Number(numerator / denominator)
}
