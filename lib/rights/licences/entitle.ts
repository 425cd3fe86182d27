/** Whether a token opens what a request asks for: facts of the table, judged by the one rule. */
import { type ErrorCode, HeadendError } from '../../errors.ts'
import { isLicensable } from '../keys/key-periods.ts'
import type { DrmSystem, EncryptedPolicy } from '../protection/policy.ts'
import { type Refusal, refusalOf } from '../tokens/entitlement.ts'
import type { PlaybackClaims } from '../tokens/playback-token.ts'
import type { Challenge, LicencePorts, LicenceRequest } from './ports.ts'
import type { KnownKid, LicenceFacts } from './store.ts'
import { frontStanding, viewerCountry } from './viewer-country.ts'

/** What is known of a request that may have its licence. */
export interface Entitled extends LicenceFacts {
  readonly policy: EncryptedPolicy
  /** Keys asked for that may be had. */
  readonly known: readonly KnownKid[]
}

/** Who asks for what. */
export interface Asked {
  readonly claims: PlaybackClaims
  readonly system: DrmSystem
  readonly challenge: Challenge
}

/** What judging takes. */
export type EntitlementPorts = Pick<
  LicencePorts,
  'facts' | 'now' | 'frontSecrets' | 'hasTooManyStreams' | 'log'
>

/** Refusals that policy and plan decide: one of a moment ago may not know that a title was protected since. */
const ofRights: ReadonlySet<ErrorCode> = new Set(['LICENCE_SYSTEM', 'LICENCE_PERIOD'])

/** Judges it; throws the reason against a licence (403), and logs it. */
export async function entitle(
  ports: EntitlementPorts,
  { headers, requestId }: Pick<LicenceRequest, 'headers' | 'requestId'>,
  asked: Asked,
): Promise<Entitled> {
  const { claims, system, challenge } = asked
  const kept = await ports.facts(claims, challenge.kids)
  const first = await judge(ports, headers, { ...asked, facts: kept })
  const isFinal = !kept.isKept || !first.refused || !ofRights.has(first.refused.code)
  const { refused, facts, known, secrets } = isFinal
    ? first
    : await judge(ports, headers, { ...asked, facts: await ports.facts(claims, challenge.kids, true) })
  const { policy } = facts
  if (!refused && policy.mode === 'encrypted') return { ...facts, policy, known }
  const { code, message }: Refusal = refused ?? {
    code: 'LICENCE_SYSTEM',
    message: 'this title has no licences',
  }
  // A viewer of another country is refused by right; if the distribution is not believed, all are.
  const front = secrets && frontStanding(headers, secrets)
  logRefused(ports, { requestId, claims, system, code, ...(front && { front }) })
  throw new HeadendError(code, message, { status: 403 })
}

async function judge(
  ports: EntitlementPorts,
  headers: LicenceRequest['headers'],
  { claims, system, challenge, facts }: Asked & { readonly facts: LicenceFacts },
) {
  const nowMs = ports.now()
  const { plan, policy } = facts
  const known = facts.kids.filter(({ period }) => !plan || isLicensable(plan, period, nowMs))
  const secrets = claims.regions && (await ports.frontSecrets())
  const refused = refusalOf({
    claims,
    system,
    policy,
    ...keysAsked({ claims, system, challenge }, facts, known.length),
    country: secrets && viewerCountry(headers, secrets),
    isRevoked: facts.isRevoked,
    hasTooManyStreams: await ports.hasTooManyStreams(claims),
    nowMs,
  })
  return { refused, facts, known, secrets }
}

/**
 * Our own licences hold what the token opens of what was asked for. Those of others hold all of it, so one key that the
 * token does not open is too much; and a challenge that asks for no key names nobody's.
 */
function keysAsked(
  { claims, system, challenge: { kids, contents } }: Asked,
  facts: LicenceFacts,
  knownCount: number,
): { readonly isItsContent: boolean; readonly hasForeignKeys: boolean; readonly isInTime: boolean } {
  if (system === 'clearkey')
    return { isItsContent: facts.kids.length > 0, hasForeignKeys: false, isInTime: knownCount > 0 }
  return {
    isItsContent: kids.length === 0 || facts.kids.length > 0,
    hasForeignKeys: facts.kids.length < kids.length || contents.some((id) => id !== claims.content),
    isInTime: knownCount === kids.length,
  }
}

/** A refusal, for the log. */
export interface Refused extends Omit<Asked, 'challenge'> {
  readonly requestId: string
  readonly code: ErrorCode
  readonly front?: ReturnType<typeof frontStanding>
}

/** Says in the log who was refused what, so that an operator finds players that ask wrongly, and those who try. */
export function logRefused(
  { log }: Pick<LicencePorts, 'log'>,
  { claims: { account, content }, ...refused }: Refused,
): void {
  log.info('licence refused', { account, content, ...refused })
}
