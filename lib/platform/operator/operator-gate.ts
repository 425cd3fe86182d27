/** Who is let in to the operator's API: whoever brings a token of the key in force. */
import { HeadendError } from '../../errors.ts'
import type { Operator } from './operator-token.ts'

/** Resolves for a good token, throws TOKEN_INVALID or TOKEN_EXPIRED (401) for another. */
export type VerifyToken = (token: string) => Promise<Operator>

/** Reads the signing key of operators' tokens. */
type ReadKey = () => Promise<string>

/** Half a minute: a key that leaked and was changed opens nothing after that. */
const ttlMs = 30_000
/** How soon a refused token may make the key be read again. */
const earliestMs = 5_000

/**
 * Verifies with a key that is kept: read again when it is old, and when it refuses a token, because the key may
 * have been changed since; but not for every bad token, or anyone could make us ask Secrets Manager at will.
 */
export function verifyWithKeptKey(
  readKey: ReadKey,
  {
    verify,
    now,
  }: { readonly verify: (key: string, token: string) => Promise<Operator>; readonly now: () => number },
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
    const first = await key(ttlMs)
    try {
      return await verify(first, token)
    } catch (error) {
      const fresh = await key(earliestMs)
      if (fresh === first) throw error
      return verify(fresh, token)
    }
  }
}

/** The token of `Authorization: Bearer <token>` (RFC 6750 2.1). */
export const bearerToken = (authorization: string | undefined): string | undefined =>
  /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(authorization ?? '')?.[1]

/** What API Gateway takes as an authorizer's answer (payload format 2.0, simple responses). */
export interface GateAnswer {
  readonly isAuthorized: boolean
}

/**
 * Answers for the gate before the API. A token that has merely expired passes: it was an operator's, and the API says so
 * with a code, where the gateway would say no more than Forbidden.
 */
export async function answerGate(
  verify: VerifyToken,
  authorization: string | undefined,
): Promise<GateAnswer> {
  const token = bearerToken(authorization)
  if (token === undefined) return { isAuthorized: false }
  try {
    await verify(token)
    return { isAuthorized: true }
  } catch (error) {
    // A fault of ours is no answer: the gateway says 500, and the alarm hears of it.
    if (!(error instanceof HeadendError) || error.status !== 401) throw error
    return { isAuthorized: error.code === 'TOKEN_EXPIRED' }
  }
}
