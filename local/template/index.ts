/** Synthesized templates made ready to run: which resources there are, in what order, with what properties. */
import { LocalError } from '../errors.ts'
import { isRecord, type JsonRecord } from '../json-input.ts'
import { account } from '../service.ts'
import { services } from '../services.ts'
import { type Addresses, localText, withLocalAddresses } from './addresses.ts'
import type { Document, Stack } from './document.ts'
import { unknownIdentity } from './identity.ts'
import { conditionHolds, resolveValue, type Scope, type StackOutput } from './intrinsics.ts'
import type { LoadedStack, Resource, ResourceKind, Subject, Template } from './model.ts'
import { creationOrder } from './order.ts'
import { type Support, supportBy } from './support.ts'

export { parseDocument, readStacks, type Stack } from './document.ts'
export type { Resource, Template } from './model.ts'
export { countsText } from './support.ts'

/** The loopback front doors, none ending in a slash. */
export interface Endpoints {
  readonly aws: string
  readonly cdn: string
  /** One for each API, in the order of `portIds`. */
  readonly httpApis: readonly string[]
}

const kinds: ReadonlyMap<string, ResourceKind> = new Map(
  services.flatMap(({ kinds: known }) => known.map((kind) => [kind.type, kind] as const)),
)

/** Sorts what a template has: what runs here is in neither list. */
export const supportOf = (resources: Iterable<Pick<Resource, 'type' | 'properties'>>): Support =>
  supportBy((type) => kinds.get(type), resources)

/** Loads stacks, each after those it refers to, for the given front doors. */
export function loadTemplate(stacks: readonly Stack[], endpoints: Endpoints): Template {
  // One account has one assembly here. What it keeps is named after the whole, so that it is found again when a
  // resource is moved from one stack into another.
  const prefix = stacks.at(-1)?.name ?? ''
  const shared = sharedIds(stacks)
  const all: All = { addresses: new Map(), learned: new Map(), resources: new Map(), outputs: new Map() }
  const loaded = stacks.map((stack) => loadStack(stack, { prefix, shared, all, awsEndpoint: endpoints.aws }))
  const { resources, addresses, learned } = all
  const ports = portIds(stacks)
  for (const resource of resources.values()) {
    const own = endpoints.httpApis[ports.indexOf(resource.id)]
    const doors = { aws: endpoints.aws, cdn: endpoints.cdn, own }
    for (const [host, base] of resource.kind?.hosts?.(resource, doors) ?? []) addresses.set(host, base)
  }

  const byArn = new Map(
    loaded.flatMap(({ identities }) =>
      [...identities].flatMap(([id, identity]) => {
        const [arn, resource] = [identity.attribute('Arn'), resources.get(id)]
        return arn === undefined || resource === undefined ? [] : [[arn, resource] as const]
      }),
    ),
  )
  const assets = new Map(stacks.flatMap((stack) => [...stack.assets]))
  return {
    name: prefix,
    stacks: loaded,
    resources,
    ofType: (...types) => [...resources.values()].filter(({ type }) => types.includes(type)),
    byArn: (arn) =>
      byArn.get(arn) ?? byArn.get(arn.replace(/^(arn:aws:lambda:[^:]*:[^:]*:function:[^:]+):.*$/, '$1')),
    asset: (objectKey) => assets.get(objectKey),
    address: (host) => addresses.get(host),
    localText: (text) => localText(text, addresses),
    learn: (id, attributeName, value) => learned.set(`${id}.${attributeName}`, value),
    outputs: () =>
      Object.fromEntries(
        loaded
          .flatMap((stack) => Object.entries(stack.outputs()))
          .filter(([output]) => !betweenStacks.test(output)),
      ),
  }
}

/** What the stacks of an assembly share. */
interface All {
  readonly addresses: Map<string, string>
  readonly learned: Map<string, string>
  readonly resources: Map<string, Resource>
  /** Raw values of outputs, by stack, region and name. */
  readonly outputs: Map<string, () => unknown>
}

interface Loaded extends LoadedStack {
  readonly identities: ReadonlyMap<string, Known>
}

/** What a resource is called, whoever stated it. */
interface Known {
  readonly name: string
  readonly ref: string
  readonly attribute: (name: string) => string | undefined
}

