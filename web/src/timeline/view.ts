/** Which part of the time is in sight: arithmetic of zooming and panning, all in seconds. */

/** What is in sight, `from` included. */
export interface View {
  readonly from: number
  readonly to: number
}

/** Closer than this there is nothing more to see: a few pictures. */
const minSeconds = 0.2

/** Larger by `factor` (smaller below 1) around a time that stays where it is. */
export function zoomed(
  view: View,
  factor: number,
  around: { readonly at: number; readonly of: number },
): View {
  const span = view.to - view.from
  const least = Math.min(minSeconds, around.of)
  const next = Math.min(around.of, Math.max(least, span / factor))
  const share = span === 0 ? 0 : (around.at - view.from) / span
  return within({ from: around.at - share * next, to: around.at + (1 - share) * next }, around.of)
}

/** Moved by seconds, never beyond the ends. */
export const panned = ({ from, to }: View, seconds: number, durationSeconds: number): View =>
  within({ from: from + seconds, to: to + seconds }, durationSeconds)

/** Moved no more than is needed for a range to be in sight; its start, where it is longer than the view. */
export function showing(view: View, range: View, durationSeconds: number): View {
  const margin = (view.to - view.from) * 0.05
  if (range.from < view.from) return panned(view, range.from - margin - view.from, durationSeconds)
  if (range.to <= view.to) return view
  const most = range.from - margin - view.from
  return panned(view, Math.min(most, range.to + margin - view.to), durationSeconds)
}

function within({ from, to }: View, durationSeconds: number): View {
  const span = Math.min(to - from, durationSeconds)
  const start = Math.min(Math.max(0, from), durationSeconds - span)
  return { from: start, to: start + span }
}

const steps = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400,
]

/** Times to write on an axis that has room for `most` of them. */
export function ticksOf({ from, to }: View, most: number): readonly number[] {
  const step = steps.find((candidate) => (to - from) / candidate <= most) ?? (to - from) / most
  const first = Math.ceil(from / step)
  const count = Math.max(0, Math.floor(to / step) - first + 1)
  return Array.from({ length: count }, (_, i) => (first + i) * step)
}
