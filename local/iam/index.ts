/** Who may do what: the template's own policies, decided as AWS decides them inside one account. */
import { LocalError } from '../errors.ts'
import { type Authorize, AwsFault, account, type Caller, region } from '../service.ts'
import type { Template } from '../template/model.ts'
import { type Decision, decide, type Principal } from './evaluate.ts'
import { type Grants, grantsOf } from './grants.ts'
import type { Context } from './pattern.ts'

/** The access rules of a running template. */
export interface Iam {
  /** The one question every service asks. */
  readonly authorize: Authorize
  /**
   * Throws unless the role trusts a service (`lambda.amazonaws.com`) to take it on; `sourceArn` is what the service
   * does it for, where it says so.
   */
  assertAssumable(role: string, service: string, sourceArn?: string): void
  /** AWS-managed policies the template attaches that grant nothing here. */
  readonly unknownManaged: readonly string[]
}

/** Reads the template's policies once; decisions are remembered, for they depend on nothing that changes. */
export function createIam(template: Template, clock: { readonly nowMs: () => number }): Iam {
  const grants = grantsOf(template)
  const roles = new Map(template.ofType('AWS::IAM::Role').map((role) => [role.id, role]))
  const sessions = sessionNames(template)
  const decisions = new Map<string, Decision>()
  const timed = dependsOnTime(grants)

  const principalOf = (caller: Exclude<Caller, { kind: 'person' }>): Principal => {
    if (caller.kind === 'anonymous') return caller
    if (caller.kind === 'service') return { kind: 'service', name: caller.principal }
    const arn = roles.get(caller.role)?.attribute('Arn')
    if (arn === undefined) throw new LocalError('IAM_ROLE_UNKNOWN', `${caller.role}: no role of the template`)
    return { kind: 'role', arn, account }
  }

  return {
    authorize(caller, action, resource, given = {}) {
      if (caller.kind === 'person') return
      const principal = principalOf(caller)
      const key = JSON.stringify([caller, action, resource, given])
      let decision = timed ? undefined : decisions.get(key)
      if (decision === undefined) {
        const context = { ...contextOf(caller, principal, clock.nowMs()), ...given }
        const identity = caller.kind === 'role' ? (grants.identity.get(caller.role) ?? []) : []
        const attached = grants.resource.get(ownerOf(resource)) ?? []
        const keyPolicy = resource.startsWith('arn:aws:kms:')
        decision = decide(
          { principal, action, resource, context },
          { identity, resource: attached, keyPolicy },
        )
        if (decisions.size >= rememberedDecisions) decisions.clear()
        decisions.set(key, decision)
      }
      if (decision.allowed) return
      throw new AwsFault(
        'AccessDenied',
        refusal(userOf(caller, roles, sessions), action, resource, decision.because),
        403,
      )
    },
    assertAssumable(role, service, sourceArn) {
      const request = {
        principal: { kind: 'service', name: service },
        action: 'sts:AssumeRole',
        resource: '*',
        context: {
          'aws:sourceaccount': account,
          ...(sourceArn !== undefined && { 'aws:sourcearn': sourceArn }),
        },
      } as const
      const trust = grants.trust.get(role) ?? []
      if (decide(request, { identity: [], resource: trust }).allowed) return
      throw new LocalError(
        'IAM_ROLE_UNTRUSTED',
        `${role}: its trust policy lets no ${service} assume it, so AWS refuses what runs under it`,
      )
    },
    unknownManaged: grants.unknownManaged,
  }
}

const rememberedDecisions = 50_000

/**
 * What every request has. Plain HTTP on the loopback counts as secure transport: a statement that denies
 * everything but TLS, which every bucket of ours has, would otherwise lock everyone out here.
 */
function contextOf(caller: Caller, principal: Principal, nowMs: number): Context {
  return {
    'aws:securetransport': 'true',
    's3:tlsversion': '1.3',
    'aws:currenttime': new Date(nowMs).toISOString(),
    'aws:epochtime': String(Math.floor(nowMs / 1000)),
    'aws:requestedregion': region,
    'aws:sourceip': '127.0.0.1',
    'aws:principalisawsservice': String(caller.kind === 'service'),
    'aws:viaawsservice': 'false',
    ...(principal.kind === 'role' && {
      'aws:principalarn': principal.arn,
      'aws:principalaccount': account,
      'aws:principaltype': 'AssumedRole',
    }),
    ...(caller.kind === 'service' && {
      'aws:sourcearn': caller.sourceArn,
      'aws:sourceaccount': account,
      'aws:principalservicename': caller.principal,
    }),
  }
}

/** Objects are judged by their bucket's policy, versions by their function's. */
function ownerOf(arn: string): string {
  if (arn.startsWith('arn:aws:s3:::')) return arn.split('/', 1)[0] ?? arn
  return arn.startsWith('arn:aws:lambda:') ? arn.split(':').slice(0, 7).join(':') : arn
}

/** A function's session bears its name; roles here belong to one function. */
function sessionNames(template: Template): ReadonlyMap<string, string> {
  return new Map(
    template.ofType('AWS::Lambda::Function').flatMap(({ name, properties }) => {
      const role = template.byArn(String(properties['Role']))
      return role === undefined ? [] : [[role.id, name] as const]
    }),
  )
}

function userOf(
  caller: Caller,
  roles: ReadonlyMap<string, { readonly name: string }>,
  sessions: ReadonlyMap<string, string>,
): string {
  if (caller.kind === 'service') return caller.principal
  if (caller.kind !== 'role') return 'anonymous'
  const session = sessions.get(caller.role) ?? caller.role
  return `arn:aws:sts::${account}:assumed-role/${roles.get(caller.role)?.name ?? caller.role}/${session}`
}

function refusal(user: string, action: string, resource: string, because: string): string {
  return `User: ${user} is not authorized to perform: ${action} on resource: "${resource}" ${because}`
}

function dependsOnTime({ identity, resource }: Grants): boolean {
  const keys = new Set(['aws:currenttime', 'aws:epochtime'])
  return [...identity.values(), ...resource.values()]
    .flat()
    .some(({ conditions }) => conditions.some(({ key }) => keys.has(key)))
}
