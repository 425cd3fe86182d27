/** Policies, plans of key periods, and who asked for keys, in the rights table. */

import * as z from 'zod'
import { HeadendError } from '../../errors.ts'
import { batchGet } from '../../platform/aws/batch-get.ts'
import { committed, conditionHeld } from '../../platform/aws/conditional-write.ts'
import { queryRows } from '../../platform/aws/query-rows.ts'
import type { StoredItem, Tables } from '../../platform/aws/signed-tables.ts'
import type { ContentId } from '../../timeline/ids.ts'
import type { PeriodPlan } from '../keys/key-periods.ts'
import { contentPartition } from '../keys/store.ts'
import { clearPolicy, type Policy, storedPolicySchema } from './policy.ts'

/** A policy and whose it is. */
export interface FoundPolicy {
  readonly policy: Policy
  readonly source: 'own' | 'default'
}

/** A plan with what its next writer must know. */
export interface StoredPlan {
  readonly plan: PeriodPlan
  readonly revision: number
}

/** Somebody asked for keys. */
export interface KeyAsk {
  /** `operator`, or what a key server knows its callers by. */
  readonly who: string
  readonly atMs: number
  readonly kids: readonly string[]
  /** Which door: `api`, `speke`. */
  readonly door: string
}

/** An ask and its place among those of its content. */
export interface PlacedAsk extends KeyAsk {
  readonly place: string
}

/** What protection is stored as. */
export interface ProtectionStore {
  /** The content's own policy, else that of its prefix (`vod/`), else none. */
  policy(contentId: ContentId): Promise<FoundPolicy>
  putPolicy(owner: string, policy: Policy): Promise<void>
  deletePolicy(owner: string): Promise<void>
  /** Makes the policy that holds the content's own, where it has none. */
  pinPolicy(contentId: ContentId): Promise<void>
  plan(contentId: ContentId): Promise<StoredPlan | undefined>
  /**
   * Writes a plan over the revision it was made from (0: there was none), and the content's own policy with it where
   * one is given; false, and neither, where another was quicker.
   */
  savePlan(contentId: ContentId, plan: PeriodPlan, over: number, policy?: Policy): Promise<boolean>
  /** Notes who asked; kept for thirteen months. */
  recordRequest(contentId: ContentId, ask: KeyAsk, id: string): Promise<void>
  /** At most `limit` who asked, the latest first, of those before a place in this order; from the last one on without. */
  asks(contentId: ContentId, limit: number, before?: string): Promise<readonly PlacedAsk[]>
}

/** Owner of the policy that contents of a prefix have while they have none of their own. */
export const prefixOwner = (contentId: ContentId): string => `${contentId.split('/', 1)[0]}/*`

const keptAskSeconds = 400 * 86_400

const eraSchema = z.object({
  firstIndex: z.number(),
  fromMs: z.number(),
  rotationSeconds: z.number().optional(),
  through: z.number().optional(),
})
/** A plan as it is stored. */
export const planSchema = z.object({
  plan: z.object({
    clock: z.enum(['media', 'wall']),
    eras: z.tuple([eraSchema], eraSchema),
    madeThrough: z.number(),
  }),
  revision: z.number(),
})
const askSchema = z.object({
  who: z.string(),
  atMs: z.number(),
  kids: z.array(z.string()),
  door: z.string(),
})
const policyItemSchema = z.object({ policy: storedPolicySchema })

/** Key of the policy of a content or a prefix. */
export const policyKey = (owner: string) => ({ pk: contentPartition(owner), sk: 'policy' })

/**
 * The policy among those items; throws POLICY_UNREADABLE where the one that decides is none that is known here, as a
 * later version may have written it: what cannot be read must not look like no protection.
 */
export function policyAmong(contentId: ContentId, items: readonly StoredItem[]): FoundPolicy {
  const of = (owner: string): Policy | undefined => {
    const item = items.find(({ pk, sk }) => pk === contentPartition(owner) && sk === 'policy')
    return item && readPolicy(owner, item)
  }
  const own = of(contentId)
  if (own) return { policy: own, source: 'own' }
  return { policy: of(prefixOwner(contentId)) ?? clearPolicy, source: 'default' }
}

function readPolicy(owner: string, item: StoredItem): Policy {
  const { success, data, error } = policyItemSchema.safeParse(item)
  if (success) return data.policy
  const [issue] = error.issues
  throw new HeadendError(
    'POLICY_UNREADABLE',
    `${owner}: expected a protection policy in the rights table, got ${issue?.path.join('.')}: ${issue?.message}; put it again, or run the version that wrote it`,
    { status: 500 },
  )
}

/** Key of a content's plan. */
export const planKey = (contentId: ContentId) => ({ pk: contentPartition(contentId), sk: 'plan' })

/** The rights table. */
export function protectionStore({
  table: TableName,
  tables,
}: {
  readonly table: string
  readonly tables: Tables
}): ProtectionStore {
  const read = (owner: string) =>
    batchGet(tables, { table: TableName, keys: [policyKey(owner)], isConsistent: true })
  return {
    async policy(contentId) {
      const own = await read(contentId)
      // One row of a prefix is all its contents': it is read for those alone that have none of their own.
      return policyAmong(contentId, own.length > 0 ? own : await read(prefixOwner(contentId)))
    },
    async putPolicy(owner, policy) {
      await tables.put({ TableName, Item: { ...policyKey(owner), policy } })
    },
    async pinPolicy(contentId) {
      const { policy, source } = await this.policy(contentId)
      if (source === 'own') return
      await conditionHeld(
        tables.put({
          TableName,
          Item: { ...policyKey(contentId), policy },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      )
    },
    async deletePolicy(owner) {
      await tables.delete({ TableName, Key: policyKey(owner) })
    },
    async plan(contentId) {
      const item = await tables.get({ TableName, Key: planKey(contentId), ConsistentRead: true })
      return item === undefined ? undefined : planSchema.parse(item)
    },
    savePlan(contentId, plan, over, policy) {
      const Put = {
        TableName,
        Item: { ...planKey(contentId), plan, revision: over + 1 },
        ...(over === 0
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : { ConditionExpression: 'revision = :over', ExpressionAttributeValues: { ':over': over } }),
      }
      if (policy === undefined) return committed(tables.put(Put))
      const own = { TableName, Item: { ...policyKey(contentId), policy } }
      return committed(tables.transactWrite({ TransactItems: [{ Put }, { Put: own }] }))
    },
    async recordRequest(contentId, ask, id) {
      const sk = `asked#${new Date(ask.atMs).toISOString()}#${id}`
      const expiresAt = Math.floor(ask.atMs / 1000) + keptAskSeconds
      await tables.put({ TableName, Item: { pk: contentPartition(contentId), sk, ...ask, expiresAt } })
    },
    async asks(contentId, limit, before) {
      const pk = contentPartition(contentId)
      const rows = await queryRows(
        tables,
        {
          TableName,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :asked)',
          ExpressionAttributeValues: { ':pk': pk, ':asked': 'asked#' },
          ScanIndexForward: false,
          ...(before !== undefined && { ExclusiveStartKey: { pk, sk: before } }),
        },
        limit,
      )
      return rows.map((row) => ({ ...askSchema.parse(row), place: String(row['sk']) }))
    },
  }
}
