/** A content's policy and plan as licences go by them: read once for all that a warm function gives meanwhile. */

import type { StoredItem } from '../../platform/aws/signed-tables.ts'
import { Cache } from '../../platform/cache.ts'
import type { ContentId } from '../../timeline/ids.ts'
import type { PeriodPlan } from '../keys/key-periods.ts'
import type { Policy } from '../protection/policy.ts'
import { planKey, planSchema, policyAmong, policyKey, prefixOwner } from '../protection/store.ts'

/** What decides about all licences of a content alike. */
export interface ContentRights {
  readonly policy: Policy
  /** Absent where only outsiders made keys. */
  readonly plan?: PeriodPlan
}

/** Reads them: kept for seconds, or, where `isFresh`, as every write before has left them. */
export type ReadContentRights = (contentId: ContentId, isFresh: boolean) => Promise<ContentRights>

/** Rows of the rights table: all that are there, or it throws. */
export type ReadRows = (
  keys: readonly Readonly<Record<string, string>>[],
  isConsistent: boolean,
) => Promise<readonly StoredItem[]>

/** A policy that was changed holds for licences after so long, and the moment an eventual read is behind. */
const ttlMs = 2000
/** Of a prefix one row is asked for by all its contents that have no policy of their own. */
const prefixKeptMs = 5000
/** Contents a warm function remembers. */
const maxContents = 1000

/**
 * All of a content is one partition, which gives 3,000 units a second: read for each licence it would bear some
 * hundreds a second of one title. What cannot be read is not given from what was kept longer.
 */
export function cachedRights(rows: ReadRows, now: () => number): ReadContentRights {
  const contents = new Cache<ContentRights>({ maxWeight: maxContents, maxAgeMs: ttlMs, now })
  const prefixes = new Cache<readonly StoredItem[]>({ maxWeight: maxContents, maxAgeMs: prefixKeptMs, now })

  const prefixRows = async (owner: string, isFresh: boolean): Promise<readonly StoredItem[]> => {
    if (isFresh) return rows([policyKey(owner)], true)
    return prefixes.get(owner, async () => ({ value: await rows([policyKey(owner)], false) }))
  }

  const read = async (contentId: ContentId, isFresh: boolean): Promise<ContentRights> => {
    const own = await rows([policyKey(contentId), planKey(contentId)], isFresh)
    const hasOwn = own.some(({ sk }) => sk === 'policy')
    const common = hasOwn ? [] : await prefixRows(prefixOwner(contentId), isFresh)
    const plan = own.find(({ sk }) => sk === 'plan')
    return {
      policy: policyAmong(contentId, [...own, ...common]).policy,
      ...(plan && { plan: planSchema.parse(plan).plan }),
    }
  }

  return async (contentId, isFresh) => {
    if (isFresh) return read(contentId, true)
    return contents.get(contentId, async () => ({ value: await read(contentId, false) }))
  }
}
