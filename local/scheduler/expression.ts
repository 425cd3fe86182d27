/** Schedule expressions: `rate(…)`, and `at(…)` for once. */
import { LocalError } from '../errors.ts'

/** When a schedule invokes its target. */
export type Times =
  | { readonly kind: 'rate'; readonly everyMs: number }
  /** Epoch milliseconds. */
  | { readonly kind: 'once'; readonly atMs: number }

const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** Reads an expression; `rate(1 minutes)` and a day that is none are refused as AWS refuses them. */
export function timesOf(id: string, expression: string): Times {
  const [, count = '', unit = '', plural] =
    /^rate\(([1-9]\d{0,5}) (minute|hour|day)(s)?\)$/.exec(expression) ?? []
  const each = unitMs[unit]
  if (each !== undefined && (count === '1') === (plural === undefined))
    return { kind: 'rate', everyMs: Number(count) * each }
  const [, moment = ''] = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(expression) ?? []
  const atMs = Date.parse(`${moment}Z`)
  // A 31st of February parses as a day of March.
  if (Number.isFinite(atMs) && new Date(atMs).toISOString().startsWith(moment)) return { kind: 'once', atMs }
  throw new LocalError(
    'SCHEDULER_SCHEDULE',
    `${id}.ScheduleExpression: expected rate(5 minutes), rate(1 hour) or at(2026-01-31T12:00:00), the kinds known here, got ${expression}`,
  )
}
