/** A content item's policy and plan for licences, cached in a warm function. */

import type { StoredItem } from '../../platform/aws/signed-tables.ts'
import { Cache } from '../../platform/cache.ts'
import type { ContentId } from '../../timeline/ids.ts'
import type { PeriodPlan } from '../keys/key-periods.ts'
import type { Policy } from '../protection/policy.ts'
import { planKey, planSchema, policyAmong, policyKey, prefixOwner } from '../protection/store.ts'

/** Facts that apply to all licences of a content item. */
export interface ContentRights {
  readonly policy: Policy
  /** Absent if only third-party packagers created keys. */
  readonly plan?: PeriodPlan
}

/** Reads them: cached for seconds, or strongly consistent if `isFresh`. */
export type ReadContentRights = (contentId: ContentId, isFresh: boolean) => Promise<ContentRights>

/** Reads rows of the rights table; returns all that exist or throws. */
export type ReadRows = (
  keys: readonly Readonly<Record<string, string>>[],
  isConsistent: boolean,
) => Promise<readonly StoredItem[]>

/** Delay until a changed policy applies to licences, plus the lag of an eventually consistent read. */
const ttlMs = 2000
/** The policy row of a prefix is shared by all its content without a policy of its own. */
const prefixKeptMs = 5000
/** Content items cached in a warm function. */
const maxContents = 1000

/**
 * Cached because a content item is one partition, limited to 3,000 read units a second: reading it for each licence
 * would allow only some hundreds of licences a second per title. If a read fails, no older entry is served.
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
