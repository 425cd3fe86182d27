/** The one rule that decides whether a licence is issued, whatever the DRM system. */
import type { ErrorCodeOf } from '../../errors.ts'
import type { DrmSystem, Policy } from '../protection/policy.ts'
import type { PlaybackClaims } from './playback-token.ts'

/** Input of the rule. */
export interface EntitlementQuestion {
  readonly claims: PlaybackClaims
  readonly system: DrmSystem
  /** Policy of the token's content. */
  readonly policy: Policy
  /** Whether any requested key belongs to the token's content. */
  readonly isItsContent: boolean
  /** Whether a licence would also contain keys of other content. */
  readonly hasForeignKeys: boolean
  /** Whether the periods of its keys are still within the start-over window. */
  readonly isInTime: boolean
  /** The viewer's country (ISO 3166-1 alpha-2); absent if unknown. */
  readonly country?: string | undefined
  /** Whether the token, or all the account's tokens of its time, were revoked. */
  readonly isRevoked: boolean
  /** Whether the account has reached its stream limit. */
  readonly hasTooManyStreams: boolean
  readonly nowMs: number
}

/** A refusal; the code is for programs, the message for the viewer's screen. */
export interface Refusal {
  readonly code: ErrorCodeOf<403>
  readonly message: string
}

/** The first reason to refuse a licence; undefined if there is none. */
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
  // A token bound to regions grants nothing to a viewer whose country is unknown.
  if (claims.regions && !claims.regions.includes(question.country ?? ''))
    return { code: 'LICENCE_REGION', message: 'this title can not be played where you are' }
  // Clear Key exposes keys to the page itself; the strength of another system is known to its licence server.
  if (system === 'clearkey' && claims.level !== 'clearkey')
    return { code: 'LICENCE_LEVEL', message: `this title needs a DRM in ${claims.level}` }
  if (question.hasTooManyStreams)
    return { code: 'LICENCE_STREAMS', message: 'too many devices of this account are playing' }
  return undefined
}
