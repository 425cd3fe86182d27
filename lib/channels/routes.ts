/** `/v1/channels`: described, shown, listed and taken away. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { HeadendError } from '../errors.ts'
import { maxNextLength, parseNext, printNext } from '../platform/http/page-key.ts'
import { json, notFound, operator, refusals } from '../platform/operator/operator-api.ts'
import { type Channel, changed } from './channel.ts'
import { addCredentialRoutes, type CredentialPorts } from './ingest-api/routes.ts'
import { addOverviewRoutes, type OverviewPorts } from './overview/routes.ts'
import { channelIdSchema, channelPageSchema, channelRequestSchema, channelSchema } from './schema.ts'
import type { ChannelStore } from './store.ts'
import { addFeedUploadRoutes, type FeedUploads } from './uploads/routes.ts'

/** What the routes work with. */
export interface ChannelsPorts extends Omit<CredentialPorts, 'channels'>, OverviewPorts {
  readonly channels: ChannelStore
  readonly feedUploads: FeedUploads
  /** Puts the protection into force that a channel of this id has. */
  readonly protect: (id: string, windowSeconds: number) => Promise<void>
  /** Makes no more keys for it; its policy stays, for what comes of this id. */
  readonly restKeys: (id: string) => Promise<void>
  /** Epoch milliseconds. */
  readonly now: () => number
}

const params = z.object({ id: channelIdSchema })
const tags = ['channels']

const put = createRoute({
  operationId: 'putChannel',
  tags,
  method: 'put',
  path: '/v1/channels/{id}',
  summary: 'Describe a channel',
  description:
    'Makes it if there is none: from then on what its encoder uploads is taken. Another `segmentSeconds` begins it anew: what it has shown so far is over.',
  security: operator,
  request: { params, body: { ...json(channelRequestSchema, 'what is to be said of it'), required: true } },
  responses: { 200: json(channelSchema, 'as it is stored'), ...refusals },
})

const get = createRoute({
  operationId: 'getChannel',
  tags,
  method: 'get',
  path: '/v1/channels/{id}',
  summary: 'One channel',
  description: 'Its settings, and where its feed goes.',
  security: operator,
  request: { params },
  responses: { 200: json(channelSchema, 'the channel'), ...notFound, ...refusals },
})

const remove = createRoute({
  operationId: 'deleteChannel',
  tags,
  method: 'delete',
  path: '/v1/channels/{id}',
  summary: 'Take a channel away',
  description: 'What its encoder uploads from then on is passed over, and it plays no more.',
  security: operator,
  request: { params },
  responses: { 204: { description: 'taken away' }, ...refusals },
})

const list = createRoute({
  operationId: 'listChannels',
  tags,
  method: 'get',
  path: '/v1/channels',
  summary: 'List channels, by id',
  description: 'Each page but the last gives `next`, which asks for the one after it.',
  security: operator,
  request: {
    query: z.object({
      limit: z.coerce.number().int().min(1).max(100).default(50).openapi({ description: 'channels a page' }),
      next: z.string().max(maxNextLength).optional().openapi({ description: '`next` of the page before' }),
    }),
  },
  responses: { 200: json(channelPageSchema, 'a page of channels'), ...refusals },
})

/** Puts the routes into the operator's API. */
export function addChannelsRoutes(app: OpenAPIHono, ports: ChannelsPorts): void {
  const { channels, feedCredentials, protect, restKeys, now } = ports
  addFeedUploadRoutes(app, ports)
  addCredentialRoutes(app, ports)
  addOverviewRoutes(app, ports)
  app.openapi(put, async (context) => {
    const { id } = context.req.valid('param')
    const before = await channels.channel(id)
    const channel = changed(before, { id, nowMs: now(), ...context.req.valid('json') })
    // First: a channel that is there must not be without what closes it.
    await protect(id, channel.windowSeconds)
    if (!(await channels.put(channel)))
      throw new HeadendError(
        'CHANNEL_RACE',
        `${id}: expected revision ${channel.revision - 1}, got another; somebody else changed it at the same time`,
        { status: 503 },
      )
    return context.json(shown(channel), 200)
  })
  app.openapi(get, async (context) => {
    const { id } = context.req.valid('param')
    const channel = await channels.channel(id)
    if (!channel) throw new HeadendError('CHANNEL_NOT_FOUND', `${id}: no such channel`, { status: 404 })
    return context.json(shown(channel), 200)
  })
  app.openapi(remove, async (context) => {
    const { id } = context.req.valid('param')
    await feedCredentials.remove(id)
    await channels.remove(id)
    await restKeys(id)
    return context.body(null, 204)
  })
  app.openapi(list, async (context) => {
    const { limit, next } = context.req.valid('query')
    const after = next === undefined ? undefined : parseNext(next, readPosition)
    const { channels: page, last } = await channels.page(limit, after)
    return context.json(
      { channels: page.map(shown), ...(last !== undefined && { next: printNext({ id: last }) }) },
      200,
    )
  })
}

const shown = ({ id, updatedAtMs, name, ...settings }: Channel): z.infer<typeof channelSchema> => ({
  id,
  ...(name !== undefined && { name }),
  segmentSeconds: settings.segmentSeconds,
  windowSeconds: settings.windowSeconds,
  ...(settings.pipelines && { pipelines: [...settings.pipelines] }),
  ...(settings.adMarkers && { adMarkers: settings.adMarkers }),
  ...(settings.deltaUpdates === false && { deltaUpdates: false }),
  ...(settings.latencySeconds !== undefined && { latencySeconds: settings.latencySeconds }),
  ...(settings.stopped && { stopped: true }),
  updatedAt: new Date(updatedAtMs).toISOString(),
  upload: `live/${id}/`,
})

/** The id a page ended with. */
const readPosition = (value: unknown): string | undefined => params.safeParse(value).data?.id
