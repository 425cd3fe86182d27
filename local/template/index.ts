/** A synthesized template made ready to run: which resources there are, in what order, with what properties. */
import { HeadendError } from '../../lib/errors.ts'
import { isRecord, type JsonRecord } from '../json-input.ts'
import { account, region } from '../service.ts'
import { type Addresses, localText, withLocalAddresses } from './addresses.ts'
import type { Document, Stack } from './document.ts'
import { type Identity, identify } from './identity.ts'
import { conditionHolds, resolveValue, type Scope } from './intrinsics.ts'
import { creationOrder } from './order.ts'
import type { Resource } from './resource.ts'

export { parseDocument, readStack, type Stack } from './document.ts'
export type { Resource } from './resource.ts'
export { countsText, type Support, supportOf } from './support.ts'

/** The loopback front doors, none ending in a slash. */
export interface Endpoints {
  readonly aws: string
  readonly cdn: string
  /** One for each API, in the order of `apiIds`. */
  readonly httpApis: readonly string[]
}

/** The template, as the rest of the local cloud reads it. */
export interface Template {
  readonly stack: string
  /** By logical id, each after what it needs. */
  readonly resources: ReadonlyMap<string, Resource>
  ofType(...types: readonly string[]): readonly Resource[]
  /** The resource with this ARN in its `Arn` attribute (a function's version and alias lead to the function). */
  byArn(arn: string): Resource | undefined
  /** The directory or file of an asset, by its key in the assets bucket. */
  asset(objectKey: string): string | undefined
  /** Where a host name AWS gives to one of these resources is here. */
  address(host: string): string | undefined
  /** A text with the URLs of AWS's hosts turned into those of this machine. */
  localText(text: string): string
  /** Makes an attribute known that only its service can tell, as the ARN of a table's stream. */
  learn(id: string, attribute: string, value: string): void
  outputs(): Readonly<Record<string, string>>
}

/** Loads a stack for the given front doors. */
export function loadTemplate({ name: stack, document, assets }: Stack, endpoints: Endpoints): Template {
  const learned = new Map<string, string>()
  const identities = new Map<string, Identity>()
  const resources = new Map<string, Resource>()
  const addresses = new Map<string, string>()
  const apis = apiIds(document)

  const scope: Scope = {
    ref: (name) => pseudoParameter(name, stack) ?? identities.get(name)?.ref ?? parameter(document, name),
    attribute,
    conditions: document.conditions,
    mappings: document.mappings,
    region,
  }

  function attribute(id: string, name: string): string {
    const value = learned.get(`${id}.${name}`) ?? identities.get(id)?.attribute(name)
    if (value !== undefined) return value
    const type = document.resources.get(id)?.type ?? 'no resource'
    throw new HeadendError(
      'TEMPLATE_ATTRIBUTE',
      `Fn::GetAtt ${id}.${name}: ${type} has no such attribute here`,
    )
  }

  for (const id of creationOrder(document.resources)) {
    const declared = document.resources.get(id)
    if (declared === undefined) continue
    if (declared.condition !== undefined && !conditionHolds(declared.condition, scope)) continue
    const { type } = declared
    let properties: JsonRecord | undefined
    const property = (name: string) => resolveValue(declared.properties[name], scope)
    const subject = { id, type, stack, awsEndpoint: endpoints.aws, property }
    const identity = identify(subject)
    identities.set(id, identity)
    resources.set(id, {
      id,
      type,
      name: identity.name,
      ref: identity.ref,
      get properties() {
        properties ??= asRecord(withLocalAddresses(resolveValue(declared.properties, scope), addresses))
        return properties
      },
      attribute: (attributeName) => attribute(id, attributeName),
    })
  }
  for (const [host, base] of hostsOf(resources, endpoints)) addresses.set(host, base)
  for (const [index, id] of apis.entries()) {
    const base = endpoints.httpApis[index]
    const api = resources.get(id)
    if (api !== undefined && base !== undefined)
      addresses.set(new URL(api.attribute('ApiEndpoint')).hostname, base)
  }

  const byArn = new Map<string, Resource>()
  for (const resource of resources.values()) {
    const arn = identities.get(resource.id)?.attribute('Arn')
    if (arn !== undefined) byArn.set(arn, resource)
  }
  return {
    stack,
    resources,
    ofType: (...types) => [...resources.values()].filter(({ type }) => types.includes(type)),
    byArn: (arn) =>
      byArn.get(arn) ?? byArn.get(arn.replace(/^(arn:aws:lambda:[^:]*:[^:]*:function:[^:]+):.*$/, '$1')),
    asset: (objectKey) => assets.get(objectKey),
    address: (host) => addresses.get(host),
    localText: (text) => localText(text, addresses),
    learn: (id, attributeName, value) => learned.set(`${id}.${attributeName}`, value),
    outputs: () => outputsOf(document, scope, addresses),
  }
}

