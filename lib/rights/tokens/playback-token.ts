/** Playback tokens: JWTs (RFC 7519) with which an account's players get licences for one content item. */

import { decodeProtectedHeader, errors, importJWK, jwtVerify, SignJWT } from 'jose'
import * as z from 'zod'
import { HeadendError } from '../../errors.ts'
import { type Es256Key, es256KeyOf } from '../../platform/crypto/es256-key.ts'

/** Minimum key protection on the player: TLS only, a software DRM, a hardware DRM. */
export const drmLevels = ['clearkey', 'software', 'hardware'] as const

/** A DRM level. */
export type DrmLevel = (typeof drmLevels)[number]

/** Claims of a playback token. */
export interface PlaybackClaims {
  /** ID of the token, for revocation. */
  readonly tokenId: string
  readonly account: string
  /** `vod/film`. */
  readonly content: string
  /** For a presentation: the content it shows, whose keys the token grants. */
  readonly contents?: readonly string[] | undefined
  readonly level: DrmLevel
  /** Countries (ISO 3166-1 alpha-2) it is valid in; absent: all. */
  readonly regions?: readonly string[] | undefined
  readonly issuedEpochSeconds: number
  readonly expiresEpochSeconds: number
}

/** Maximum lifetime of a token, and so how long a revocation is kept. */
export const maxTokenSeconds = 30 * 86_400

/** Maximum number of content items in a presentation's token. */
const maxTokenContents = 64

/** Signs a token with the given key text. */
export async function mintPlaybackToken(keyText: string, claims: PlaybackClaims): Promise<string> {
  const key = es256KeyOf(keyText)
  const { account, content, contents, level, regions, tokenId, issuedEpochSeconds, expiresEpochSeconds } =
    claims
  return new SignJWT({ content, ...(contents && { contents }), drm: level, ...(regions && { regions }) })
    .setProtectedHeader({ alg, typ: 'JWT', kid: key.kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(account)
    .setJti(tokenId)
    .setIssuedAt(issuedEpochSeconds)
    .setExpirationTime(expiresEpochSeconds)
    .sign(await importJWK({ ...key.privateJwk }, alg))
}

/**
 * Claims of a verified token, expired or not, since expiry is part of the entitlement rule. Throws TOKEN_INVALID (401)
 * unless one of the keys signed it.
 */
export async function readPlaybackToken(keyTexts: readonly string[], token: string): Promise<PlaybackClaims> {
  const key = keyOf(keyTexts, token)
  if (!key) throw invalid()
  try {
    const { payload } = await jwtVerify(token, await importJWK({ ...key.publicJwk }, alg), {
      algorithms: [alg],
      issuer,
      audience,
      // Expiry is checked by the entitlement rule; any time in the past will do here.
      currentDate: new Date(0),
    })
    return claimsOf(payload)
  } catch (cause) {
    if (cause instanceof errors.JOSEError) throw invalid(cause)
    throw cause
  }
}

function keyOf(keyTexts: readonly string[], token: string): Es256Key | undefined {
  let kid: string | undefined
  try {
    kid = decodeProtectedHeader(token).kid
  } catch {
    return undefined
  }
  return keyTexts.map(pair).find((one) => one.kid === kid)
}

/** Key pairs by key text, each derived once per warm function. */
const pairs = new Map<string, Es256Key>()

function pair(text: string): Es256Key {
  const known = pairs.get(text)
  if (known) return known
  if (pairs.size > 8) pairs.clear()
  const made = es256KeyOf(text)
  pairs.set(text, made)
  return made
}

const alg = 'ES256'
const issuer = 'headend'
const audience = 'headend-playback'

const payloadSchema = z.object({
  sub: z.string().min(1),
  jti: z.string().min(1),
  iat: z.number(),
  exp: z.number(),
  content: z.string(),
  contents: z.array(z.string()).min(1).max(maxTokenContents).optional(),
  drm: z.enum(drmLevels),
  regions: z.array(z.string()).optional(),
})

function claimsOf(payload: unknown): PlaybackClaims {
  const { success, data } = payloadSchema.safeParse(payload)
  if (!success) throw invalid()
  return {
    tokenId: data.jti,
    account: data.sub,
    content: data.content,
    ...(data.contents && { contents: data.contents }),
    level: data.drm,
    ...(data.regions && { regions: data.regions }),
    issuedEpochSeconds: data.iat,
    expiresEpochSeconds: data.exp,
  }
}

const invalid = (cause?: unknown): HeadendError =>
  new HeadendError('TOKEN_INVALID', 'the token is not a playback token of this headend', {
    status: 401,
    ...(cause !== undefined && { cause }),
  })
