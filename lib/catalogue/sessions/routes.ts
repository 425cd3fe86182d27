/** `/v1/sessions`: playback sessions, made and revoked. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { manifestsOf } from '../assets/record.ts'
import { idParameter, json, operator, refusals, routes } from '../routes.ts'
import { longestSessionSeconds, sessionRequestSchema, sessionSchema } from '../schemas.ts'
import type { SessionStore } from './store.ts'
import { currentKid, keyEntry, revocationEntry, signSession } from './token.ts'

const make = createRoute({
  method: 'post',
  path: '/v1/sessions',
  summary: 'Make a playback session',
  security: operator,
  request: { body: { ...json(sessionRequestSchema, 'what may be played'), required: true } },
  responses: { 201: json(sessionSchema, 'the session'), ...refusals },
})

const revoke = createRoute({
  method: 'delete',
  path: '/v1/sessions/{id}',
  summary: 'Revoke a playback session; edge locations follow within seconds',
  security: operator,
  request: { params: idParameter(z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected a session id')) },
  responses: { 204: { description: 'revoked' }, ...refusals },
})

/** Routes over the key-value store. */
export function sessionRoutes({
  sessions,
  playbackUrl,
  now,
  randomBytes,
}: {
  readonly sessions: SessionStore
  readonly playbackUrl: () => Promise<string>
  readonly now: () => number
  readonly randomBytes: (length: number) => Uint8Array
}): OpenAPIHono {
  const kid = currentKid
  let kept: Promise<string> | undefined
  const signingKey = (): Promise<string> => {
    kept ??= sessions
      .once(keyEntry(kid), () => Buffer.from(randomBytes(32)).toString('hex'))
      .catch((error: unknown) => {
        kept = undefined
        throw error
      })
    return kept
  }

  const app = routes()
  app.openapi(make, async (context) => {
    const { content, ttlSeconds } = context.req.valid('json')
    // Before anything is made: a session nobody can be told where to play is none.
    const root = await playbackUrl()
    const sessionId = Buffer.from(randomBytes(12)).toString('base64url')
    const expiresEpochSeconds = Math.floor(now() / 1000) + ttlSeconds
    const token = await signSession(
      { content, expiresEpochSeconds, sessionId },
      { kid, hex: await signingKey() },
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
  app.openapi(revoke, async (context) => {
    const forgetAt = Math.floor(now() / 1000) + longestSessionSeconds
    await sessions.put(revocationEntry(context.req.valid('param').id), String(forgetAt))
    return context.body(null, 204)
  })
  return app
}
