/** `/v1/assets/{id}/protection`, the same of channels, and prefix defaults: policy, keys, key requests and key retirement. */

import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { HeadendError } from '../../errors.ts'
import { maxNextLength, parseNext, printNext } from '../../platform/http/page-key.ts'
import { conflict, json, operator, refusals } from '../../platform/operator/operator-api.ts'
import type { ContentId } from '../../timeline/ids.ts'
import { idForm, idWanted } from '../../timeline/ids.ts'
import { keyLabels } from '../../timeline/key-label.ts'
import { periodStart } from '../../timeline/key-periods.ts'
import { isLicensable, type PeriodPlan } from '../keys/key-periods.ts'
import { lastPlace, latestKeys, readKeyPlace } from '../keys/latest-keys.ts'
import type { PublicKey } from '../keys/made-period.ts'
import type { KeyStore } from '../keys/store.ts'
import { type Change, encrypted, forgotten, policyOf, retired } from '../publication/changes.ts'
import type { ProtectionPorts } from './plans.ts'
import { type Policy, policySchema, unfitForChannels } from './policy.ts'
import { planOf } from './protect.ts'
import { askPageSchema, keyPageSchema, periodSchema, protectionSchema, retirementSchema } from './schemas.ts'
import type { KeyAsk } from './store.ts'

/** Dependencies of the routes. */
export interface ProtectionRoutePorts extends ProtectionPorts {
  /** Changes a content item's protection and publishes it. */
  readonly publish: <Result>(contentId: ContentId, change: Change<Result>) => Promise<Result>
  readonly keyStore: KeyStore
}

const prefix = z.object({
  prefix: z.enum(['vod', 'live']).openapi({ description: 'films or channels' }),
})

const paged = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100).openapi({ description: 'how many a page' }),
  next: z.string().max(maxNextLength).optional().openapi({ description: '`next` of the page before' }),
})

/** Whose protection routes are of. */
interface Owners {
  readonly what: 'asset' | 'channel'
  /** As in ids of operations. */
  readonly name: 'Asset' | 'Channel'
  readonly prefix: 'vod' | 'live'
}

const owners: readonly Owners[] = [
  { what: 'asset', name: 'Asset', prefix: 'vod' },
  { what: 'channel', name: 'Channel', prefix: 'live' },
]

function routesOf({ what, name, prefix: defaultOf }: Owners) {
  const id = z
    .string()
    .regex(idForm, idWanted)
    .openapi({ description: `of the ${what}`, example: what === 'asset' ? 'big-buck-bunny' : 'news' })
  const params = z.object({ id })
  const path = `/v1/${what}s/{id}/protection` as const
  const an = what === 'asset' ? 'an' : 'a'
  const common = { tags: ['protection'], security: operator }
  return {
    read: createRoute({
      ...common,
      operationId: `get${name}Protection`,
      method: 'get',
      path,
      summary: `How ${an} ${what} is protected`,
      description: 'Its own policy, or the default of what has none.',
      request: { params },
      responses: { 200: json(protectionSchema, 'its policy'), ...refusals },
    }),
    write: createRoute({
      ...common,
      operationId: `set${name}Protection`,
      method: 'put',
      path,
      summary: `Protect ${an} ${what}, or say that it is not; it need not ${what === 'asset' ? 'be uploaded' : 'be there'} yet`,
      description: 'Holds from the next request of a viewer on; URLs of the clear end.',
      request: { params, body: { ...json(policySchema, 'the policy'), required: true } },
      responses: { 200: json(protectionSchema, 'its policy'), ...refusals },
    }),
    forget: createRoute({
      ...common,
      operationId: `delete${name}Protection`,
      method: 'delete',
      path,
      summary: `Forget ${an} ${what}'s own policy; its prefix's holds then`,
      description: `The default of \`${defaultOf}\` holds for it from then on.`,
      request: { params },
      responses: { 204: { description: 'forgotten' }, ...refusals },
    }),
    retire: createRoute({
      ...common,
      operationId: `retire${name}Keys`,
      method: 'post',
      path: `${path}/retire`,
      summary: 'End the current key period now, because its keys got out or are to change',
      description:
        what === 'asset'
          ? 'New keys from now on; licences of the period that ended are refused.'
          : 'New keys from the next segment on; what is in the window stays under the keys it was shown with.',
      request: {
        params,
        body: { ...json(retirementSchema, 'which period'), required: false },
      },
      responses: { 200: json(periodSchema, 'the period in force'), ...conflict, ...refusals },
    }),
    keys: createRoute({
      ...common,
      operationId: `list${name}Keys`,
      method: 'get',
      path: `${path}/keys`,
      summary: 'Key periods and their kids, the latest first; never a key',
      description:
        what === 'asset'
          ? 'Content key ids by key period and label. Each page but the last gives `next`.'
          : 'Content key ids by key period and label, from the fifth period to come back. Each page but the last gives `next`.',
      request: { params, query: paged },
      responses: { 200: json(keyPageSchema, 'kids by period and label'), ...conflict, ...refusals },
    }),
    asks: createRoute({
      ...common,
      operationId: `list${name}KeyRequests`,
      method: 'get',
      path: `${path}/asks`,
      summary: 'Who asked for its keys, the latest first',
      description: 'Packagers and operators that were given keys. Each page but the last gives `next`.',
      request: { params, query: paged },
      responses: { 200: json(askPageSchema, 'who, when, which kids'), ...refusals },
    }),
  }
}

