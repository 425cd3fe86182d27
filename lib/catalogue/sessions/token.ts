/**
 * Playback session tokens: `<kid>.<payload>.<signature>`, one path segment, checked by the viewer-request
 * function, which has an HMAC and a key-value store and nothing else.
 */

/** What a token says. */
export interface SessionClaims {
  /** `vod/film`: what it opens, and nothing beside it. */
  readonly content: string
  readonly expiresEpochSeconds: number
  readonly sessionId: string
}

/** A key and the name by which tokens say that it signed them. */
export interface SigningKey {
  readonly kid: string
  /** 64 hex digits. */
  readonly hex: string
}

/** Signs a token (HMAC-SHA256 over `<kid>.<payload>`). */
export async function signSession(claims: SessionClaims, key: SigningKey): Promise<string> {
  const payload = Buffer.from(
    JSON.stringify({ c: claims.content, e: claims.expiresEpochSeconds, s: claims.sessionId }),
  ).toString('base64url')
  const signed = `${key.kid}.${payload}`
  const hmac = await crypto.subtle.importKey(
    'raw',
    Buffer.from(key.hex, 'hex'),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  )
  const signature = await crypto.subtle.sign('HMAC', hmac, new TextEncoder().encode(signed))
  return `${signed}.${Buffer.from(signature).toString('base64url')}`
}
