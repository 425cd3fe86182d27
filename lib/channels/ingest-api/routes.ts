/** `/v1/channels/{id}/credentials`: name and password by which an encoder sends to a channel by HTTP. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { HeadendError } from '../../errors.ts'
import { json, notFound, operator, refusals } from '../../platform/operator/operator-api.ts'
import { channelIdSchema } from '../schema.ts'
import type { ChannelStore } from '../store.ts'
import { newPassword, withPassword } from './credentials.ts'
import { feedCredentialsSchema } from './schema.ts'
import type { CredentialStore } from './store.ts'

/** What the routes work with. */
export interface CredentialPorts {
  readonly channels: Pick<ChannelStore, 'channel'>
  readonly feedCredentials: CredentialStore
  /** Base URL of playback and ingest. */
  readonly playbackUrl: () => Promise<string>
  /** Random bytes. */
  readonly randomBytes: (length: number) => Uint8Array
}

const params = z.object({ id: channelIdSchema })
const common = { tags: ['channels'], path: '/v1/channels/{id}/credentials', security: operator }

const create = createRoute({
  ...common,
  operationId: 'createFeedCredentials',
  method: 'post',
  summary: 'A password for the encoder of a channel',
  description:
    'Makes a new one for HTTP Basic. The one before it opens as well, so that an encoder can be moved; the ones before that open no more.',
  request: { params },
  responses: { 201: json(feedCredentialsSchema, 'where and as whom to send'), ...notFound, ...refusals },
})

const remove = createRoute({
  ...common,
  operationId: 'deleteFeedCredentials',
  method: 'delete',
  summary: 'Withdraw the passwords of a channel',
  description: 'From then on nothing is taken by HTTP.',
  request: { params },
  responses: { 204: { description: 'withdrawn' }, ...refusals },
})

/** Puts the routes into the operator's API. */
export function addCredentialRoutes(
  app: OpenAPIHono,
  { channels, feedCredentials, playbackUrl, randomBytes }: CredentialPorts,
): void {
  app.openapi(create, async (context) => {
    const { id } = context.req.valid('param')
    if (!(await channels.channel(id)))
      throw new HeadendError('CHANNEL_NOT_FOUND', `${id}: no such channel; make it before its feed begins`, {
        status: 404,
      })
    const url = `${await playbackUrl()}/ingest/${id}/`
    const password = newPassword(randomBytes)
    const before = await feedCredentials.credentials(id)
    if (!(await feedCredentials.put(withPassword(id, before, password))))
      throw new HeadendError(
        'CHANNEL_RACE',
        `${id}: expected to be alone, got another new password meanwhile`,
        {
          status: 503,
        },
      )
    context.header('cache-control', 'no-store')
    return context.json({ url, username: id, password }, 201)
  })
  app.openapi(remove, async (context) => {
    await feedCredentials.remove(context.req.valid('param').id)
    return context.body(null, 204)
  })
}
