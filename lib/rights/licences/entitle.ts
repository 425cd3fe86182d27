/** Checks whether a token grants what a request asks for: reads the facts from the table and applies the one rule. */
import { type ErrorCode, HeadendError } from '../../errors.ts'
import { touchesPeriod } from '../../timeline/spans.ts'
import { isLicensable, timeOf } from '../keys/key-periods.ts'
import type { DrmSystem, EncryptedPolicy } from '../protection/policy.ts'
import { type Refusal, refusalOf } from '../tokens/entitlement.ts'
import type { PlaybackClaims } from '../tokens/playback-token.ts'
import type { Challenge, LicencePorts, LicenceRequest } from './ports.ts'
import type { KnownKid, LicenceFacts } from './store.ts'
import { frontStanding, viewerCountry } from './viewer-country.ts'

/** Facts of a request that may have its licence. */
export interface Entitled extends LicenceFacts {
  readonly policy: EncryptedPolicy
  /** Requested keys that may be issued. */
  readonly known: readonly KnownKid[]
  /** Whether the token is for a key period of its content. */
  readonly isGranted: (period: number) => boolean
}

/** A licence request: the token's claims, the system and the challenge. */
export interface Asked {
  readonly claims: PlaybackClaims
  readonly system: DrmSystem
  readonly challenge: Challenge
}

/** Dependencies of the check. */
export type EntitlementPorts = Pick<
  LicencePorts,
  'facts' | 'holds' | 'now' | 'frontSecrets' | 'hasTooManyStreams' | 'log'
>

/** Refusals decided by policy and plan: with cached facts, these may predate a change of protection. */
const ofRights: ReadonlySet<ErrorCode> = new Set(['LICENCE_SYSTEM', 'LICENCE_PERIOD'])

/** Applies the rule; logs and throws the refusal (403). */
export async function entitle(
  ports: EntitlementPorts,
  { headers, requestId }: Pick<LicenceRequest, 'headers' | 'requestId'>,
  asked: Asked,
): Promise<Entitled> {
  const { claims, system, challenge } = asked
  const kept = await ports.facts(claims, challenge.kids)
  const first = await judge(ports, headers, { ...asked, facts: kept })
  const isFinal = !kept.isKept || !first.refused || !ofRights.has(first.refused.code)
  const { refused, facts, known, secrets, isGranted } = isFinal
    ? first
    : await judge(ports, headers, { ...asked, facts: await ports.facts(claims, challenge.kids, true) })
  const { policy } = facts
  if (!refused && policy.mode === 'encrypted') return { ...facts, policy, known, isGranted }
  const { code, message }: Refusal = refused ?? {
    code: 'LICENCE_SYSTEM',
    message: 'this title has no licences',
  }
  // A viewer from another country is refused rightly; if the distribution is not trusted, everyone is.
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
  const isGranted = grantOf(claims, plan)
  const granted = facts.kids.filter(({ period }) => isGranted(period))
  const isOpen = await openPeriods(ports, claims, { plan, periods: granted.map(({ period }) => period) })
  const known = granted.filter(({ period }) => isOpen.has(period))
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
  return { refused, facts, known, secrets, isGranted }
}

/**
 * The periods that viewers may still have keys of: those they may go back to; and what is held of older ones, with a
 * token for a part of the channel, as the one for all of it ends with the window.
 */
async function openPeriods(
  { holds, now }: EntitlementPorts,
  { content, spans = {} }: PlaybackClaims,
  { plan, periods }: { readonly plan: LicenceFacts['plan']; readonly periods: readonly number[] },
): Promise<ReadonlySet<number>> {
  const open = new Set<number>()
  for (const period of new Set(periods)) {
    const isWithin = !plan || isLicensable(plan, period, now())
    const mayBeHeld = plan?.clock === 'wall' && Object.hasOwn(spans, content)
    if (isWithin || (mayBeHeld && (await holds.isHeld(content, timeOf(plan, period), now()))))
      open.add(period)
  }
  return open
}

/**
 * Whether a token is for a period of its content. One for a part of a channel is for those it shows; of keys that
 * somebody else named nobody knows when they are used.
 */
function grantOf({ content, spans = {} }: PlaybackClaims, plan: LicenceFacts['plan']): Entitled['isGranted'] {
  const own = Object.hasOwn(spans, content) ? spans[content] : undefined
  return (period) => !own || (plan !== undefined && touchesPeriod(own, plan, period))
}

/**
 * Our own licences contain what the token grants of what was requested. Third-party licences contain all of it, so a
 * single key the token does not grant refuses the request; a challenge without key IDs names no foreign key.
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

/** Logs a refusal, so that an operator finds misbehaving players and abuse. */
export function logRefused(
  { log }: Pick<LicencePorts, 'log'>,
  { claims: { account, content }, ...refused }: Refused,
): void {
  log.info('licence refused', { account, content, ...refused })
}
