/** Access to the operator's API: a token signed with the current key. */
import { HeadendError } from '../../errors.ts'
import type { Operator } from './operator-token.ts'

/** Resolves for a valid token, else throws TOKEN_INVALID or TOKEN_EXPIRED (401). */
export type VerifyToken = (token: string) => Promise<Operator>

/** Reads the key that signs operators' tokens. */
type ReadKey = () => Promise<string>

/** Half a minute: a leaked key that was replaced opens nothing after that. */
const ttlMs = 30_000
/** The minimum time between reads of the key that refused tokens cause. */
const earliestMs = 5_000

/**
 * Verifies with a cached key. It is read again when it is old and when it refuses a token, because it may have been
 * replaced since; but not for every bad token, or anyone could make us call Secrets Manager at will.
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

/** An authorizer's answer to API Gateway (payload format 2.0, simple responses). */
export interface GateAnswer {
  readonly isAuthorized: boolean
}

/**
 * The authorizer's answer. A token that has merely expired passes: it was an operator's, and the API answers with a
 * specific code where the gateway would only say Forbidden.
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
    // Our own faults are thrown: the gateway answers 500, and the alarm counts it.
    if (!(error instanceof HeadendError) || error.status !== 401) throw error
    return { isAuthorized: error.code === 'TOKEN_EXPIRED' }
  }
}
