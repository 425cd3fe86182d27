/** The operator's token: a JWT that the API and the console accept, signed with the key in Secrets Manager. */
import { randomBytes } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import { HeadendError } from '../../errors.ts'

/** The holder of a valid token. */
export interface Operator {
  readonly subject: string
  /** The token's id in the log; absent from tokens issued before ids were introduced. */
  readonly tokenId?: string | undefined
  readonly expiresAtSeconds: number
}

export interface MintOptions {
  readonly now: Date
  /** @default one year */
  readonly lifetimeSeconds?: number
  /** @default operator */
  readonly subject?: string
  /** The token's id in the log. @default a unique one */
  readonly tokenId?: string
}

/** Issues a token with full access; `key` is the member `key` of the secret's JSON. */
export async function mintOperatorToken(key: string, options: MintOptions): Promise<string> {
  const {
    now,
    tokenId = randomBytes(12).toString('base64url'),
    lifetimeSeconds = 365 * 24 * 3600,
    subject = 'operator',
  } = options
  const nowSeconds = Math.floor(now.getTime() / 1000)
  return new SignJWT({ role })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(subject)
    .setJti(tokenId)
    .setIssuedAt(nowSeconds)
    .setExpirationTime(nowSeconds + lifetimeSeconds)
    .sign(keyBytes(key))
}

/** The token's holder; throws `TOKEN_INVALID` or `TOKEN_EXPIRED` (401) with a message that quotes no claim. */
export async function verifyOperatorToken(key: string, token: string, now?: Date): Promise<Operator> {
  const options = {
    algorithms: ['HS256'],
    issuer,
    audience,
    requiredClaims: ['exp', 'sub'],
    ...(now !== undefined && { currentDate: now }),
  }
  const { payload } = await jwtVerify(token, keyBytes(key), options).catch((cause: unknown) => {
    if (cause instanceof errors.JWTExpired) {
      throw new HeadendError('TOKEN_EXPIRED', 'the token has expired: mint a new one', { status: 401, cause })
    }
    throw new HeadendError('TOKEN_INVALID', 'the token is not one of this headend', { status: 401, cause })
  })
  if (payload['role'] !== role || payload.sub === undefined || payload.exp === undefined) {
    throw new HeadendError('TOKEN_INVALID', "the token is not an operator's", { status: 401 })
  }
  return { subject: payload.sub, tokenId: payload.jti, expiresAtSeconds: payload.exp }
}

const issuer = 'headend'
const audience = 'headend-api'
const role = 'operator'

function keyBytes(key: string): Uint8Array {
  const bytes = new TextEncoder().encode(key)
  // RFC 7518 3.2: the key must be at least as long as the hash.
  if (bytes.length < 32)
    throw new HeadendError('TOKEN_KEY_SHORT', `HS256 key: expected 32 bytes or more, got ${bytes.length}`)
  return bytes
}
