/** Keys of a content page by page, the latest period first. */

import * as z from 'zod'
import type { ContentId } from '../../timeline/ids.ts'
import type { PeriodPlan } from './key-periods.ts'
import { type KeyStore, keyPlace, type PlacedKey } from './store.ts'

/** Where a page ended: the place of its last key. */
export interface KeyPlace {
  readonly label: string
  readonly period: number
  readonly place: string
}

/** What is asked for: at most `limit` keys behind those of the page before. */
export interface KeyQuery {
  readonly contentId: ContentId
  /** Keys of one period come in this order. */
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
      // Of its period, labels in front of its own were given, and those behind it were not.
      const before =
        i === turn ? after.place : keyPlace({ label, period: i < turn ? after.period : after.period + 1 })
      return keyStore.latest({ contentId, label }, before, limit)
    }),
  )
  // The sort is stable: within a period the labels keep their order, and a label's keys theirs.
  return found
    .flat()
    .toSorted((a, b) => b.period - a.period)
    .slice(0, limit)
}

/** The place behind every key that was made. */
export const lastPlace = ({ madeThrough }: PeriodPlan): KeyPlace => ({
  label: '',
  period: Math.max(0, madeThrough),
  place: '',
})

const keyPlaceSchema = z.object({
  place: z.string().regex(/^key#[A-Z0-9_+]{1,64}#\d{10}(?:#[0-9a-f]{32})?$/),
})

/** The place in a page's key; undefined where it is none. */
export function readKeyPlace(value: unknown): KeyPlace | undefined {
  const place = keyPlaceSchema.safeParse(value).data?.place
  const [, label, period] = place?.split('#') ?? []
  return place === undefined || label === undefined ? undefined : { label, period: Number(period), place }
}