const defaults = {
  read: createRoute({
    operationId: 'getDefaultProtection',
    tags: ['protection'],
    method: 'get',
    path: '/v1/protection/{prefix}',
    summary: 'How what has no policy of its own is protected',
    description: 'The policy of films (`vod`) or channels (`live`) without one of their own.',
    security: operator,
    request: { params: prefix },
    responses: { 200: json(policySchema, 'the policy'), ...refusals },
  }),
  write: createRoute({
    operationId: 'setDefaultProtection',
    tags: ['protection'],
    method: 'put',
    path: '/v1/protection/{prefix}',
    summary: 'Protect whatever has no policy of its own',
    description:
      'Holds for what has no policy of its own. A film takes it as its own when it is indexed, a channel when it is put.',
    security: operator,
    request: { params: prefix, body: { ...json(policySchema, 'the policy'), required: true } },
    responses: { 200: json(policySchema, 'the policy'), ...refusals },
  }),
}

function addRoutesOf(app: OpenAPIHono, ports: ProtectionRoutePorts, owner: Owners): void {
  const { read, write, forget, retire, keys, asks } = routesOf(owner)
  const contentOf = (id: string): ContentId => `${owner.prefix}/${id}`
  const shown = async (contentId: ContentId) => ({ contentId, ...(await ports.protection.policy(contentId)) })

  app.openapi(read, async (context) =>
    context.json(await shown(contentOf(context.req.valid('param').id)), 200),
  )
  app.openapi(write, async (context) => {
    const contentId = contentOf(context.req.valid('param').id)
    const policy = fitFor(owner.prefix, context.req.valid('json'))
    await ports.publish(contentId, policyOf(policy))
    return context.json(await shown(contentId), 200)
  })
  app.openapi(forget, async (context) => {
    const contentId = contentOf(context.req.valid('param').id)
    await ports.publish(contentId, forgotten)
    return context.body(null, 204)
  })
  app.openapi(retire, async (context) => {
    const contentId = contentOf(context.req.valid('param').id)
    const { index, fromMs } = await ports.publish(contentId, retired(context.req.valid('json').period))
    return context.json({ period: index, fromMs }, 200)
  })
  app.openapi(keys, async (context) => {
    const contentId = contentOf(context.req.valid('param').id)
    const policy = encrypted(contentId, (await ports.protection.policy(contentId)).policy)
    const plan = await planOf(ports, contentId, policy)
    const { limit, next } = context.req.valid('query')
    const found = await latestKeys(ports.keyStore, {
      contentId,
      labels: keyLabels(policy.keys),
      after: next === undefined ? lastPlace(plan, ports.now()) : parseNext(next, readKeyPlace),
      // One extra key shows whether another page follows.
      limit: limit + 1,
    })
    const made = found.slice(0, limit)
    return context.json(
      { keys: made.map((key) => keyOfPeriod(key, plan, ports.now())), ...nextOf(found, made) },
      200,
    )
  })
  app.openapi(asks, async (context) => {
    const contentId = contentOf(context.req.valid('param').id)
    const { limit, next } = context.req.valid('query')
    const before = next === undefined ? undefined : parseNext(next, readAskPlace)
    const found = await ports.protection.asks(contentId, limit + 1, before)
    const page = found.slice(0, limit)
    return context.json({ asks: page.map(askAnswer), ...nextOf(found, page) }, 200)
  })
}

/** Adds the routes to the operator API. */
export function addProtectionRoutes(app: OpenAPIHono, ports: ProtectionRoutePorts): void {
  for (const owner of owners) addRoutesOf(app, ports, owner)
  app.openapi(defaults.read, async (context) => {
    const { policy } = await ports.protection.policy(`${context.req.valid('param').prefix}/*`)
    return context.json(policy, 200)
  })
  app.openapi(defaults.write, async (context) => {
    const { prefix: owned } = context.req.valid('param')
    const policy = fitFor(owned, context.req.valid('json'))
    await ports.protection.putPolicy(`${owned}/*`, policy)
    return context.json(policy, 200)
  })
}

/** Throws REQUEST_INVALID (400) for what channels do not have. */
function fitFor(prefixOfContent: 'vod' | 'live', policy: Policy): Policy {
  const unfit = prefixOfContent === 'live' ? unfitForChannels(policy) : undefined
  if (unfit !== undefined) throw new HeadendError('REQUEST_INVALID', unfit)
  return policy
}

const askAnswer = ({ atMs, who, door, kids }: KeyAsk) => ({
  at: new Date(atMs).toISOString(),
  who,
  door,
  kids,
})

/** Page token of a page that is not the last. */
function nextOf(
  found: readonly { readonly place: string }[],
  page: readonly { readonly place: string }[],
): { readonly next?: string } {
  const last = page.at(-1)
  return found.length > page.length && last ? { next: printNext({ place: last.place }) } : {}
}

const askPlace = z.object({ place: z.string().regex(/^asked#\d{4}-\d\d-\d\dT[\d:.]{12}Z#[\w-]{1,64}$/) })
const readAskPlace = (value: unknown): string | undefined => askPlace.safeParse(value).data?.place

const keyOfPeriod = ({ period, label, kid }: PublicKey, plan: PeriodPlan, nowMs: number) => ({
  period,
  fromMs: periodStart(plan, period).fromMs,
  label,
  kid,
  licensable: isLicensable(plan, period, nowMs),
})
