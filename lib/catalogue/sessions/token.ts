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

/** The key in force; a later one gets another name, so that tokens of the old one go on until they expire. */
export const currentKid = '1'

/** Name of a signing key in the key-value store; its value is 64 hex digits. */
export const keyEntry = (kid: string): string => `k.${kid}`

/** Name of a revoked session in the key-value store; its value is the epoch second it may be forgotten at. */
export const revocationEntry = (sessionId: string): string => `r.${sessionId}`

/** Signs a token (HMAC-SHA256 over `<kid>.<payload>`). */
export async function signSession(
  claims: SessionClaims,
  key: { readonly kid: string; readonly hex: string },
): Promise<string> {
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
