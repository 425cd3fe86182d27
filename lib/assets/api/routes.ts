/** `/v1/assets`: listing, status, changes and deletion of assets. */

import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { HeadendError } from '../../errors.ts'
import { mintedId } from '../../platform/crypto/minted-id.ts'
import { maxNextLength, printNext } from '../../platform/http/page-key.ts'
import { conflict, json, notFound, operator, refusals } from '../../platform/operator/operator-api.ts'
import type { ContentId } from '../../timeline/ids.ts'
import { assetStates } from '../asset.ts'
import type { AssetChanges } from '../changes/store.ts'
import { type AssetObjects, type ContentEnd, deleteAsset, versionsOf } from '../deletion/delete-asset.ts'
import { pageOf } from '../list/page.ts'
import type { AssetFinder, AssetList } from '../list/store.ts'
import { askingName, printAskedAgain } from '../uploads/asked-again.ts'
import { assetOf } from './record.ts'
import {
  type Asset,
  type AssetDetail,
  askedSchema,
  assetChangeSchema,
  assetDetailSchema,
  assetPageSchema,
  assetSchema,
  deletionSchema,
  idSchema,
  timelineSchema,
} from './schemas.ts'
import { readTimeline } from './timeline.ts'

const params = z.object({ id: idSchema.openapi({ description: 'of the asset' }) })

