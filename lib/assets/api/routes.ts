/** `/v1/assets`: what is there and how it fares. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { HeadendError } from '../../errors.ts'
import { maxNextLength, parseNext, printNext } from '../../platform/http/page-key.ts'
import { json, notFound, operator, refusals } from '../../platform/operator/operator-api.ts'
import type { PageKey } from '../list/listing.ts'
import type { AssetList } from '../list/store.ts'
import { contentSort } from '../published/index.ts'
import { assetKinds } from '../row.ts'
import { assetOf } from './record.ts'
import { type Asset, assetPageSchema, assetSchema, idSchema, timelineSchema } from './schemas.ts'
import { readTimeline } from './timeline.ts'

const list = createRoute({
  operationId: 'listAssets',
  tags: ['assets'],
  method: 'get',
  path: '/v1/assets',
  summary: 'List assets, latest change first',
  description: 'Pages of films: each page but the last gives `next`, which asks for the one after it.',
  security: operator,
  request: {
    query: z.object({
      limit: z.coerce.number().int().min(1).max(100).default(50).openapi({ description: 'assets a page' }),
      next: z.string().max(maxNextLength).optional().openapi({ description: '`next` of the page before' }),
    }),
  },
  responses: { 200: json(assetPageSchema, 'a page of assets'), ...refusals },
})

const one = createRoute({
  operationId: 'getAsset',
  tags: ['assets'],
  method: 'get',
  path: '/v1/assets/{id}',
  summary: 'One asset',
  description: 'State, tracks, files and where it plays.',
  security: operator,
  request: { params: z.object({ id: idSchema.openapi({ description: 'of the asset' }) }) },
  responses: { 200: json(assetSchema, 'the asset'), ...notFound, ...refusals },
})

const timeline = createRoute({
  operationId: 'getAssetTimeline',
  tags: ['assets'],
  method: 'get',
  path: '/v1/assets/{id}/timeline',
  summary: 'Tracks, segments and markers of the version that plays, for a drawing',
  description:
    'Segments that start from `from` on and before `to`, in seconds. A long timeline comes in several answers: each but the last says in `nextSeconds` where to go on.',
  security: operator,
  request: {
    params: z.object({ id: idSchema.openapi({ description: 'of the asset' }) }),
    query: z
      .object({
        from: z.coerce.number().min(0).default(0).openapi({ description: 'seconds' }),
        to: z.coerce.number().positive().optional().openapi({ description: 'seconds' }),
      })
      .refine(({ from, to }) => to === undefined || to > from, { message: 'expected from before to' }),
  },
  responses: { 200: json(timelineSchema, 'the timeline in that range'), ...notFound, ...refusals },
})

/** What the routes work with. */
export interface AssetRoutePorts {
  readonly assets: AssetList
  /** Root of playback, without a slash at its end. */
  readonly playbackUrl: () => Promise<string>
}

/** Puts the routes into the operator's API. */
export function addAssetRoutes(app: OpenAPIHono, { assets, playbackUrl }: AssetRoutePorts): void {
  const known = async (id: string): Promise<Asset> => {
    const item = await assets.asset(id)
    if (item === undefined)
      throw new HeadendError('ASSET_NOT_FOUND', `no upload of vod/${id} was seen yet`, { status: 404 })
    return assetOf(item, await playbackUrl())
  }

  app.openapi(list, async (context) => {
    const { limit, next } = context.req.valid('query')
    const { items, last } = await assets.assets({
      limit,
      ...(next && { after: parseNext(next, readPageKey) }),
    })
    const root = await playbackUrl()
    return context.json(
      { assets: items.map((item) => assetOf(item, root)), ...(last && { next: printNext(last) }) },
      200,
    )
  })
  app.openapi(one, async (context) => context.json(await known(context.req.valid('param').id), 200))
  app.openapi(timeline, async (context) => {
    const { id, version } = await known(context.req.valid('param').id)
    const { from, to } = context.req.valid('query')
    const found =
      version === undefined
        ? undefined
        : await readTimeline(assets, {
            timelineId: `vod/${id}`,
            version,
            from,
            to,
            playbackUrl: await playbackUrl(),
          })
    if (!found) throw new HeadendError('TIMELINE_NOT_FOUND', `vod/${id} has no timeline yet`, { status: 404 })
    return context.json(found, 200)
  })
}

const nextSchema = z.object({
  pk: z.string().startsWith('vod/').max(256),
  sk: z.literal(contentSort),
  kind: z.enum(assetKinds),
  updatedAt: z.string().min(1).max(64),
})

const readPageKey = (value: unknown): PageKey | undefined => nextSchema.safeParse(value).data
