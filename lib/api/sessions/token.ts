/**
 * Playback session tokens: `<kid>.<payload>.<signature>`, one path segment. They are checked by the viewer-request
 * function, which has only an HMAC and a key-value store.
 */

/** The claims of a token. */
export interface SessionClaims {
  /** The content that it opens, and no other: `vod/film`. */
  readonly content: string
  /** For a presentation: the contents whose media it opens as well. */
  readonly contents?: readonly string[] | undefined
  readonly expiresEpochSeconds: number
  readonly sessionId: string
}

/** A key, and its name in the tokens it signs. */
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

/**
 * The first twelve letters of a content's digest, by which the edge recognises it: 72 bits, enough that no two collide.
 */
async function digestOf(content: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(content))
  return Buffer.from(digest).toString('base64url').slice(0, 12)
}
