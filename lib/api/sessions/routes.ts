/** `/v1/sessions`: creates and revokes playback sessions. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { manifestsOf } from '../../assets/api/index.ts'
import { revocationEntry } from '../../platform/aws/edge-entries.ts'
import { cached } from '../../platform/cache.ts'
import { mintedId, mintedIdForm } from '../../platform/crypto/minted-id.ts'
import { json, notFound, operator, refusals } from '../../platform/operator/operator-api.ts'
import { routes } from '../routes.ts'
import { maxSessionSeconds, rotationSchema, sessionRequestSchema, sessionSchema } from '../schemas.ts'
import { cachedKeyMs, rotateKeys, signingKey } from './keys.ts'
import type { SessionStore } from './store.ts'
import { signSession } from './token.ts'

const make = createRoute({
  operationId: 'createSession',
  tags: ['sessions'],
  method: 'post',
  path: '/v1/sessions',
  summary: 'Make a playback session',
  description: 'Gives the URLs to hand to a player; protected content plays at no others.',
  security: operator,
  request: { body: { ...json(sessionRequestSchema, 'what may be played'), required: true } },
  responses: { 201: json(sessionSchema, 'the session'), ...notFound, ...refusals },
})

const revoke = createRoute({
  operationId: 'revokeSession',
  tags: ['sessions'],
  method: 'delete',
  path: '/v1/sessions/{id}',
  summary: 'Revoke a playback session; edge locations follow within seconds',
  description: 'Whoever plays in it is refused the next manifest or segment.',
  security: operator,
  request: {
    params: z.object({
      id: z
        .string()
        .regex(mintedIdForm, 'expected a session id')
        .openapi({ description: '`sessionId` that createSession gave' }),
    }),
  },
  responses: { 204: { description: 'revoked' }, ...refusals },
})

const rotate = createRoute({
  operationId: 'rotateSessionKeys',
  tags: ['sessions'],
  method: 'post',
  path: '/v1/sessions/keys/rotate',
  summary: 'Sign sessions with a new key from now on',
  description: 'The key before opens the sessions it signed for as long as they last.',
  security: operator,
  responses: { 200: json(rotationSchema, 'the new key and the one before, by their names'), ...refusals },
})

/** The routes, over the key-value store. */
export function sessionRoutes({
  sessions,
  contentsOf,
  playbackUrl,
  now,
  randomBytes,
}: {
  readonly sessions: SessionStore
  /**
   * The contents that a presentation shows; undefined for a content shown by itself. Throws if there is no such
   * content.
   */
  readonly contentsOf: (content: string) => Promise<{ readonly contents: readonly string[] } | undefined>
  readonly playbackUrl: () => Promise<string>
  readonly now: () => number
  readonly randomBytes: (length: number) => Uint8Array
}): OpenAPIHono {
  const parts = { sessions, now, randomBytes }
  const keepKey = () => cached(cachedKeyMs, now, () => signingKey(parts))
  let keyNow = keepKey()

  const app = routes()
  app.openapi(make, async (context) => {
    const { content, ttlSeconds } = context.req.valid('json')
    // Before anything is created: a session without a known playback URL is useless.
    const [root, shown] = await Promise.all([playbackUrl(), contentsOf(content)])
    const sessionId = mintedId(randomBytes)
    const expiresEpochSeconds = Math.floor(now() / 1000) + ttlSeconds
    const token = await signSession(
      { content, contents: shown?.contents, expiresEpochSeconds, sessionId },
      await keyNow(),
    )
    return context.json(
      {
        sessionId,
        token,
        expiresAt: new Date(expiresEpochSeconds * 1000).toISOString(),
        ...manifestsOf(content, `${root}/s/${token}`),
      },
      201,
    )
  })
  app.openapi(rotate, async (context) => {
    const { kid, before } = await rotateKeys(parts)
    keyNow = keepKey()
    const opensUntil = new Date(before.untilEpochSeconds * 1000).toISOString()
    return context.json({ kid, before: { kid: before.kid, opensUntil } }, 200)
  })
  app.openapi(revoke, async (context) => {
    const forgetAt = Math.floor(now() / 1000) + maxSessionSeconds
    await sessions.put(revocationEntry(context.req.valid('param').id), String(forgetAt))
    return context.body(null, 204)
  })
  return app
}
