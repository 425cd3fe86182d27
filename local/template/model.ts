/** What a template is to the services that run it, and what they state of the kinds of its resources. */
import type { JsonRecord } from '../json-input.ts'

/** One resource of the template whose condition holds. */
export interface Resource {
  /** Logical id; with its stack's name before it where two stacks have it. */
  readonly id: string
  readonly region: string
  readonly type: string
  /** What the service that runs it states of its type; undefined where no service knows it. */
  readonly kind: ResourceKind | undefined
  /** What the service knows it by: bucket, table, queue or function name, API or distribution id. */
  readonly name: string
  readonly ref: string
  /** Every intrinsic resolved, URLs of AWS's hosts already those of this machine. Resolved on the first look. */
  readonly properties: JsonRecord
  /** What `Fn::GetAtt` gives. */
  readonly attribute: (name: string) => string
}

/** The stacks of an assembly as one template, as the rest of the local cloud reads it. */
export interface Template {
  /** The stack that is made last: its name is the assembly's. */
  readonly name: string
  readonly stacks: readonly LoadedStack[]
  /** By id, each after what it needs. */
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
  /** Of all stacks, but for those that only other stacks read. */
  outputs(): Readonly<Record<string, string>>
}

/** One of the stacks. */
export interface LoadedStack {
  readonly name: string
  readonly region: string
  readonly outputs: () => Readonly<Record<string, string>>
}

/** What a service states of one type of resource. */
export interface ResourceKind {
  /** `AWS::SQS::Queue` */
  readonly type: string
  /** `runs`; `absent`: only its names are known; or why it needs nothing here. */
  readonly here: 'runs' | 'absent' | { readonly inert: string }
  /** @default names that say whose they are */
  readonly identify?: Identify
  /** What of a resource that otherwise runs does not, as it is said at start. */
  readonly partNotRun?: (properties: JsonRecord) => string | undefined
  /** Whether each resource has a port of its own. @default false */
  readonly hasPort?: boolean
  /** The hosts AWS gives a resource, and where each is here. */
  readonly hosts?: (resource: Resource, doors: Doors) => readonly (readonly [host: string, url: string])[]
  /** The resource policies that a resource has, or puts at others. */
  readonly policies?: (resource: Resource, template: Template) => readonly AttachedPolicy[]
}

/** The loopback addresses a resource may be at, none ending in a slash. */
export interface Doors {
  readonly aws: string
  readonly cdn: string
  /** Of the resource's own port. */
  readonly own: string | undefined
}

/** A resource policy. */
export interface AttachedPolicy {
  /** The ARN of what it stands at. */
  readonly arn: string
  readonly document: unknown
  /** Named when it is malformed. */
  readonly where: string
}

/** Works out a resource's identity, which is the same at every start. */
export type Identify = (subject: Subject) => Identity

/** A resource as its identity is worked out. */
export interface Subject {
  readonly id: string
  readonly type: string
  /** What names begin with: the same for all stacks of an assembly. */
  readonly prefix: string
  readonly region: string
  /** One property, resolved. */
  readonly property: (name: string) => unknown
  readonly awsEndpoint: string
}

/** What a resource is called. */
export interface Identity {
  /** The name or id the service knows it by. */
  readonly name: string
  /** What `Ref` gives. @default the name */
  readonly ref?: string
  /** What `Fn::GetAtt` gives; AWS has no other attributes. */
  readonly attributes?: Readonly<Record<string, string>>
}
