/** Times of forms, which are of here and whole seconds, and the ranges of a channel a film may be made of. */
import type { ShownChannelTimeline as Timeline } from '../../../../lib/channels/overview/schema.ts'

/** A time as forms have it, `2026-12-03T20:00:00`; empty where it is none. */
export function localTime(iso: string): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return ''
  const day = [String(at.getFullYear()).padStart(4, '0'), two(at.getMonth() + 1), two(at.getDate())]
  return `${day.join('-')}T${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')}`
}

/** The time a form has, for the API; as it was where nobody changed it: a form has neither milliseconds nor zones. */
export function apiTime(local: string, was?: string): string {
  if (was !== undefined && localTime(was) === local) return was
  const at = new Date(local)
  return Number.isNaN(at.getTime()) ? local : at.toISOString()
}

/** A range in words, and its times as forms have them. */
export interface Offer {
  readonly words: string
  readonly from: string
  readonly to: string
}

/** What a film may be made of, the default first; none where nothing has come, or all of it is behind the window. */
export function offersOf(
  { since, through, end, markers }: Timeline,
  { windowSeconds }: { readonly windowSeconds: number },
): readonly Offer[] {
  if (since === undefined || through === undefined) return []
  const first = Math.max(Date.parse(since), Date.parse(end) - windowSeconds * 1000 + fillInMs)
  const last = Date.parse(through)
  if (last - first < 1000) return []
  const all =
    first < last - lastMs
      ? [
          offer('the last ten minutes', last - lastMs, last),
          offer('all there is of the last hour', first, last),
        ]
      : [offer('all there is', first, last)]
  const programmes = markers.flatMap(({ kind, start, end: over = through }) => {
    const [fromMs, toMs] = [Math.max(first, Date.parse(start)), Date.parse(over)]
    return kind === 'programme' && toMs - fromMs >= 1000
      ? offer(`programme of ${localTime(start).slice(-clockLength)}`, fromMs, toMs)
      : []
  })
  return [...all, ...programmes]
}

/** By whole seconds, within what came: films are widened to whole segments. */
const offer = (words: string, fromMs: number, toMs: number): Offer => ({
  words,
  from: localTime(new Date(Math.ceil(fromMs / 1000) * 1000).toISOString()),
  to: localTime(new Date(Math.floor(toMs / 1000) * 1000).toISOString()),
})

const lastMs = 600_000
/** A form takes time: what it offers must not be behind the window by then. */
const fillInMs = 60_000
const clockLength = '20:00:00'.length
const two = (value: number): string => String(value).padStart(2, '0')
