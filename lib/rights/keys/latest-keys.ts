/** Pages of a content item's keys, latest period first. */

import * as z from 'zod'
import type { ContentId } from '../../timeline/ids.ts'
import { periodAt } from '../../timeline/key-periods.ts'
import type { PeriodPlan } from './key-periods.ts'
import { type KeyStore, keyPlace, type PlacedKey } from './store.ts'

/** End of a page: the place of its last key. */
export interface KeyPlace {
  readonly label: string
  readonly period: number
  readonly place: string
}

/** A page request: at most `limit` keys after the previous page. */
export interface KeyQuery {
  readonly contentId: ContentId
  /** Order of the keys within one period. */
  readonly labels: readonly string[]
  readonly after: KeyPlace
  readonly limit: number
}

/** The keys of all labels, merged. */
export async function latestKeys(
  keyStore: Pick<KeyStore, 'latest'>,
  { contentId, labels, after, limit }: KeyQuery,
): Promise<readonly PlacedKey[]> {
  const turn = labels.indexOf(after.label)
  const found = await Promise.all(
    labels.map((label, i) => {
      // In the period of `after`, labels before its label were already returned; labels behind it were not.
      const before =
        i === turn ? after.place : keyPlace({ label, period: i < turn ? after.period : after.period + 1 })
      return keyStore.latest({ contentId, label }, before, limit)
    }),
  )
  // The sort is stable: within a period the label order and the order of each label's keys are kept.
  return found
    .flat()
    .toSorted((a, b) => b.period - a.period)
    .slice(0, limit)
}

/** How many of the periods to come are listed: as many as a licence has. */
const listedAhead = 5

/** The place after every key that is listed: of live content they exist an hour ahead and more. */
export function lastPlace(plan: PeriodPlan, nowMs: number): KeyPlace {
  const { clock, madeThrough } = plan
  const newest = clock === 'wall' ? periodAt(plan, nowMs).index + listedAhead : madeThrough
  return { label: '', period: Math.max(0, Math.min(newest, madeThrough)), place: '' }
}

const keyPlaceSchema = z.object({
  place: z.string().regex(/^key#[A-Z0-9_+]{1,64}#\d{10}(?:#[0-9a-f]{32})?$/),
})

/** Parses the place in a page token; undefined if invalid. */
export function readKeyPlace(value: unknown): KeyPlace | undefined {
  const place = keyPlaceSchema.safeParse(value).data?.place
  const [, label, period] = place?.split('#') ?? []
  return place === undefined || label === undefined ? undefined : { label, period: Number(period), place }
}
