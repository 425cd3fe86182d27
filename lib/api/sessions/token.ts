/**
 * Playback session tokens: `<kid>.<payload>.<signature>`, one path segment, checked by the viewer-request
 * function, which has an HMAC and a key-value store and nothing else.
 */

/** What a token says. */
export interface SessionClaims {
  /** `vod/film`: what it opens, and nothing beside it. */
  readonly content: string
  /** Of a presentation: the contents whose media it opens, too. */
  readonly contents?: readonly string[] | undefined
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
  const { content, contents, expiresEpochSeconds, sessionId } = claims
  const listed = contents && (await Promise.all(contents.map(digestOf)))
  const payload = Buffer.from(
    JSON.stringify({
      c: content,
      e: expiresEpochSeconds,
      s: sessionId,
      ...(listed && { a: listed.join('') }),
    }),
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

/** Twelve letters of a content's digest, by which the edge knows it again: 72 bits, which no two contents share. */
async function digestOf(content: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(content))
  return Buffer.from(digest).toString('base64url').slice(0, 12)
}
