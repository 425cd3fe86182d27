import { decodeJwt, SignJWT } from 'jose'
import { expect, it } from 'vitest'
import { mintOperatorToken, verifyOperatorToken } from '../../lib/platform/operator/operator-token.ts'

const key = 'k'.repeat(64)
const now = new Date('2026-06-01T12:00:00Z')
const bytes = new TextEncoder().encode(key)

it('mints what it verifies, for a year', async () => {
  const token = await mintOperatorToken(key, { now, tokenId: 't1' })
  expect(decodeJwt(token)).toEqual({
    role: 'operator',
    iss: 'headend',
    aud: 'headend-api',
    sub: 'operator',
    jti: 't1',
    iat: now.getTime() / 1000,
    exp: now.getTime() / 1000 + 365 * 24 * 3600,
  })
  expect(await verifyOperatorToken(key, token, now)).toEqual({
    subject: 'operator',
    tokenId: 't1',
    expiresAtSeconds: now.getTime() / 1000 + 365 * 24 * 3600,
  })
})

it('names each token for the log, and takes those of before that have no name', async () => {
  const [one, other] = [await mintOperatorToken(key, { now }), await mintOperatorToken(key, { now })]
  expect(decodeJwt(one).jti).not.toBe(decodeJwt(other).jti)
  const unnamed = await sign({ ...claims, sub: 'anna' })
  expect(await verifyOperatorToken(key, unnamed, now)).toMatchObject({ subject: 'anna', tokenId: undefined })
})

it('refuses a token after its end', async () => {
  const token = await mintOperatorToken(key, { now, lifetimeSeconds: 60 })
  await expect(verifyOperatorToken(key, token, new Date(now.getTime() + 61_000))).rejects.toMatchObject({
    code: 'TOKEN_EXPIRED',
    status: 401,
  })
})

const claims = { role: 'operator', iss: 'headend', aud: 'headend-api', sub: 'x', exp: 4_000_000_000 }
const sign = (payload: object, secret = bytes, alg = 'HS256') =>
  new SignJWT({ ...payload }).setProtectedHeader({ alg }).sign(secret)

it.each([
  ['no token', async () => 'x'],
  ['one of another key', () => sign(claims, new TextEncoder().encode('other'.repeat(20)))],
  ['one of another algorithm', () => sign(claims, bytes, 'HS384')],
  ['one without a signature', async () => `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify(claims))}.`],
  ['another role', () => sign({ ...claims, role: 'player' })],
  ['another audience', () => sign({ ...claims, aud: 'other' })],
  ['another issuer', () => sign({ ...claims, iss: 'other' })],
  ['no end', () => sign({ ...claims, exp: undefined })],
])('refuses %s', async (_, token) => {
  await expect(verifyOperatorToken(key, await token(), now)).rejects.toMatchObject({
    code: 'TOKEN_INVALID',
    status: 401,
  })
})

it('signs with no short key', async () => {
  await expect(mintOperatorToken('short', { now })).rejects.toMatchObject({ code: 'TOKEN_KEY_SHORT' })
})
