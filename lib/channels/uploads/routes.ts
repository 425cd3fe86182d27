/** `POST /v1/channels/{id}/uploads`: where the objects of a feed are PUT, by whoever has no credentials of AWS. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { HeadendError } from '../../errors.ts'
import { json, notFound, operator, refusals } from '../../platform/operator/operator-api.ts'
import { channelIdSchema } from '../schema.ts'
import type { ChannelStore } from '../store.ts'
import { feedPathForm, feedPathWanted, maxFeedPaths } from './feed-path.ts'

/** The bucket as the route uses it. */
export interface FeedUploads {
  /** A URL that takes one object by PUT, for so long. */
  putUrl(key: string, expiresSeconds: number): Promise<string>
}

/** What the route works with. */
export interface FeedUploadPorts {
  readonly channels: Pick<ChannelStore, 'channel'>
  readonly feedUploads: FeedUploads
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** A segment is sent as soon as it is written, or with a URL that is asked for again. */
const urlSeconds = 300

const requestSchema = z
  .object({
    paths: z
      .array(z.string().regex(feedPathForm, feedPathWanted))
      .min(1)
      .max(maxFeedPaths)
      .openapi({
        description: 'what stands behind `live/<channelId>/`: init segments and segments',
        example: ['init-stream0.m4s', 'chunk-stream0-00001.m4s'],
      }),
  })
  .openapi('FeedUploadsRequest')

const answerSchema = z
  .object({
    uploads: z
      .array(
        z.object({
          path: z.string(),
          url: z.string().openapi({ description: 'PUT the bytes there, without further headers' }),
        }),
      )
      .openapi({ description: 'in the order they were asked for' }),
    urlsExpireAt: z.string().openapi({ example: '2026-01-31T12:05:00.000Z' }),
  })
  .openapi('FeedUploads')

const create = createRoute({
  operationId: 'createFeedUploads',
  tags: ['channels'],
  method: 'post',
  path: '/v1/channels/{id}/uploads',
  summary: 'URLs for objects of a feed',
  description:
    'Gives a URL for each, which takes it by PUT for five minutes; what arrives is taken as if its encoder had uploaded it.',
  security: operator,
  request: {
    params: z.object({ id: channelIdSchema }),
    body: { ...json(requestSchema, 'the objects'), required: true },
  },
  responses: { 200: json(answerSchema, 'where to PUT them'), ...notFound, ...refusals },
})

/** Puts the route into the operator's API. */
export function addFeedUploadRoutes(app: OpenAPIHono, { channels, feedUploads, now }: FeedUploadPorts): void {
  app.openapi(create, async (context) => {
    const { id } = context.req.valid('param')
    const { paths } = context.req.valid('json')
    // What is sent for no channel is passed over, and nobody would see it.
    const channel = await channels.channel(id)
    if (channel?.stopped) throw new HeadendError('FEED_STOPPED', `${id}: it is stopped`, { status: 403 })
    if (!channel)
      throw new HeadendError('CHANNEL_NOT_FOUND', `${id}: no such channel; make it before its feed begins`, {
        status: 404,
      })
    const urlsExpireAt = new Date(now() + urlSeconds * 1000).toISOString()
    const uploads = await Promise.all(
      paths.map(async (path) => ({
        path,
        url: await feedUploads.putUrl(`live/${id}/${path}`, urlSeconds),
      })),
    )
    return context.json({ uploads, urlsExpireAt }, 200)
  })
}
