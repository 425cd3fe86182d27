/** The policies of a template, gathered by whom they bind: roles, buckets, queues, functions. */
import { isRecord } from '../json-input.ts'
import type { Template } from '../template/model.ts'
import { listOf } from './malformed.ts'
import { managedPolicies } from './managed-policies.ts'
import { parsePolicy, type Statement } from './policy.ts'

export interface Grants {
  /** By the role's logical id. */
  readonly identity: ReadonlyMap<string, readonly Statement[]>
  readonly trust: ReadonlyMap<string, readonly Statement[]>
  /** By the ARN of what they stand at. */
  readonly resource: ReadonlyMap<string, readonly Statement[]>
  /** Managed policies that are not known here and so grant nothing. */
  readonly unknownManaged: readonly string[]
}

/** Reads every policy of the template; one that AWS would refuse is refused. */
export function grantsOf(template: Template): Grants {
  const identity = new Map<string, Statement[]>()
  const trust = new Map<string, readonly Statement[]>()
  const resource = new Map<string, Statement[]>()
  const unknownManaged = new Set<string>()
  const roles = template.ofType('AWS::IAM::Role')
  const roleNamed = new Map(roles.map((role) => [role.name, role.id]))

  const giveRoles = (names: unknown, statements: readonly Statement[]) => {
    for (const name of listOf(names)) {
      const role = roleNamed.get(String(name))
      if (role !== undefined) give(identity, role, statements)
    }
  }

  for (const { id, properties } of roles) {
    trust.set(id, parsePolicy(properties['AssumeRolePolicyDocument'], `${id}.AssumeRolePolicyDocument`))
    for (const [index, inline] of listOf(properties['Policies']).entries()) {
      if (isRecord(inline))
        give(identity, id, parsePolicy(inline['PolicyDocument'], `${id}.Policies[${index}]`))
    }
    for (const arn of listOf(properties['ManagedPolicyArns']).map(String)) {
      const own = template.ofType('AWS::IAM::ManagedPolicy').find((policy) => policy.ref === arn)
      const actions = managedPolicies.get(arn.split('/').at(-1) ?? '')
      if (own !== undefined) give(identity, id, parsePolicy(own.properties['PolicyDocument'], own.id))
      else if (arn.startsWith('arn:aws:iam::aws:') && actions !== undefined)
        give(identity, id, [allow(actions)])
      else unknownManaged.add(arn)
    }
  }
  for (const { id, properties } of template.ofType('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy')) {
    giveRoles(properties['Roles'], parsePolicy(properties['PolicyDocument'], id))
  }
  for (const attaching of template.resources.values())
    for (const { arn, document, where } of attaching.kind?.policies?.(attaching, template) ?? [])
      give(resource, arn, parsePolicy(document, where))
  return { identity, trust, resource, unknownManaged: [...unknownManaged] }
}

function give(list: Map<string, Statement[]>, owner: string, statements: readonly Statement[]): void {
  list.set(owner, [...(list.get(owner) ?? []), ...statements])
}

function allow(actions: readonly string[]): Statement {
  return {
    sid: undefined,
    effect: 'Allow',
    principals: undefined,
    notPrincipals: undefined,
    actions,
    notActions: undefined,
    resources: ['*'],
    notResources: undefined,
    conditions: [],
    variables: false,
  }
}
