/** One decision, by AWS's order: an explicit deny, then what allows it, else an implicit deny. */
import { meets } from './condition.ts'
import { type Context, fitsAction, fitsArn, withVariables } from './pattern.ts'
import type { Principals, Statement } from './policy.ts'

/** Who asks, as policies see them. */
export type Principal =
  | { readonly kind: 'role'; readonly arn: string; readonly account: string }
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'anonymous' }

export interface AccessRequest {
  readonly principal: Principal
  readonly action: string
  readonly resource: string
  readonly context: Context
}

/** What speaks for or against it. */
export interface Policies {
  readonly identity: readonly Statement[]
  readonly resource: readonly Statement[]
  /** A KMS key belongs to its key policy: identity policies count only where it lets the account decide. */
  readonly keyPolicy?: boolean
}

/** The decision, with the half-sentence AWS ends its refusal with. */
export type Decision = { readonly allowed: true } | { readonly allowed: false; readonly because: string }

/** Decides a request inside one account. */
export function decide(request: AccessRequest, policies: Policies): Decision {
  const { identity, resource, keyPolicy = false } = policies
  const own = identity.filter((statement) => covers(statement, request))
  const theirs = resource.filter((statement) => covers(statement, request))
  const denied = (statement: Statement) =>
    statement.effect === 'Deny' && concerns(statement, request.principal)
  if (own.some((statement) => statement.effect === 'Deny')) {
    return refused('with an explicit deny in an identity-based policy')
  }
  if (theirs.some(denied)) return refused('with an explicit deny in a resource-based policy')
  const allowing = theirs.filter((statement) => statement.effect === 'Allow')
  const accountDecides = !keyPolicy || allowing.some((statement) => concerns(statement, request.principal))
  if (accountDecides && own.some((statement) => statement.effect === 'Allow')) return { allowed: true }
  if (allowing.some((statement) => grants(statement, request.principal))) return { allowed: true }
  const kind = request.principal.kind === 'role' && accountDecides ? 'identity-based' : 'resource-based'
  return refused(`because no ${kind} policy allows the ${request.action} action`)
}

function refused(because: string): Decision {
  return { allowed: false, because }
}

/** Whether action, resource and conditions fit; whom it is about is asked apart. */
function covers(statement: Statement, { action, resource, context }: AccessRequest): boolean {
  const { actions, notActions, resources, notResources, conditions, variables } = statement
  if (actions !== undefined && !actions.some((pattern) => fitsAction(pattern, action))) return false
  if (notActions?.some((pattern) => fitsAction(pattern, action)) === true) return false
  const names = (pattern: string) => {
    const known = variables ? withVariables(pattern, context) : pattern
    return known !== undefined && fitsArn(known, resource)
  }
  if (resources !== undefined && !resources.some(names)) return false
  if (notResources?.some(names) === true) return false
  return conditions.every((condition) => meets(condition, context, variables))
}

/** Whom a deny reaches: here the account stands for everyone in it. */
function concerns(statement: Statement, principal: Principal): boolean {
  const { principals, notPrincipals } = statement
  if (notPrincipals !== undefined) return !includes(notPrincipals, principal, true)
  return principals !== undefined && includes(principals, principal, true)
}

/** Whom an allow serves: naming the account only lets its own identity policies decide. */
function grants(statement: Statement, principal: Principal): boolean {
  const { principals, notPrincipals } = statement
  if (notPrincipals !== undefined) return !includes(notPrincipals, principal, true)
  return principals !== undefined && includes(principals, principal, false)
}

function includes(principals: Principals, principal: Principal, byAccount: boolean): boolean {
  if (principals.everyone) return true
  switch (principal.kind) {
    case 'anonymous':
      return false
    case 'service':
      return principals.services.includes(principal.name)
    case 'role': {
      const { arn, account } = principal
      const wholeAccount = new Set([account, `arn:aws:iam::${account}:root`])
      return principals.aws.some((name) => name === arn || (byAccount && wholeAccount.has(name)))
    }
  }
}
