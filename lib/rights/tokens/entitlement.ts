/** The one rule that decides whether a licence is given, whatever the DRM. */
import type { ErrorCodeOf } from '../../errors.ts'
import type { DrmSystem, Policy } from '../protection/policy.ts'
import type { PlaybackClaims } from './playback-token.ts'

/** Everything the rule looks at. */
export interface EntitlementQuestion {
  readonly claims: PlaybackClaims
  readonly system: DrmSystem
  /** Of the token's content. */
  readonly policy: Policy
  /** Whether any of the keys asked for is a key of the token's content. */
  readonly isItsContent: boolean
  /** Whether a licence would hold keys of others, too. */
  readonly hasForeignKeys: boolean
  /** Whether the keys it would hold belong to periods that are not over for too long. */
  readonly isInTime: boolean
  /** Where the viewer is (ISO 3166-1 alpha-2); absent where nobody can tell. */
  readonly country?: string | undefined
  /** Whether the token, or all tokens of its account at its time, were taken back. */
  readonly isRevoked: boolean
  /** Whether the account already plays as much as it may at once. */
  readonly hasTooManyStreams: boolean
  readonly nowMs: number
}

/** Why not; the code is for programs, the message for the viewer's screen. */
export interface Refusal {
  readonly code: ErrorCodeOf<403>
  readonly message: string
}

/** The first reason against a licence; undefined where there is none. */
export function refusalOf(question: EntitlementQuestion): Refusal | undefined {
  const { claims, system, policy, nowMs } = question
  if (nowMs >= claims.expiresEpochSeconds * 1000)
    return { code: 'LICENCE_EXPIRED', message: 'the permission to play has expired' }
  if (question.isRevoked) return { code: 'LICENCE_REVOKED', message: 'the permission to play was withdrawn' }
  if (policy.mode === 'none' || !policy.systems.includes(system))
    return { code: 'LICENCE_SYSTEM', message: `this title has no licences for ${system}` }
  if (!question.isItsContent)
    return { code: 'LICENCE_CONTENT', message: 'the permission to play is for another title' }
  if (question.hasForeignKeys)
    return { code: 'LICENCE_KEY', message: 'the permission to play is not for all keys that were asked for' }
  if (!question.isInTime)
    return { code: 'LICENCE_PERIOD', message: 'this part of the programme can not be played any more' }
  // Where a viewer is unknown, a token bound to places opens nothing.
  if (claims.regions && !claims.regions.includes(question.country ?? ''))
    return { code: 'LICENCE_REGION', message: 'this title can not be played where you are' }
  // Clear Key hands keys to the page itself; how strong another system is, its own licence server knows.
  if (system === 'clearkey' && claims.level !== 'clearkey')
    return { code: 'LICENCE_LEVEL', message: `this title needs a DRM in ${claims.level}` }
  if (question.hasTooManyStreams)
    return { code: 'LICENCE_STREAMS', message: 'too many devices of this account are playing' }
  return undefined
}
