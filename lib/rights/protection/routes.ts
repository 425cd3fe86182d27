/** `/v1/assets/{id}/protection` and the defaults of prefixes: how content is protected, its keys, an end to them. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { keyLabels } from '../../timeline/key-label.ts'
import { isLicensable, type PeriodPlan, periodStart } from '../keys/key-periods.ts'
import type { PublicKey } from '../keys/made-period.ts'
import type { KeyShelf } from '../keys/store.ts'
import { answer, operator, refusals } from '../openapi.ts'
import { type Change, encrypted, forgotten, policyOf, retired } from '../publication/changes.ts'
import { type EncryptedPolicy, policySchema } from './policy.ts'
import { type ProtectionRoom, planOf } from './protect.ts'
import { askSchema, keySchema, periodSchema, protectionSchema, retirementSchema } from './schemas.ts'

/** What the routes work with. */
export interface ProtectionParts extends ProtectionRoom {
  /** Changes how a content is protected and makes it known. */
  readonly publish: <Result>(contentId: string, change: Change<Result>) => Promise<Result>
  readonly vault: KeyShelf
}

const id = z.string().regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,128}$/, 'expected 1 to 128 of A-Z a-z 0-9 . _ -')
const params = z.object({ id })
const prefix = z.object({ prefix: z.enum(['vod', 'live']) })

const path = '/v1/assets/{id}/protection'
const read = createRoute({
  method: 'get',
  path,
  summary: 'How an asset is protected',
  security: operator,
  request: { params },
  responses: { 200: answer(protectionSchema, 'its policy'), ...refusals },
})

const write = createRoute({
  method: 'put',
  path,
  summary: 'Protect an asset, or say that it is not; it need not be uploaded yet',
  security: operator,
  request: { params, body: { ...answer(policySchema, 'the policy'), required: true } },
  responses: { 200: answer(protectionSchema, 'its policy'), ...refusals },
})

const forget = createRoute({
  method: 'delete',
  path,
  summary: "Forget an asset's own policy; its prefix's holds then",
  security: operator,
  request: { params },
  responses: { 204: { description: 'forgotten' }, ...refusals },
})

const retire = createRoute({
  method: 'post',
  path: `${path}/retire`,
  summary: 'End the current key period now, because its keys got out or are to change',
  security: operator,
  request: {
    params,
    body: { ...answer(retirementSchema, 'which period'), required: false },
  },
  responses: { 200: answer(periodSchema, 'the period in force'), ...refusals },
})

const keys = createRoute({
  method: 'get',
  path: `${path}/keys`,
  summary: 'Key periods and their kids, the latest first; never a key',
  security: operator,
  request: { params, query: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) }) },
  responses: { 200: answer(z.object({ keys: z.array(keySchema) }), 'kids by period and label'), ...refusals },
})

const asks = createRoute({
  method: 'get',
  path: `${path}/asks`,
  summary: 'Who asked for its keys, the latest first',
  security: operator,
  request: { params, query: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) }) },
  responses: { 200: answer(z.object({ asks: z.array(askSchema) }), 'who, when, which kids'), ...refusals },
})

const defaults = {
  read: createRoute({
    method: 'get',
    path: '/v1/protection/{prefix}',
    summary: 'How what has no policy of its own is protected',
    security: operator,
    request: { params: prefix },
    responses: { 200: answer(policySchema, 'the policy'), ...refusals },
  }),
  write: createRoute({
    method: 'put',
    path: '/v1/protection/{prefix}',
    summary: 'Protect whatever has no policy of its own',
    security: operator,
    request: { params: prefix, body: { ...answer(policySchema, 'the policy'), required: true } },
    responses: { 200: answer(policySchema, 'the policy'), ...refusals },
  }),
}

const contentOf = (assetId: string): string => `vod/${assetId}`

/** Puts the routes into the operator's API. */
export function addProtectionRoutes(app: OpenAPIHono, room: ProtectionParts): void {
  const shown = async (contentId: string) => ({ contentId, ...(await room.protection.policy(contentId)) })

  app.openapi(read, async (context) =>
    context.json(await shown(contentOf(context.req.valid('param').id)), 200),
  )
  app.openapi(write, async (context) => {
    const contentId = contentOf(context.req.valid('param').id)
    const policy = context.req.valid('json')
    await room.publish(contentId, policyOf(policy))
    return context.json(await shown(contentId), 200)
  })
  app.openapi(forget, async (context) => {
    const contentId = contentOf(context.req.valid('param').id)
    await room.publish(contentId, forgotten)
    return context.body(null, 204)
  })
  app.openapi(retire, async (context) => {
    const contentId = contentOf(context.req.valid('param').id)
    const { index, fromMs } = await room.publish(contentId, retired(context.req.valid('json').period))
    return context.json({ period: index, fromMs }, 200)
  })
  app.openapi(keys, async (context) => {
    const contentId = contentOf(context.req.valid('param').id)
    const policy = encrypted(contentId, (await room.protection.policy(contentId)).policy)
    const plan = await planOf(room, contentId, policy)
    const made = await latestKeys(room, contentId, {
      policy,
      plan,
      limit: context.req.valid('query').limit,
    })
    return context.json({ keys: made.map((key) => keyOfPeriod(key, plan, room.now())) }, 200)
  })
  app.openapi(asks, async (context) => {
    const contentId = contentOf(context.req.valid('param').id)
    const found = await room.protection.asks(contentId, context.req.valid('query').limit)
    return context.json(
      { asks: found.map(({ atMs, ...ask }) => ({ at: new Date(atMs).toISOString(), ...ask })) },
      200,
    )
  })
  app.openapi(defaults.read, async (context) => {
    const { policy } = await room.protection.policy(`${context.req.valid('param').prefix}/*`)
    return context.json(policy, 200)
  })
  app.openapi(defaults.write, async (context) => {
    const policy = context.req.valid('json')
    await room.protection.putPolicy(`${context.req.valid('param').prefix}/*`, policy)
    return context.json(policy, 200)
  })
}

async function latestKeys(
  { vault }: ProtectionParts,
  contentId: string,
  {
    policy,
    plan,
    limit,
  }: { readonly policy: EncryptedPolicy; readonly plan: PeriodPlan; readonly limit: number },
): Promise<PublicKey[]> {
  const labels = keyLabels(policy.keys)
  const from = Math.max(0, plan.madeThrough + 1 - Math.ceil(limit / labels.length))
  const found = await Promise.all(
    labels.map((label) => vault.range({ contentId, label }, from, Math.max(0, plan.madeThrough))),
  )
  return found
    .flat()
    .toSorted((a, b) => b.period - a.period)
    .slice(0, limit)
}

const keyOfPeriod = ({ period, label, kid }: PublicKey, plan: PeriodPlan, nowMs: number) => ({
  period,
  fromMs: periodStart(plan, period).fromMs,
  label,
  kid,
  licensable: isLicensable(plan, period, nowMs),
})