/** Logical ids of the APIs, each of which has a port: by name, so that another one beside it moves none before it. */
export function apiIds({ resources }: Pick<Document, 'resources'>): readonly string[] {
  return [...resources]
    .flatMap(([id, { type }]) => (type === 'AWS::ApiGatewayV2::Api' ? [id] : []))
    .toSorted()
}

/** Each host AWS would have given, and where it is here. */
function* hostsOf(
  resources: ReadonlyMap<string, Resource>,
  endpoints: Endpoints,
): Generator<[string, string]> {
  for (const resource of resources.values()) {
    switch (resource.type) {
      case 'AWS::S3::Bucket':
        for (const name of ['DomainName', 'RegionalDomainName', 'DualStackDomainName']) {
          yield [resource.attribute(name), `${endpoints.aws}/${resource.name}`]
        }
        break
      case 'AWS::CloudFront::Distribution':
        yield [resource.attribute('DomainName'), endpoints.cdn]
        break
      case 'AWS::Lambda::Url':
        yield [
          new URL(resource.attribute('FunctionUrl')).hostname,
          `${endpoints.aws}/_aws/lambda-url/${resource.id}`,
        ]
        break
    }
  }
}

function outputsOf(document: Document, scope: Scope, addresses: Addresses): Readonly<Record<string, string>> {
  const outputs: Record<string, string> = {}
  for (const [id, { Condition: condition, Value: value }] of document.outputs) {
    if (typeof condition === 'string' && !conditionHolds(condition, scope)) continue
    const resolved = withLocalAddresses(resolveValue(value, scope), addresses)
    if (typeof resolved !== 'string') {
      throw new HeadendError(
        'TEMPLATE_OUTPUT',
        `output ${id}: expected a string, got ${JSON.stringify(resolved)}`,
      )
    }
    outputs[id] = /^(https?|wss?):\/\//.test(resolved) ? resolved.replace(/\/+$/, '') : resolved
  }
  return outputs
}

function pseudoParameter(name: string, stack: string): unknown {
  switch (name) {
    case 'AWS::Region':
      return region
    case 'AWS::AccountId':
      return account
    case 'AWS::Partition':
      return 'aws'
    case 'AWS::URLSuffix':
      return 'amazonaws.com'
    case 'AWS::StackName':
      return stack
    case 'AWS::StackId':
      return `arn:aws:cloudformation:${region}:${account}:stack/${stack}/local`
    case 'AWS::NotificationARNs':
      return []
    default:
      return undefined
  }
}

/** Nobody is asked for parameters here: each must have its default. */
function parameter(document: Document, name: string): unknown {
  const declared = document.parameters.get(name)
  if (declared === undefined) return undefined
  const { Default: value, Type: type } = declared
  if (value === undefined) {
    throw new HeadendError(
      'TEMPLATE_PARAMETER',
      `parameter ${name}: expected a Default, for nothing else gives it a value here`,
    )
  }
  if (typeof value !== 'string' || typeof type !== 'string' || !/^(CommaDelimitedList|List<)/.test(type))
    return value
  return value.split(',').map((part) => part.trim())
}

function asRecord(value: unknown): JsonRecord {
  return isRecord(value) ? value : {}
}
