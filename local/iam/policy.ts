/** IAM policy documents: JSON of any shape AWS accepts, read once into statements with lists everywhere. */
import { isRecord } from '../json-input.ts'
import { type Condition, parseConditions } from './condition.ts'
import { broken, listOf } from './malformed.ts'

/** Who a statement of a resource policy is about; `*` stands for everyone, signed in or not. */
export interface Principals {
  readonly everyone: boolean
  /** Role ARNs, account ids and account root ARNs. */
  readonly aws: readonly string[]
  readonly services: readonly string[]
}

export interface Statement {
  readonly sid: string | undefined
  readonly effect: 'Allow' | 'Deny'
  /** Absent in identity policies. */
  readonly principals: Principals | undefined
  readonly notPrincipals: Principals | undefined
  readonly actions: readonly string[] | undefined
  readonly notActions: readonly string[] | undefined
  readonly resources: readonly string[] | undefined
  readonly notResources: readonly string[] | undefined
  readonly conditions: readonly Condition[]
  /** Whether `${aws:PrincipalArn}` is a variable: only in version 2012-10-17. */
  readonly variables: boolean
}

/** Reads a resolved document; `where` names it in errors (`IngestRoleDefaultPolicy`). */
export function parsePolicy(document: unknown, where: string): readonly Statement[] {
  if (!isRecord(document)) throw broken(where, 'a policy document', document)
  const { Version: version = '2008-10-17', Statement: statements } = document
  if (version !== '2012-10-17' && version !== '2008-10-17') {
    throw broken(`${where}.Version`, '2012-10-17 or 2008-10-17', version)
  }
  return listOf(statements).map((statement, index) =>
    parseStatement(statement, { where: `${where}.Statement[${index}]`, variables: version === '2012-10-17' }),
  )
}

function parseStatement(
  value: unknown,
  { where, variables }: { readonly where: string; readonly variables: boolean },
): Statement {
  if (!isRecord(value)) throw broken(where, 'a statement', value)
  const unknown = Object.keys(value).find((key) => !members.has(key))
  if (unknown !== undefined) throw broken(where, `one of ${[...members].join(', ')}`, unknown)
  const { Effect: effect, Sid: sid } = value
  if (effect !== 'Allow' && effect !== 'Deny') throw broken(`${where}.Effect`, 'Allow or Deny', effect)
  const texts = (name: string) =>
    value[name] === undefined ? undefined : textList(value[name], `${where}.${name}`)
  const actions = texts('Action')
  const notActions = texts('NotAction')
  if ((actions === undefined) === (notActions === undefined)) {
    throw broken(where, 'either Action or NotAction', Object.keys(value).join(', '))
  }
  return {
    sid: typeof sid === 'string' ? sid : undefined,
    effect,
    principals: parsePrincipals(value['Principal'], `${where}.Principal`),
    notPrincipals: parsePrincipals(value['NotPrincipal'], `${where}.NotPrincipal`),
    actions,
    notActions,
    resources: texts('Resource'),
    notResources: texts('NotResource'),
    conditions: parseConditions(value['Condition'], `${where}.Condition`),
    variables,
  }
}

const members = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
])

function parsePrincipals(value: unknown, where: string): Principals | undefined {
  if (value === undefined) return undefined
  if (value === '*') return { everyone: true, aws: [], services: [] }
  if (!isRecord(value)) throw broken(where, '"*" or an object', value)
  const kinds = Object.keys(value)
  const foreign = kinds.find((kind) => !['AWS', 'Service', 'CanonicalUser', 'Federated'].includes(kind))
  if (foreign !== undefined) throw broken(where, 'AWS, Service, CanonicalUser or Federated', foreign)
  const aws = textList(value['AWS'] ?? [], `${where}.AWS`)
  const services = textList(value['Service'] ?? [], `${where}.Service`)
  return { everyone: aws.includes('*'), aws: aws.filter((name) => name !== '*'), services }
}

function textList(value: unknown, where: string): readonly string[] {
  return listOf(value).map((entry) => {
    if (typeof entry !== 'string') throw broken(where, 'a string or a list of strings', entry)
    return entry
  })
}
