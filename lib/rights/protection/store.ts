/** Policies, key period plans and key requests, in the rights table. */

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

/** A policy and whether it is the content's own. */
export interface FoundPolicy {
  readonly policy: Policy
  readonly source: 'own' | 'default'
}

/** A plan with the revision the next writer must pass. */
export interface StoredPlan {
  readonly plan: PeriodPlan
  readonly revision: number
}

/** A recorded request for keys. */
export interface KeyAsk {
  /** `operator`, or the name a key server knows its caller by. */
  readonly who: string
  readonly atMs: number
  readonly kids: readonly string[]
  /** Interface used: `api`, `speke`. */
  readonly door: string
}

/** A key request and its sort position within its content. */
export interface PlacedAsk extends KeyAsk {
  readonly place: string
}

/** Storage of protection. */
export interface ProtectionStore {
  /** The content's own policy, else that of its prefix (`vod/`), else no protection. */
  policy(contentId: ContentId): Promise<FoundPolicy>
  putPolicy(owner: string, policy: Policy): Promise<void>
  deletePolicy(owner: string): Promise<void>
  /** Stores the policy in force as the content's own if it has none. */
  pinPolicy(contentId: ContentId): Promise<void>
  plan(contentId: ContentId): Promise<StoredPlan | undefined>
  /**
   * Saves a plan over the revision it is based on (0: none), together with the content's own policy if given; returns
   * false and writes neither if another writer was faster.
   */
  savePlan(contentId: ContentId, plan: PeriodPlan, over: number, policy?: Policy): Promise<boolean>
  /** Says when key periods of a channel are to be told next; undefined: not again. */
  putDue(contentId: ContentId, dueMs: number | undefined): Promise<void>
  /** Channels whose next key periods are to be told by now. */
  due(nowMs: number): Promise<readonly ContentId[]>
  /** Records a request for keys; kept for thirteen months. */
  recordRequest(contentId: ContentId, ask: KeyAsk, id: string): Promise<void>
  /** At most `limit` key requests, latest first, older than `before`; without it, from the latest. */
  asks(contentId: ContentId, limit: number, before?: string): Promise<readonly PlacedAsk[]>
}

/** Owner of the policy that applies to content of a prefix without a policy of its own. */
export const prefixOwner = (contentId: ContentId): string => `${contentId.split('/', 1)[0]}/*`

/** One partition for all channels whose keys change: a write each an hour. */
const duePartition = 'due'
/** As many channels as a headend may have. */
const maxDue = 1000

const keptAskSeconds = 400 * 86_400

const eraSchema = z.object({
  firstIndex: z.number(),
  fromMs: z.number(),
  rotationSeconds: z.number().optional(),
  through: z.number().optional(),
})
/** A stored plan. */
export const planSchema = z.object({
  plan: z.object({
    clock: z.enum(['media', 'wall']),
    eras: z.tuple([eraSchema], eraSchema),
    madeThrough: z.number(),
    windowSeconds: z.number().optional(),
    told: z
      .object({ from: z.number(), through: z.number(), sharing: z.enum(['shared', 'perType']) })
      .optional(),
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

/** Primary key of the policy of a content item or prefix. */
export const policyKey = (owner: string) => ({ pk: contentPartition(owner), sk: 'policy' })

/**
 * The policy among some items; throws POLICY_UNREADABLE if the one that applies is unknown here, as one written by a
 * later version may be: an unreadable policy must not look like no protection.
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

/** Primary key of a content item's plan. */
export const planKey = (contentId: ContentId) => ({ pk: contentPartition(contentId), sk: 'plan' })

/** A protection store on the rights table. */
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
      // A prefix's row is shared by all its content: it is read only for content without a policy of its own.
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
    async putDue(contentId, dueMs) {
      const Key = { pk: duePartition, sk: contentId }
      if (dueMs === undefined) await tables.delete({ TableName, Key })
      else await tables.put({ TableName, Item: { ...Key, dueMs } })
    },
    async due(nowMs) {
      const rows = await queryRows(
        tables,
        {
          TableName,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk',
          FilterExpression: 'dueMs <= :now',
          ExpressionAttributeValues: { ':pk': duePartition, ':now': nowMs },
        },
        maxDue,
      )
      return rows.map(({ sk }) => String(sk))
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
