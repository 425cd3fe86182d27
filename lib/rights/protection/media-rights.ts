/** What the packager asks of rights: how a content leaves, and its keys, open. */

import { Cache } from '../../platform/cache.ts'
import type { ContentId } from '../../timeline/ids.ts'
import { keysInBand } from '../../timeline/stored-protection.ts'
import { isLicensable, type PeriodPlan, periodStart } from '../keys/key-periods.ts'
import type { ContentKey, KeyOpener } from '../keys/open-key.ts'
import type { EncryptedPolicy } from './policy.ts'
import { isInBand } from './rotation.ts'
import type { ProtectionStore } from './store.ts'

/** What answering takes. */
export interface MediaRightsPorts {
  readonly protection: Pick<ProtectionStore, 'policy' | 'plan'>
  readonly opener: Pick<KeyOpener, 'open'>
  readonly now: () => number
}

/** How protected content may leave. */
export interface MediaRule {
  readonly schemes: EncryptedPolicy['schemes']
  readonly sharing: EncryptedPolicy['keys']
  /** Media seconds of which segments that end by then leave in the clear, too. */
  readonly clearLeadSeconds: number
  /**
   * Where keys change within the media: the period in force at a media second, of those that follow `root`, the first
   * of all of its kind; undefined for any other root, and where keys change in manifests.
   */
  readonly inBand: (root: number, atSeconds: number) => number | undefined
  /** Media seconds a period covers; undefined for one that never was, or is over for longer than start-over reaches. */
  readonly period: (index: number) => { readonly from: number; readonly to: number } | undefined
}

/** What it is asked, and answers. */
export interface MediaRights {
  /** How a content leaves, as it was at most `oldestMs` ago; undefined where it does so in the clear. */
  of(contentId: ContentId, oldestMs?: number): Promise<MediaRule | undefined>
  /** The key of a name; throws KEY_UNKNOWN (404) where none was made. */
  key(name: Parameters<KeyOpener['open']>[0]): Promise<ContentKey>
}

/** A policy that was changed holds everywhere after so long. */
const ttlMs = 10_000
/** Contents a warm function remembers. */
const maxContents = 1000

/** Rules by content, kept for seconds; keys as the opener keeps them. */
export function mediaRights({ protection, opener, now }: MediaRightsPorts): MediaRights {
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
      period: (index) => (stored ? mediaPeriod(stored.plan, index, now()) : undefined),
    }
  }
  return {
    of: (contentId, oldestMs) =>
      rules.get(contentId, async () => ({ value: await read(contentId) }), oldestMs),
    key: (name) => opener.open(name),
  }
}

function mediaPeriod(plan: PeriodPlan, index: number, nowMs: number) {
  if (index > plan.madeThrough || !isLicensable(plan, index, nowMs)) return undefined
  const era = plan.eras.findLast(({ firstIndex }) => firstIndex <= index)
  const from = periodStart(plan, index).fromMs / 1000
  return {
    from,
    to:
      era?.rotationSeconds === undefined || index === era.through
        ? Number.POSITIVE_INFINITY
        : from + era.rotationSeconds,
  }
}

/** An era never changes, so what follows from its first index, a time and where a film ends does not either. */
function periodWithin({ clock, eras }: PeriodPlan, root: number, atSeconds: number): number | undefined {
  const at = eras.findLastIndex(({ firstIndex }) => firstIndex <= root)
  const era = eras[at]
  if (!era || clock !== 'media' || (root - era.firstIndex) % keysInBand !== 0) return undefined
  const { rotationSeconds = Number.POSITIVE_INFINITY, through = Number.POSITIVE_INFINITY } = era
  // At either end of what is named by one key, a segment's middle may lie under another.
  const index = Math.min(Math.max(root, era.firstIndex + Math.floor(atSeconds / rotationSeconds)), through)
  return index < (eras[at + 1]?.firstIndex ?? Number.POSITIVE_INFINITY) ? index : undefined
}
