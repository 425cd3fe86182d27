/** Playback tokens and the one rule about licences. */
import { createHmac } from 'node:crypto'
import { importJWK, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { es256KeyOf } from '../../../lib/platform/crypto/es256-key.ts'
import { policySchema } from '../../../lib/rights/protection/policy.ts'
import { type EntitlementQuestion, refusalOf } from '../../../lib/rights/tokens/entitlement.ts'
import {
  mintPlaybackToken,
  type PlaybackClaims,
  readPlaybackToken,
} from '../../../lib/rights/tokens/playback-token.ts'

const [oldText, newText] = ['o'.repeat(64), 'n'.repeat(64)]
const claims: PlaybackClaims = {
  tokenId: 'id-1',
  account: 'account-4711',
  content: 'vod/film',
  level: 'clearkey',
  regions: ['DE', 'AT'],
  issuedEpochSeconds: 1_800_000_000,
  expiresEpochSeconds: 1_800_003_600,
}
const invalid = { code: 'TOKEN_INVALID', status: 401 }

/** A JWT by the parts, signed as the test likes. */
async function signed(
  keyText: string,
  payload: Record<string, unknown>,
  { issuer = 'headend', audience = 'headend-playback' } = {},
): Promise<string> {
  const { kid, privateJwk } = es256KeyOf(keyText)
  return new SignJWT({ content: 'vod/film', drm: 'clearkey', jti: 'x', ...payload })
    .setProtectedHeader({ alg: 'ES256', kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject('a')
    .setIssuedAt(1)
    .setExpirationTime(2_000_000_000)
    .sign(await importJWK({ ...privateJwk }, 'ES256'))
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('a playback token', () => {
  it('says what was put into it, also once it has expired', async () => {
    expect(await readPlaybackToken([newText], await mintPlaybackToken(newText, claims))).toEqual(claims)
    const { regions: _, ...everywhere } = claims
    expect(await readPlaybackToken([newText], await mintPlaybackToken(newText, everywhere))).toEqual(
      everywhere,
    )
  })

  it('says which times of a channel it is for, and has room for so many', async () => {
    const [first, last] = [1_790_000_000, 1_790_001_800]
    const spansOf = (count: number) => Array.from({ length: count }, (_, i) => [first + i, last + i] as const)
    const programme = { ...claims, contents: ['live/news', 'vod/spot'], spans: { 'live/news': spansOf(64) } }
    const token = await mintPlaybackToken(newText, programme)
    expect(await readPlaybackToken([newText], token)).toEqual(programme)
    expect(token.length).toBeLessThan(3000)
    await expect(
      mintPlaybackToken(newText, { ...programme, spans: { 'live/news': spansOf(65) } }),
    ).rejects.toMatchObject({ code: 'TOKEN_SPANS', status: 409 })
  })

  it('names its key by the RFC 7638 thumbprint, ES256', async () => {
    const [header = ''] = (await mintPlaybackToken(newText, claims)).split('.')
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: 'ES256',
      typ: 'JWT',
      kid: es256KeyOf(newText).kid,
    })
  })

  it('signed before the key changed is read until the key after the next', async () => {
    const token = await mintPlaybackToken(oldText, claims)
    expect(await readPlaybackToken([newText, oldText], token)).toEqual(claims)
    await expect(readPlaybackToken([newText], token)).rejects.toMatchObject(invalid)
  })

  it('of another issuer, audience or shape is none', async () => {
    expect(await readPlaybackToken([newText], await signed(newText, {}))).toMatchObject({ account: 'a' })
    for (const token of [
      await signed(newText, {}, { issuer: 'someone' }),
      await signed(newText, {}, { audience: 'headend-api' }),
      await signed(newText, { drm: 'none' }),
      await signed(newText, { content: 7 }),
    ])
      await expect(readPlaybackToken([newText], token)).rejects.toMatchObject(invalid)
  })

  it('without a signature, or with one of another kind, is none', async () => {
    const { kid, publicJwk } = es256KeyOf(newText)
    const [, body = '', signature = ''] = (await mintPlaybackToken(newText, claims)).split('.')
    // The public key as a secret: what a verifier takes that believes the header.
    const hmac = `${encode({ alg: 'HS256', kid })}.${body}`
    const forged = createHmac('sha256', JSON.stringify(publicJwk)).update(hmac).digest('base64url')
    const other = encode({ ...claims, content: 'vod/other' })
    for (const token of [
      `${encode({ alg: 'none', kid })}.${body}.`,
      `${encode({ alg: 'none', kid })}.${body}.${signature}`,
      `${hmac}.${forged}`,
      `${encode({ alg: 'ES256', kid })}.${other}.${signature}`,
      `${encode({ alg: 'ES256', kid })}.${body}.${Buffer.alloc(64).toString('base64url')}`,
      `${encode({ alg: 'ES256' })}.${body}.${signature}`,
      `${encode({ alg: 'ES256', kid, crit: ['b64'], b64: false })}.${body}.${signature}`,
      'a.b.c',
      '',
    ])
      await expect(readPlaybackToken([newText], token)).rejects.toMatchObject(invalid)
  })
})

describe('the key of a text', () => {
  it('is the same each time, and another for another text', () => {
    expect(es256KeyOf(newText)).toEqual(es256KeyOf(newText))
    expect(es256KeyOf(newText).kid).not.toBe(es256KeyOf(oldText).kid)
  })

  it('takes a text that can be random enough', () => {
    expect(() => es256KeyOf('short')).toThrow(expect.objectContaining({ code: 'TOKEN_KEY_SHORT' }))
  })
})

describe('the rule', () => {
  const policy = policySchema.parse({
    mode: 'encrypted',
    schemes: ['cenc', 'cbcs'],
    systems: ['clearkey', 'widevine', 'playready', 'fairplay'],
  })
  const good: EntitlementQuestion = {
    claims,
    system: 'clearkey',
    policy,
    isItsContent: true,
    hasForeignKeys: false,
    isInTime: true,
    country: 'DE',
    isRevoked: false,
    hasTooManyStreams: false,
    nowMs: 1_800_000_000_000,
  }

  it.each<[string, Partial<EntitlementQuestion>, string | undefined]>([
    ['all is well', {}, undefined],
    ['in the last millisecond', { nowMs: 1_800_003_599_999 }, undefined],
    ['expired', { nowMs: 1_800_003_600_000 }, 'LICENCE_EXPIRED'],
    ['revoked', { isRevoked: true }, 'LICENCE_REVOKED'],
    ['keys of others beside its own', { hasForeignKeys: true }, 'LICENCE_KEY'],
    ['content without protection', { policy: { mode: 'none' } }, 'LICENCE_SYSTEM'],
    [
      'a system the content has not',
      { policy: policySchema.parse({ mode: 'encrypted', schemes: ['cenc'], systems: ['widevine'] }) },
      'LICENCE_SYSTEM',
    ],
    ['a key of another content', { isItsContent: false }, 'LICENCE_CONTENT'],
    ['a period long over', { isInTime: false }, 'LICENCE_PERIOD'],
    ['another of its countries', { country: 'AT' }, undefined],
    ['another country', { country: 'FR' }, 'LICENCE_REGION'],
    ['nobody knows where', { country: undefined }, 'LICENCE_REGION'],
    [
      'anywhere, for a token of anywhere',
      { country: 'FR', claims: { ...claims, regions: undefined } },
      undefined,
    ],
    ['Clear Key for what needs a DRM', { claims: { ...claims, level: 'software' } }, 'LICENCE_LEVEL'],
    ['a DRM for what needs one', { system: 'widevine', claims: { ...claims, level: 'hardware' } }, undefined],
    ['too many streams', { hasTooManyStreams: true }, 'LICENCE_STREAMS'],
    // The worst first: who is revoked learns nothing of titles and places.
    [
      'everything at once',
      { isRevoked: true, isItsContent: false, country: 'FR', hasTooManyStreams: true },
      'LICENCE_REVOKED',
    ],
  ])('%s', (_, change, code) => {
    for (const system of ['clearkey', 'widevine', 'playready', 'fairplay'] as const) {
      const question = {
        ...good,
        ...change,
        ...(change.system === undefined && change.claims?.level === undefined && { system }),
      }
      const refused = refusalOf({
        ...question,
        system: change.claims?.level === 'software' ? 'clearkey' : question.system,
      })
      expect(refused?.code).toBe(
        code === 'LICENCE_SYSTEM' && change.policy?.mode === 'encrypted' && system === 'widevine'
          ? undefined
          : code,
      )
      if (refused) expect(refused.message).toMatch(/^[a-z].{10,}/)
    }
  })
})
