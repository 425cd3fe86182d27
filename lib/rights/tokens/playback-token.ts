/** Playback tokens: JWTs (RFC 7519) with which an account's players get licences for one content item. */

import { decodeProtectedHeader, errors, importJWK, jwtVerify, SignJWT } from 'jose'
import * as z from 'zod'
import { HeadendError } from '../../errors.ts'
import { type Es256Key, es256KeyOf } from '../../platform/crypto/es256-key.ts'
import type { Span, SpansByContent } from '../../timeline/spans.ts'

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
  /** For a presentation: the times of channels whose keys the token grants, and no others of them. */
  readonly spans?: SpansByContent | undefined
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

/** Maximum number of ranges of channels: as many as two kilobytes hold. */
const maxTokenSpans = 64

/** Signs a token with the given key text. */
export async function mintPlaybackToken(keyText: string, claims: PlaybackClaims): Promise<string> {
  const key = es256KeyOf(keyText)
  const { account, content, contents, level, regions, tokenId, issuedEpochSeconds, expiresEpochSeconds } =
    claims
  const spans = claims.spans && printedSpans(claims.spans)
  return new SignJWT({
    content,
    ...(contents && { contents }),
    ...(spans && { spans }),
    drm: level,
    ...(regions && { regions }),
  })
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
  spans: z.record(z.string(), z.array(z.number()).min(2)).optional(),
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
    ...(data.spans && { spans: readSpans(data.spans) }),
    level: data.drm,
    ...(data.regions && { regions: data.regions }),
    issuedEpochSeconds: data.iat,
    expiresEpochSeconds: data.exp,
  }
}

/** As pairs, one behind the other; undefined if there are none. Throws TOKEN_SPANS for what no header has room for. */
function printedSpans(spans: SpansByContent): Record<string, number[]> | undefined {
  const all = Object.entries(spans)
  const count = all.reduce((sum, [, own]) => sum + own.length, 0)
  if (count > maxTokenSpans)
    throw new HeadendError(
      'TOKEN_SPANS',
      `expected at most ${maxTokenSpans} ranges of channels in what a token is for, got ${count}; make several presentations of it`,
      { status: 409 },
    )
  return all.length === 0 ? undefined : Object.fromEntries(all.map(([id, own]) => [id, own.flat()]))
}

const readSpans = (printed: Readonly<Record<string, readonly number[]>>): SpansByContent =>
  Object.fromEntries(Object.entries(printed).map(([id, numbers]) => [id, inPairs(numbers)]))

const inPairs = (numbers: readonly number[]): Span[] =>
  numbers.flatMap((from, i): Span[] => (i % 2 === 0 ? [[from, numbers[i + 1] ?? from]] : []))

const invalid = (cause?: unknown): HeadendError =>
  new HeadendError('TOKEN_INVALID', 'the token is not a playback token of this headend', {
    status: 401,
    ...(cause !== undefined && { cause }),
  })