const list = createRoute({
  operationId: 'listAssets',
  tags: ['assets'],
  method: 'get',
  path: '/v1/assets',
  summary: 'List and search assets, latest change first or by title',
  description:
    'Each page but the last gives `next`, which asks for the one after it. A search looks at 2000 assets an answer at most, so a page may have fewer than `limit`, or none, and still a `next`. By title are sorted those of the 2000 changed last.',
  security: operator,
  request: {
    query: z.object({
      limit: z.coerce.number().int().min(1).max(100).default(50).openapi({ description: 'assets a page' }),
      next: z.string().max(maxNextLength).optional().openapi({ description: '`next` of the page before' }),
      q: z
        .string()
        .min(1)
        .max(200)
        .optional()
        .openapi({ description: 'part of the id or title, in letters of either case' }),
      state: z.enum(assetStates).optional().openapi({ description: 'only assets in this state' }),
      sort: z.enum(['updated', 'title']).default('updated').openapi({ description: 'the order' }),
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
  description: 'State, tracks, the uploads it was made of, its versions and where it plays.',
  security: operator,
  request: { params },
  responses: { 200: json(assetDetailSchema, 'the asset'), ...notFound, ...refusals },
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
    params,
    query: z
      .object({
        from: z.coerce.number().min(0).default(0).openapi({ description: 'seconds' }),
        to: z.coerce.number().positive().optional().openapi({ description: 'seconds' }),
      })
      .refine(({ from, to }) => to === undefined || to > from, { message: 'expected from before to' }),
  },
  responses: { 200: json(timelineSchema, 'the timeline in that range'), ...notFound, ...refusals },
})

const change = createRoute({
  operationId: 'changeAsset',
  tags: ['assets'],
  method: 'patch',
  path: '/v1/assets/{id}',
  summary: 'Name an asset as people are to see it',
  description: 'Uploads do not take the title away; null gives what asset.json says back.',
  security: operator,
  request: { params, body: { ...json(assetChangeSchema, 'what changes'), required: true } },
  responses: { 200: json(assetSchema, 'the asset'), ...notFound, ...refusals },
})

const ingest = createRoute({
  operationId: 'ingestAsset',
  tags: ['assets'],
  method: 'post',
  path: '/v1/assets/{id}/ingest',
  summary: 'Index an asset again from its uploads',
  description: 'Makes a new version, by the queue that uploads come by; the version before plays until then.',
  security: operator,
  request: { params },
  responses: { 202: json(askedSchema, 'asked for'), ...notFound, ...conflict, ...refusals },
})

const remove = createRoute({
  operationId: 'deleteAsset',
  tags: ['assets'],
  method: 'delete',
  path: '/v1/assets/{id}',
  summary: 'Delete an asset: its uploads, all versions of it, and its place in the list',
  description:
    'It plays no more at once, and caches give out nothing of it in the clear. Send it again where it broke off: it goes on. Policy and keys stay unless you say otherwise. Of what is not there nothing is removed.',
  security: operator,
  request: {
    params,
    query: z.object({
      force: z
        .enum(['true', 'false'])
        .default('false')
        .openapi({ description: 'also where presentations show it; they then play without it' }),
      keys: z
        .enum(['keep', 'retire'])
        .default('keep')
        .openapi({ description: 'retire: licences of its keys end' }),
      policy: z
        .enum(['keep', 'forget'])
        .default('keep')
        .openapi({ description: 'forget: what is uploaded under this id later has the default policy' }),
    }),
  },
  responses: { 200: json(deletionSchema, 'what was removed'), ...conflict, ...refusals },
})

/** Ports of the routes. */
export interface AssetRoutePorts {
  readonly assets: AssetList
  readonly work: AssetWork
  /** The actions on rights when an asset is deleted. */
  readonly end: ContentEnd
  /** Presentations that show a content; `isAll` is false if the search was cut short. */
  readonly showing: (
    contentId: ContentId,
  ) => Promise<{ readonly ids: readonly string[]; readonly isAll: boolean }>
  /** The root URL of playback, without a trailing slash. */
  readonly playbackUrl: () => Promise<string>
  readonly now: () => number
  readonly randomBytes: (length: number) => Uint8Array
}

/** Ports for changing assets. */
export interface AssetWork {
  readonly rows: AssetChanges
  readonly finder: AssetFinder
  readonly objects: AssetObjects
  /** Sends a message to the queue that S3's upload events go to. */
  readonly tellIngest: (message: string) => Promise<void>
}

/** Adds the routes to the operator's API. */
export function addAssetRoutes(app: OpenAPIHono, ports: AssetRoutePorts): void {
  const { assets, work, end, showing, playbackUrl, now, randomBytes } = ports
  const known = async (id: string): Promise<Asset> => {
    const item = await assets.asset(id)
    if (item === undefined) throw notThere(id)
    return assetOf(item, await playbackUrl())
  }

  app.openapi(list, async (context) => {
    const query = context.req.valid('query')
    const root = await playbackUrl()
    const { items, next, searched } = await pageOf({ assets, finder: work.finder }, query)
    return context.json(
      {
        assets: items.map((item) => assetOf(item, root)),
        ...(searched && { searched }),
        ...(next && { next: printNext(next) }),
      },
      200,
    )
  })
  app.openapi(one, async (context) => {
    const { id } = context.req.valid('param')
    const [asset, objects] = await Promise.all([known(id), work.objects.timelines(id)])
    return context.json({ ...asset, versions: versionsStored(id, objects) }, 200)
  })
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
  app.openapi(change, async (context) => {
    const { id } = context.req.valid('param')
    const { title } = context.req.valid('json')
    if (!(await work.rows.rename(id, title ?? undefined))) throw notThere(id)
    return context.json(await known(id), 200)
  })
  app.openapi(ingest, async (context) => {
    const { id } = context.req.valid('param')
    const { state } = await known(id)
    if (state === 'deleting')
      throw new HeadendError('ASSET_DELETING', `vod/${id} is being deleted`, { status: 409 })
    const asked = askingName(now(), mintedId(randomBytes))
    await work.tellIngest(printAskedAgain({ assetId: id, asked }))
    return context.json({ id, asked }, 202)
  })
  app.openapi(remove, async (context) => {
    const { id } = context.req.valid('param')
    const { force, keys, policy } = context.req.valid('query')
    if (force === 'false') mayGo(id, await showing(`vod/${id}`))
    const { rows, objects } = work
    return context.json({ id, ...(await deleteAsset({ rows, objects, end }, id, { keys, policy })) }, 200)
  })
}

const notThere = (id: string): HeadendError =>
  new HeadendError('ASSET_NOT_FOUND', `no upload of vod/${id} was seen yet`, { status: 404 })

/** Throws ASSET_IN_USE if presentations show the asset, or may do so. */
function mayGo(id: string, { ids, isAll }: Awaited<ReturnType<AssetRoutePorts['showing']>>): void {
  if (ids.length === 0 && isAll) return
  const who =
    ids.length > 0
      ? `${ids.join(', ')}${isAll ? '' : ' and maybe others'}`
      : 'more presentations than are looked through at once, maybe'
  throw new HeadendError(
    'ASSET_IN_USE',
    `vod/${id} is shown by ${who}; delete it with force=true all the same`,
    {
      status: 409,
    },
  )
}

/** The versions whose head is stored, latest first. */
function versionsStored(
  id: string,
  objects: readonly { readonly key: string; readonly storedAt: string }[],
): AssetDetail['versions'] {
  return objects
    .filter(({ key }) => key.endsWith('/timeline.json'))
    .map(({ key, storedAt }) => ({ version: versionsOf(id, [{ key }])[0] ?? '', storedAt }))
    .toSorted((a, b) => (a.storedAt < b.storedAt ? 1 : -1))
}