function loadStack(
  { name: stack, region, document }: Stack,
  {
    prefix,
    shared,
    all,
    awsEndpoint,
  }: {
    readonly prefix: string
    readonly shared: ReadonlySet<string>
    readonly all: All
    readonly awsEndpoint: string
  },
): Loaded {
  const identities = new Map<string, Known>()
  const idOf = (logicalId: string): string => idWithin(stack, logicalId, shared)
  const scope: Scope = {
    ref: (name) =>
      pseudoParameter(name, stack, region) ?? identities.get(idOf(name))?.ref ?? parameter(document, name),
    attribute: (logicalId, name) => attribute(idOf(logicalId), name),
    conditions: document.conditions,
    mappings: document.mappings,
    region,
    stackOutput: (output) => all.outputs.get(outputKey(output))?.(),
  }

  function attribute(id: string, name: string): string {
    const value = all.learned.get(`${id}.${name}`) ?? identities.get(id)?.attribute(name)
    if (value !== undefined) return value
    const type = all.resources.get(id)?.type ?? 'no resource'
    throw new LocalError('TEMPLATE_ATTRIBUTE', `Fn::GetAtt ${id}.${name}: ${type} has no such attribute here`)
  }

  for (const logicalId of creationOrder(document.resources)) {
    const declared = document.resources.get(logicalId)
    if (declared === undefined) continue
    if (declared.condition !== undefined && !conditionHolds(declared.condition, scope)) continue
    const { type } = declared
    const id = idOf(logicalId)
    let properties: JsonRecord | undefined
    const property = (name: string) => resolveValue(declared.properties[name], scope)
    const identity = identify({ id, type, prefix, region, awsEndpoint, property })
    identities.set(id, identity)
    all.resources.set(id, {
      id,
      region,
      type,
      kind: kinds.get(type),
      name: identity.name,
      ref: identity.ref,
      get properties() {
        properties ??= asRecord(withLocalAddresses(resolveValue(declared.properties, scope), all.addresses))
        return properties
      },
      attribute: (attributeName) => attribute(id, attributeName),
    })
  }
  for (const [output, { Value: value }] of document.outputs)
    all.outputs.set(outputKey({ stack, region, output }), () => resolveValue(value, scope))
  return { name: stack, region, identities, outputs: () => outputsOf(document, scope, all.addresses) }
}

/** A logical id; with its stack's name before it where two stacks have it. */
const idWithin = (stack: string, logicalId: string, shared: ReadonlySet<string>): string =>
  shared.has(logicalId) ? `${stack}.${logicalId}` : logicalId

/** As CDK names what one stack refers to in another. */
const betweenStacks = /^(PublishOutput|ExportsOutput)/

const outputKey = ({ stack, region, output }: StackOutput): string => `${region}/${stack}/${output}`

/** Logical ids that more than one stack has. */
function sharedIds(stacks: readonly Pick<Stack, 'document'>[]): ReadonlySet<string> {
  const ids = stacks.flatMap(({ document }) => [...document.resources.keys()])
  return new Set(ids.filter((id, index) => ids.indexOf(id) !== index))
}

/** Ids of what has a port of its own, an API: by name, so that another one beside it moves none before it. */
export function portIds(stacks: readonly Pick<Stack, 'name' | 'document'>[]): readonly string[] {
  const shared = sharedIds(stacks)
  return stacks
    .flatMap(({ name, document }) =>
      [...document.resources].flatMap(([id, { type }]) =>
        kinds.get(type)?.hasPort === true ? [idWithin(name, id, shared)] : [],
      ),
    )
    .toSorted()
}

/** The identity of a resource, as its service states it. */
function identify(subject: Subject): Known {
  const identity = kinds.get(subject.type)?.identify?.(subject)
  if (identity === undefined) {
    const { name, attribute } = unknownIdentity(subject)
    return { name, ref: name, attribute }
  }
  const { name, ref = name, attributes = {} } = identity
  return { name, ref, attribute: (attribute) => attributes[attribute] }
}

function outputsOf(document: Document, scope: Scope, addresses: Addresses): Readonly<Record<string, string>> {
  const outputs: Record<string, string> = {}
  for (const [id, { Condition: condition, Value: value }] of document.outputs) {
    if (typeof condition === 'string' && !conditionHolds(condition, scope)) continue
    const resolved = withLocalAddresses(resolveValue(value, scope), addresses)
    if (typeof resolved !== 'string') {
      throw new LocalError(
        'TEMPLATE_OUTPUT',
        `output ${id}: expected a string, got ${JSON.stringify(resolved)}`,
      )
    }
    outputs[id] = /^(https?|wss?):\/\//.test(resolved) ? resolved.replace(/\/+$/, '') : resolved
  }
  return outputs
}

function pseudoParameter(name: string, stack: string, region: string): unknown {
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
    throw new LocalError(
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
