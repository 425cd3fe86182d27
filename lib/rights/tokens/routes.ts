/** `/v1/tokens`: issuing and revoking playback tokens. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { HeadendError } from '../../errors.ts'
import { mintedId, mintedIdForm } from '../../platform/crypto/minted-id.ts'
import { json, notFound, operator, refusals } from '../../platform/operator/operator-api.ts'
import { accountSchema, anyAccountSchema, playbackTokenRequest } from './claims.ts'
import { mintPlaybackToken, type PlaybackClaims } from './playback-token.ts'
import type { RevocationStore } from './store.ts'

/** The content items a presentation shows, and when of those it does not show whole. */
type ShownContents = Required<Pick<PlaybackClaims, 'contents' | 'spans'>>

/** Dependencies of the routes. */
export interface TokenPorts {
  readonly revocations: RevocationStore
  /** Texts the signing keys are derived from, the current one first. */
  readonly keyTexts: () => Promise<readonly string[]>
  /** What a presentation shows; undefined for content that stands for itself. Throws for unknown content. */
  readonly contentsOf: (content: string) => Promise<ShownContents | undefined>
  readonly now: () => number
  readonly randomBytes: (length: number) => Uint8Array
}

const tokenSchema = z
  .object({ tokenId: z.string(), token: z.string(), expiresAt: z.string() })
  .openapi('PlaybackToken')

const make = createRoute({
  operationId: 'createToken',
  tags: ['tokens'],
  method: 'post',
  path: '/v1/tokens',
  summary: 'Make a playback token, with which a player gets licences',
  description: 'A player sends it as a bearer token with each licence request.',
  security: operator,
  request: { body: { ...json(playbackTokenRequest, 'who may play what'), required: true } },
  responses: { 201: json(tokenSchema, 'the token'), ...notFound, ...refusals },
})

const revoke = createRoute({
  operationId: 'revokeToken',
  tags: ['tokens'],
  method: 'delete',
  path: '/v1/tokens/{id}',
  summary: 'Take a playback token back: it gets no more licences',
  description: 'Licences a player has go on until they end.',
  security: operator,
  request: {
    params: z.object({
      id: z
        .string()
        .regex(mintedIdForm, 'expected a token id')
        .openapi({ description: '`tokenId` that createToken gave' }),
    }),
  },
  responses: { 204: { description: 'taken back' }, ...refusals },
})

const revokeAccount = createRoute({
  operationId: 'revokeAccountTokens',
  tags: ['tokens'],
  method: 'post',
  path: '/v1/accounts/tokens/revoke',
  summary: 'Take back every playback token an account was given until now',
  description: 'Its players get no more licences until a token is made for the account anew.',
  security: operator,
  request: {
    body: {
      ...json(z.object({ account: anyAccountSchema }).openapi('AccountTokens'), 'whose tokens'),
      required: true,
    },
  },
  responses: { 204: { description: 'taken back' }, ...refusals },
})

const revokeAccountByPath = createRoute({
  operationId: 'revokeAccountTokensByPath',
  tags: ['tokens'],
  method: 'delete',
  path: '/v1/accounts/{account}/tokens',
  summary: 'Take back every playback token an account was given until now',
  description:
    'Gateways decode paths: an account with `?` or `%` does not arrive whole. `POST /v1/accounts/tokens/revoke` takes every account.',
  deprecated: true,
  security: operator,
  request: { params: z.object({ account: accountSchema.openapi({ description: 'of the tokens' }) }) },
  responses: { 204: { description: 'taken back' }, ...refusals },
})

/** By path, for accounts with `/`, which a gateway decodes before routing. */
const anyDepth = '/v1/accounts/:account{.+}/tokens'

/** Adds the routes to the operator API. */
export function addTokenRoutes(
  app: OpenAPIHono,
  { revocations, keyTexts, contentsOf, now, randomBytes }: TokenPorts,
): void {
  app.openapi(make, async (context) => {
    const { account, content, level, regions, ttlSeconds } = context.req.valid('json')
    const [shown, [keyText = '']] = await Promise.all([contentsOf(content), keyTexts()])
    const tokenId = mintedId(randomBytes)
    const issuedEpochSeconds = Math.floor(now() / 1000)
    const expiresEpochSeconds = issuedEpochSeconds + ttlSeconds
    const times = { issuedEpochSeconds, expiresEpochSeconds }
    const claims = { tokenId, account, content, ...shown, level, regions, ...times }
    const token = await mintPlaybackToken(keyText, claims)
    const expiresAt = new Date(expiresEpochSeconds * 1000).toISOString()
    return context.json({ tokenId, token, expiresAt }, 201)
  })
  app.openapi(revoke, async (context) => {
    await revocations.revokeToken(context.req.valid('param').id, now())
    return context.body(null, 204)
  })
  app.openapi(revokeAccount, async (context) => {
    await revocations.revokeAccount(context.req.valid('json').account, now())
    return context.body(null, 204)
  })
  app.openapi(revokeAccountByPath, async (context) => {
    await revocations.revokeAccount(context.req.valid('param').account, now())
    return context.body(null, 204)
  })
  app.delete(anyDepth, async (context) => {
    const account = accountSchema.safeParse(context.req.param('account'))
    if (!account.success)
      throw new HeadendError('REQUEST_INVALID', `account: ${account.error.issues[0]?.message}`)
    await revocations.revokeAccount(account.data, now())
    return context.body(null, 204)
  })
}
