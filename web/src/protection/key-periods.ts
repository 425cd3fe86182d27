/** A film's key periods, from what the API says of its keys. */
import type { EncryptedPolicy } from '../../../lib/rights/protection/policy.ts'
import type { KeyOfPeriod } from '../../../lib/rights/protection/schemas.ts'

/** A stretch of the film under one set of keys. */
export interface Band {
  readonly period: number
  readonly fromSeconds: number
  readonly toSeconds: number
}

/** One period and its keys. */
export interface PeriodKeys {
  readonly period: number
  readonly fromSeconds: number
  readonly keys: readonly Pick<KeyOfPeriod, 'label' | 'kid'>[]
  readonly state: 'to come' | 'in force' | 'over, still licensed' | 'over'
}

/**
 * Index of the first period in force; undefined where no key was made yet. A film's periods are all in force at once
 * and its first begins at 0, so it follows from any of them; a retired one has a lower index.
 */
export function firstInForce(
  { rotationSeconds }: EncryptedPolicy,
  keys: readonly KeyOfPeriod[],
): number | undefined {
  const newest = keys.reduce<KeyOfPeriod | undefined>(
    (best, key) => (best === undefined || key.period > best.period ? key : best),
    undefined,
  )
  if (newest === undefined || rotationSeconds === undefined) return newest?.period
  return newest.period - Math.round(newest.fromMs / (rotationSeconds * 1000))
}

/** The periods in force over a film of this length. */
export function bandsOf(
  policy: EncryptedPolicy,
  keys: readonly KeyOfPeriod[],
  durationSeconds: number,
): readonly Band[] {
  const first = firstInForce(policy, keys)
  if (first === undefined) return []
  const seconds = policy.rotationSeconds ?? durationSeconds
  const newest = Math.max(...keys.map(({ period }) => period))
  // The last one lasts to the end, of which pictures or sound alone may be left.
  const count = Math.max(1, Math.min(Math.ceil(durationSeconds / seconds), newest - first + 1))
  return Array.from({ length: count }, (_, i) => ({
    period: first + i,
    fromSeconds: i * seconds,
    toSeconds: i === count - 1 ? durationSeconds : (i + 1) * seconds,
  }))
}

/** The band at a time: the last one for what lies at the end. */
export const bandAt = (bands: readonly Band[], seconds: number): Band | undefined =>
  bands.find(({ toSeconds }) => seconds < toSeconds) ?? bands.at(-1)

/** Keys by their period, the latest first; those of a channel follow one another by the clock, which says `nowMs`. */
export function periodsOf(
  policy: EncryptedPolicy,
  keys: readonly KeyOfPeriod[],
  nowMs?: number,
): readonly PeriodKeys[] {
  const first =
    nowMs === undefined
      ? (firstInForce(policy, keys) ?? 0)
      : Math.max(...keys.flatMap(({ period, fromMs }) => (fromMs <= nowMs ? [period] : [])), 0)
  const byPeriod = Map.groupBy(keys, ({ period }) => period)
  return [...byPeriod]
    .toSorted(([a], [b]) => b - a)
    .map(([period, all]) => ({
      period,
      fromSeconds: (all[0]?.fromMs ?? 0) / 1000,
      keys: all.map(({ label, kid }) => ({ label, kid })),
      state:
        nowMs !== undefined && period > first
          ? 'to come'
          : period >= first
            ? 'in force'
            : all[0]?.licensable
              ? 'over, still licensed'
              : 'over',
    }))
}
