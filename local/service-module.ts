/** What a service of this cloud is: the resource types it knows, and how it is opened on a template. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { BehaviourStats, KeyValues } from './cloudfront/index.ts'
import { LocalError } from './errors.ts'
import type { QueueSource, StreamSource } from './event-sources/index.ts'
import type { Faults } from './faults/index.ts'
import type { Credentials, FunctionUrlDoor } from './gateway/index.ts'
import type { Iam } from './iam/index.ts'
import type { Lambda, LambdaLimits, Log } from './lambda/index.ts'
import { type Authorize, AwsFault, type AwsService, type Caller } from './service.ts'
import type { Resource, ResourceKind, Template } from './template/model.ts'

/** One service: its folder exports it, and `services.ts` lists it. */
export interface ServiceModule {
  /** As ARNs name it (`sqs`), where what has an ARN is its own. */
  readonly name: string
  /** The resource types it knows. */
  readonly kinds: readonly ResourceKind[]
  /** Opens it on the data directory; what was there before keeps its content. @default nothing to open */
  readonly open?: (context: ServiceContext, opened: AsyncDisposableStack) => Promise<OpenedService>
}

/** What a service is opened with. */
export interface ServiceContext {
  readonly template: Template
  readonly credentials: Credentials
  readonly dataDir: string
  /** Of the endpoint, without a slash at its end. */
  readonly awsEndpoint: string
  readonly log: Log
  readonly limits?: Partial<LambdaLimits>
  /** What goes wrong; nothing, until a test says so. */
  readonly faults: Faults
  readonly authorize: Authorize
  /** What the services opened so far do for others. */
  readonly offers: Partial<Offers>
  /** The service of an ARN, when it is asked; throws an `AwsFault` where there is none. */
  readonly serviceOf: (arn: string) => OpenedService
}

/** A service that runs. */
export interface OpenedService {
  /** What answers its requests at the endpoint; closed with the cloud. */
  readonly service?: AwsService
  /** Makes a resource, or changes the one that is there to what the template says now; by type. */
  readonly create?: Readonly<Record<string, (resource: Resource) => Promise<unknown>>>
  /** Takes an event for one of its resources from another part of the cloud, which must be allowed to send it. */
  readonly receive?: (
    arn: string,
    body: string,
    caller: Caller,
    attributes?: Readonly<Record<string, string>>,
  ) => Promise<unknown>
  /** One of its resources as a queue that event source mappings poll. */
  readonly queue?: (arn: string) => QueueSource
  /** One of its resources as a stream that event source mappings read. */
  readonly stream?: (arn: string) => Promise<StreamSource>
  readonly offers?: Partial<Offers>
  /** Function URLs behind the endpoint, by logical id. */
  readonly functionUrls?: ReadonlyMap<string, FunctionUrlDoor>
  /** What answers on ports of their own, by logical id. */
  readonly ports?: ReadonlyMap<string, Handle>
  /** What answers on CloudFront's port. */
  readonly cdn?: Handle
  /** What else is said at start. */
  readonly notes?: readonly string[]
  /** Begins what it does by itself, once every service is there and every port answers. */
  readonly start?: (opened: AsyncDisposableStack) => Promise<void>
}

/** Answers a request. */
export type Handle = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

/** What one service does for all others. */
export interface Offers {
  readonly iam: Iam
  readonly functions: Lambda
  /** The current text of a secret, by name or ARN. */
  readonly secretValue: (id: string) => string | undefined
  /** What a CloudFront Function reads of the store with this ARN. */
  readonly keyValues: (arn: string) => KeyValues | undefined
  /** What happened behind each path pattern of the distribution. */
  readonly behaviours: () => Readonly<Record<string, BehaviourStats>>
}

/** What another service must offer, which is opened before. */
export function offered<Name extends keyof Offers>(
  { offers }: Pick<ServiceContext, 'offers'>,
  name: Name,
): Offers[Name] {
  const found: Partial<Offers>[Name] = offers[name]
  if (found !== undefined) return found
  throw new LocalError('LOCAL_SERVICE', `expected a service before this one that offers ${name}, got none`)
}

/** Sends an event to a queue or a function, as the part of the cloud it comes from. */
export async function deliver(
  { serviceOf }: Pick<ServiceContext, 'serviceOf'>,
  event: {
    readonly arn: string
    readonly body: string
    readonly caller: Caller
    /** Of a message in a queue; a function gets none. */
    readonly attributes?: Readonly<Record<string, string>>
  },
): Promise<void> {
  const { arn, body, caller, attributes } = event
  const { receive } = serviceOf(arn)
  if (receive === undefined)
    throw new AwsFault('ResourceNotFoundException', `${arn}: nothing here takes events`, 404)
  await receive(arn, body, caller, attributes)
}
