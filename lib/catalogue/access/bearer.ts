/** Who may call the API: whoever brings an operator's token. */
import type { MiddlewareHandler } from 'hono'
import { HeadendError } from '../../errors.ts'

/** Resolves for a good token, throws TOKEN_INVALID or TOKEN_EXPIRED (401) for another. */
export type VerifyToken = (token: string) => Promise<unknown>

/** Lets a request through that carries `Authorization: Bearer <operator's token>` (RFC 6750 2.1). */
export const bearer =
  (verify: VerifyToken): MiddlewareHandler =>
  async (context, next) => {
    const token = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(context.req.header('authorization') ?? '')?.[1]
    if (token === undefined)
      throw new HeadendError('TOKEN_MISSING', 'expected a header Authorization: Bearer <operator token>', {
        status: 401,
      })
    await verify(token)
    await next()
  }

/** Reads the signing key of operators' tokens. */
export type ReadKey = () => Promise<string>

/** How long a key is kept, and how soon a refused token may make it be read again. */
const keptMs = 15 * 60_000
const soonestMs = 30_000

/**
 * Verifies with a key that is kept: read again when it is old, and when it refuses a token, because the key may
 * have been changed since; but not for every bad token, or anyone could make us ask Secrets Manager at will.
 */
export function verifyWithKeptKey(
  readKey: ReadKey,
  {
    verify,
    now,
  }: { readonly verify: (key: string, token: string) => Promise<unknown>; readonly now: () => number },
): VerifyToken {
  let kept: { readonly key: Promise<string>; readonly readMs: number } | undefined
  const key = (oldestMs: number): Promise<string> => {
    if (kept && now() - kept.readMs <= oldestMs) return kept.key
    const reading = readKey()
    kept = { key: reading, readMs: now() }
    reading.catch(() => {
      kept = undefined
    })
    return reading
  }
  return async (token) => {
    const first = await key(keptMs)
    try {
      return await verify(first, token)
    } catch (error) {
      const fresh = await key(soonestMs)
      if (fresh === first) throw error
      return verify(fresh, token)
    }
  }
}
