/** The policies of a template, gathered by whom they bind: roles, buckets, queues, functions. */
import { isRecord } from '../json-input.ts'
import { account } from '../service.ts'
import type { Resource, Template } from '../template/index.ts'
import { broken, listOf } from './malformed.ts'
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
  for (const { id, properties } of template.ofType('AWS::S3::BucketPolicy')) {
    const statements = parsePolicy(properties['PolicyDocument'], id)
    give(resource, `arn:aws:s3:::${String(properties['Bucket'])}`, statements)
  }
  for (const { id, properties } of template.ofType('AWS::SQS::QueuePolicy')) {
    const statements = parsePolicy(properties['PolicyDocument'], id)
    for (const url of listOf(properties['Queues'])) {
      const queue = template.ofType('AWS::SQS::Queue').find(({ ref }) => ref === url)
      if (queue !== undefined) give(resource, queue.attribute('Arn'), statements)
    }
  }
  for (const key of template.ofType('AWS::KMS::Key')) {
    give(resource, key.attribute('Arn'), parsePolicy(key.properties['KeyPolicy'], key.id))
  }
  for (const permission of template.ofType('AWS::Lambda::Permission')) {
    const { arn, statement } = lambdaPermission(permission)
    give(resource, arn, [statement])
  }
  return { identity, trust, resource, unknownManaged: [...unknownManaged] }
}

/** A `AWS::Lambda::Permission` is one statement of its function's resource policy. */
function lambdaPermission({ id, properties }: Resource): {
  readonly arn: string
  readonly statement: Statement
} {
  const { FunctionName: target, Action: action, Principal: principal } = properties
  if (typeof target !== 'string' || typeof action !== 'string' || typeof principal !== 'string') {
    throw broken(id, 'FunctionName, Action and Principal', properties)
  }
  const arn = target.startsWith('arn:') ? target : `arn:aws:lambda:us-east-1:${account}:function:${target}`
  const conditions = [
    ['ArnLike', 'AWS:SourceArn', properties['SourceArn']],
    ['StringEquals', 'AWS:SourceAccount', properties['SourceAccount']],
    ['StringEquals', 'lambda:FunctionUrlAuthType', properties['FunctionUrlAuthType']],
    ['Bool', 'lambda:InvokedViaFunctionUrl', properties['InvokedViaFunctionUrl']],
  ].filter(([, , value]) => value !== undefined)
  const block: Record<string, Record<string, unknown>> = {}
  for (const [operator, key, value] of conditions) {
    block[String(operator)] = { ...block[String(operator)], [String(key)]: value }
  }
  const who = principal === '*' ? '*' : principal.includes('.') ? { Service: principal } : { AWS: principal }
  const document = {
    Version: '2012-10-17',
    // A grant on the function serves its versions as well.
    Statement: [
      { Effect: 'Allow', Principal: who, Action: action, Resource: [arn, `${arn}:*`], Condition: block },
    ],
  }
  const [statement] = parsePolicy(document, id)
  if (statement === undefined) throw broken(id, 'a statement', document)
  return { arn: arn.split(':').slice(0, 7).join(':'), statement }
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
