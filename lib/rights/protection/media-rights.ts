/** Rights for the packager: how content is delivered, and its decrypted keys. */

import { Cache } from '../../platform/cache.ts'
import type { ContentId } from '../../timeline/ids.ts'
import { periodEndMs, periodStart } from '../../timeline/key-periods.ts'
import { keysInBand } from '../../timeline/stored-protection.ts'
import type { KeyHoldStore } from '../holds/store.ts'
import { isLicensable, type PeriodPlan, timeOf } from '../keys/key-periods.ts'
import type { ContentKey, KeyOpener } from '../keys/open-key.ts'
import type { EncryptedPolicy } from './policy.ts'
import { isInBand } from './rotation.ts'
import type { ProtectionStore } from './store.ts'

/** Dependencies of the packager's rights. */
export interface MediaRightsPorts {
  readonly protection: Pick<ProtectionStore, 'policy' | 'plan'>
  readonly opener: Pick<KeyOpener, 'open'>
  readonly holds: Pick<KeyHoldStore, 'isHeld'>
  readonly now: () => number
}

/** Delivery rule of protected content. */
export interface MediaRule {
  readonly schemes: EncryptedPolicy['schemes']
  readonly sharing: EncryptedPolicy['keys']
  /** Media seconds: segments that end by then are delivered in the clear as well. */
  readonly clearLeadSeconds: number
  /**
   * With in-band key rotation: the period in force at a media second, in the group of periods that begins with `root`,
   * the first of its group; undefined for any other root, and when keys change in manifests.
   */
  readonly inBand: (root: number, atSeconds: number) => number | undefined
  /**
   * Media seconds a period covers; undefined for one that never existed, or that ended longer ago than the start-over
   * window.
   */
  readonly period: (index: number) => { readonly from: number; readonly to: number } | undefined
  /** The same of one that ended longer ago, if something of it is held. */
  readonly held: (index: number) => Promise<{ readonly from: number; readonly to: number } | undefined>
}

/** Rights queries of the packager. */
export interface MediaRights {
  /** The delivery rule of a content item, at most `oldestMs` old; undefined if it is delivered in the clear. */
  of(contentId: ContentId, oldestMs?: number): Promise<MediaRule | undefined>
  /** The key of a name; throws KEY_UNKNOWN (404) if it does not exist. */
  key(name: Parameters<KeyOpener['open']>[0]): Promise<ContentKey>
}

/** Delay until a changed policy applies everywhere. */
const ttlMs = 10_000
/** Content items cached in a warm function. */
const maxContents = 1000
/** Periods of what is held. */
const maxPeriods = 10_000

/** Rules by content, cached for seconds; keys as cached by the opener. */
export function mediaRights({ protection, opener, holds, now }: MediaRightsPorts): MediaRights {
  const held = new Cache<boolean>({ maxWeight: maxPeriods, maxAgeMs: ttlMs, now })
  const rules = new Cache<MediaRule | undefined>({ maxWeight: maxContents, maxAgeMs: ttlMs, now })
  const read = async (contentId: ContentId): Promise<MediaRule | undefined> => {
    const { policy } = await protection.policy(contentId)
    if (policy.mode === 'none') return undefined
    const stored = await protection.plan(contentId)
    const changesInBand = isInBand(policy)
    return {
      schemes: policy.schemes,
      sharing: policy.keys,
      clearLeadSeconds: policy.clearLeadSeconds ?? 0,
      inBand: (root, atSeconds) =>
        stored && changesInBand ? periodWithin(stored.plan, root, atSeconds) : undefined,
      period: (index) =>
        stored && isLicensable(stored.plan, index, now()) ? mediaPeriod(stored.plan, index) : undefined,
      async held(index) {
        const found = stored?.plan.clock === 'wall' ? mediaPeriod(stored.plan, index) : undefined
        if (!stored || !found) return undefined
        const name = `${contentId} ${index}`
        const isHeld = await held.get(name, async () => ({
          value: await holds.isHeld(contentId, timeOf(stored.plan, index), now()),
        }))
        return isHeld ? found : undefined
      },
    }
  }
  return {
    of: (contentId, oldestMs) =>
      rules.get(contentId, async () => ({ value: await read(contentId) }), oldestMs),
    key: (name) => opener.open(name),
  }
}

/** Undefined for a period that never existed. */
function mediaPeriod(plan: PeriodPlan, index: number) {
  if (index > plan.madeThrough) return undefined
  const era = plan.eras.findLast(({ firstIndex }) => firstIndex <= index)
  const from = periodStart(plan, index).fromMs / 1000
  if (plan.clock === 'wall')
    return {
      // What was there before its protection has the first keys.
      from: index === plan.eras[0].firstIndex ? Number.NEGATIVE_INFINITY : from,
      // A key that was retired opens nothing that came after.
      to: (periodEndMs(plan, index) ?? Number.POSITIVE_INFINITY) / 1000,
    }
  return {
    from,
    to:
      era?.rotationSeconds === undefined || index === era.through
        ? Number.POSITIVE_INFINITY
        : from + era.rotationSeconds,
  }
}

/** An era never changes, so neither does the result for its first index, a time and the end of the asset. */
function periodWithin({ clock, eras }: PeriodPlan, root: number, atSeconds: number): number | undefined {
  const at = eras.findLastIndex(({ firstIndex }) => firstIndex <= root)
  const era = eras[at]
  if (!era || clock !== 'media' || (root - era.firstIndex) % keysInBand !== 0) return undefined
  const { rotationSeconds = Number.POSITIVE_INFINITY, through = Number.POSITIVE_INFINITY } = era
  // At either end of a key group, the middle of a segment may belong to a neighbouring period.
  const index = Math.min(Math.max(root, era.firstIndex + Math.floor(atSeconds / rotationSeconds)), through)
  return index < (eras[at + 1]?.firstIndex ?? Number.POSITIVE_INFINITY) ? index : undefined
}
