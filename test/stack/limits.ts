/** What AWS refuses only at the deploy, or never and silently does badly: rules over a synthesized template. */
import { at, type CloudTemplate, list, type Named, named, number, ofType, refs, text } from './template.ts'

export interface Limit {
  /** What AWS or the house allows; it is what a broken rule says after the resource's name. */
  readonly says: string
  /** What it speaks of; of a template without any it says nothing. */
  readonly of: (template: CloudTemplate) => readonly unknown[]
  /** Names of the resources that break it. */
  readonly broken: (template: CloudTemplate) => readonly string[]
}

/** Everything in a template that breaks a limit, as `<resource>: <limit>`. */
export function brokenLimits(template: CloudTemplate): readonly string[] {
  return limits.flatMap(({ says, broken }) => [...new Set(broken(template))].map((id) => `${id}: ${says}`))
}

const lambda = 'AWS::Lambda::Function'

const edge: readonly Limit[] = [
  each('an edge function runs on x86_64', edgeFunctions, (f) =>
    list(at(f, 'Architectures')).includes('arm64'),
  ),
  each('an edge function ends within 30 s', edgeFunctions, (f) => number(at(f, 'Timeout'), 3) > 30),
  each(
    'an edge function has no environment variables',
    edgeFunctions,
    (f) => Object.keys(at(f, 'Environment', 'Variables') ?? {}).length > 0,
  ),
  each('an edge function runs on nodejs22.x', edgeFunctions, (f) => at(f, 'Runtime') !== 'nodejs22.x'),
  each(
    'an edge function has no layers, VPC, tracing, dead letters, image or reserved concurrency',
    edgeFunctions,
    (f) =>
      ['Layers', 'VpcConfig', 'DeadLetterConfig', 'ReservedConcurrentExecutions', 'ImageConfig'].some(
        (name) => at(f, name) !== undefined,
      ) || at(f, 'TracingConfig', 'Mode') === 'Active',
  ),
  {
    says: 'an edge function is associated by a numbered version',
    of: edgeAssociations,
    broken: (template) =>
      edgeAssociations(template)
        .filter(({ arn }) => !named(template, 'AWS::Lambda::Version', arn))
        .map(({ distribution }) => distribution),
  },
  {
    says: 'the role of an edge function trusts edgelambda.amazonaws.com',
    of: edgeFunctions,
    broken: (template) =>
      edgeFunctions(template)
        .filter(({ properties }) => {
          const role = named(template, 'AWS::IAM::Role', at(properties, 'Role'))
          return !JSON.stringify(at(role?.properties, 'AssumeRolePolicyDocument') ?? '').includes(
            'edgelambda',
          )
        })
        .map(({ id }) => id),
  },
  {
    says: 'viewer events are CloudFront Functions or Lambda@Edge, not both, and one of each event',
    of: behaviours,
    broken: (template) =>
      behaviours(template)
        .filter(({ properties }) => {
          const scripts = list(at(properties, 'FunctionAssociations')).map((f) => at(f, 'EventType'))
          const functions = list(at(properties, 'LambdaFunctionAssociations')).map((f) => at(f, 'EventType'))
          const mixed = scripts.length > 0 && functions.some((event) => String(event).startsWith('viewer'))
          return mixed || new Set(scripts).size < scripts.length || new Set(functions).size < functions.length
        })
        .map(({ id }) => id),
  },
  each(
    'a CloudFront Function is at most 10 KB',
    all('AWS::CloudFront::Function'),
    (f) => Buffer.byteLength(text(at(f, 'FunctionCode'))) > 10_240,
  ),
  each(
    'a CloudFront Function has one key value store',
    all('AWS::CloudFront::Function'),
    (f) => list(at(f, 'FunctionConfig', 'KeyValueStoreAssociations')).length > 1,
  ),
]

/** CloudFront's managed policies that collapse simultaneous requests: CachingOptimized. */
const collapsing = new Set(['658327ea-f89d-4fab-a63d-7e88639e58f6'])

const caching: readonly Limit[] = [
  {
    says: 'a behaviour collapses requests: a cache policy of ours, or CachingOptimized',
    of: behaviours,
    broken: (template) =>
      behaviours(template)
        .filter(({ properties }) => {
          const policy = at(properties, 'CachePolicyId')
          return !named(template, 'AWS::CloudFront::CachePolicy', policy) && !collapsing.has(String(policy))
        })
        .map(({ id }) => id),
  },
  each(
    'a cache policy has a minimum TTL of 1 s or more, or requests are not collapsed, unless it keeps nothing',
    cachePolicies,
    (p) => number(at(p, 'MinTTL'), 0) < 1 && number(at(p, 'DefaultTTL'), 86_400) > 0,
  ),
  each(
    'a cache policy has no cookie in its key, or requests are not collapsed',
    cachePolicies,
    (p) => at(p, 'ParametersInCacheKeyAndForwardedToOrigin', 'CookiesConfig', 'CookieBehavior') !== 'none',
  ),
  each('a cache policy has at most 10 query strings, by name', cachePolicies, (p) => {
    const query = at(p, 'ParametersInCacheKeyAndForwardedToOrigin', 'QueryStringsConfig')
    const behaviour = text(at(query, 'QueryStringBehavior'))
    return !['none', 'whitelist'].includes(behaviour) || list(at(query, 'QueryStrings')).length > 10
  }),
  each(
    'a distribution has at most 75 behaviours and 100 origins',
    distributions,
    (d) => list(at(d, 'CacheBehaviors')).length + 1 > 75 || list(at(d, 'Origins')).length > 100,
  ),
  each('errors are cached for 1 s at most', distributions, (d) => {
    const brief = new Set(
      list(at(d, 'CustomErrorResponses'))
        .filter((response) => number(at(response, 'ErrorCachingMinTTL'), 10) <= 1)
        .map((response) => at(response, 'ErrorCode')),
    )
    return [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504].some((code) => !brief.has(code))
  }),
  {
    says: 'a Function URL asks for IAM, so that CloudFront alone can call it',
    of: all('AWS::Lambda::Url'),
    broken: (template) =>
      ofType(template, 'AWS::Lambda::Url')
        .filter(({ properties }) => at(properties, 'AuthType') !== 'AWS_IAM')
        .map(({ id }) => id),
  },
  each('a Function URL origin has its access control and an Origin Shield', distributions, (d) =>
    list(at(d, 'Origins')).some(
      (origin) =>
        refsFunctionUrl(origin) &&
        (at(origin, 'OriginAccessControlId') === undefined || at(origin, 'OriginShield', 'Enabled') !== true),
    ),
  ),
  each(
    'a Function URL behind access control takes no body: players do not send its hash',
    distributions,
    (d) => {
      const origins = list(at(d, 'Origins')).filter(refsFunctionUrl)
      const urls = new Set(origins.map((origin) => at(origin, 'Id')))
      return [at(d, 'DefaultCacheBehavior'), ...list(at(d, 'CacheBehaviors'))].some(
        (behaviour) =>
          urls.has(at(behaviour, 'TargetOriginId')) && list(at(behaviour, 'AllowedMethods')).includes('POST'),
      )
    },
  ),
]

const sources: readonly Limit[] = [
  each(
    'a tumbling window allows no parallelization factor',
    all('AWS::Lambda::EventSourceMapping'),
    (m) => number(at(m, 'TumblingWindowInSeconds'), 0) > 0 && number(at(m, 'ParallelizationFactor'), 1) > 1,
  ),
  each(
    'a stream gives a record up after a number of attempts, or a poison one stops its shard',
    streamMappings,
    (m) =>
      number(at(m, 'MaximumRetryAttempts'), -1) < 0 && number(at(m, 'MaximumRecordAgeInSeconds'), -1) < 0,
  ),
  each(
    'what a stream gives up goes to an on-failure destination',
    streamMappings,
    (m) => at(m, 'DestinationConfig', 'OnFailure', 'Destination') === undefined,
  ),
  each(
    'a batch reports its failures singly',
    all('AWS::Lambda::EventSourceMapping'),
    (m) => !list(at(m, 'FunctionResponseTypes')).includes('ReportBatchItemFailures'),
  ),
  {
    says: 'a queue hides a message for six times its function and has dead letters',
    of: queueMappings,
    broken: (template) =>
      queueMappings(template).flatMap(({ properties }) => {
        const queue = named(template, 'AWS::SQS::Queue', at(properties, 'EventSourceArn'))
        const reader = named(template, lambda, at(properties, 'FunctionName'))
        if (!queue || !reader) return []
        const hidden = number(at(queue.properties, 'VisibilityTimeout'), 30)
        const brief = hidden < 6 * number(at(reader.properties, 'Timeout'), 3)
        return brief || at(queue.properties, 'RedrivePolicy') === undefined ? [queue.id] : []
      }),
  },
  {
    says: 'a function invoked asynchronously says where its failures go',
    of: asynchronousPermissions,
    broken: (template) => {
      const told = new Set(
        ofType(template, 'AWS::Lambda::EventInvokeConfig')
          .filter(({ properties }) => at(properties, 'DestinationConfig', 'OnFailure') !== undefined)
          .flatMap(({ properties }) => refs(at(properties, 'FunctionName'))),
      )
      return asynchronousPermissions(template)
        .flatMap(({ properties }) => named(template, lambda, at(properties, 'FunctionName')) ?? [])
        .filter((f) => at(f.properties, 'DeadLetterConfig') === undefined && !told.has(f.id))
        .map(({ id }) => id)
    },
  },
  {
    says: 'a function behind an HTTP API ends within 30 s',
    of: all('AWS::ApiGatewayV2::Integration'),
    broken: (template) =>
      ofType(template, 'AWS::ApiGatewayV2::Integration')
        .flatMap(({ properties }) => named(template, lambda, at(properties, 'IntegrationUri')) ?? [])
        .filter(({ properties }) => number(at(properties, 'Timeout'), 3) > 30)
        .map(({ id }) => id),
  },
]

const asynchronous = new Set([
  's3.amazonaws.com',
  'sns.amazonaws.com',
  'events.amazonaws.com',
  'scheduler.amazonaws.com',
])

const keeping: readonly Limit[] = [
  each(
    'a bucket is encrypted',
    all('AWS::S3::Bucket'),
    (b) => list(at(b, 'BucketEncryption', 'ServerSideEncryptionConfiguration')).length === 0,
  ),
  each(
    'a bucket under a customer key has bucket keys, or every object is a call to KMS',
    all('AWS::S3::Bucket'),
    (b) =>
      list(at(b, 'BucketEncryption', 'ServerSideEncryptionConfiguration')).some(
        (rule) =>
          at(rule, 'ServerSideEncryptionByDefault', 'SSEAlgorithm') === 'aws:kms' &&
          at(rule, 'BucketKeyEnabled') !== true,
      ),
  ),
  each('a bucket blocks public access in all four ways', all('AWS::S3::Bucket'), (b) =>
    ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].some(
      (way) => at(b, 'PublicAccessBlockConfiguration', way) !== true,
    ),
  ),
  {
    says: 'a bucket refuses what is not TLS',
    of: all('AWS::S3::Bucket'),
    broken: (template) => {
      const guarded = new Set(
        ofType(template, 'AWS::S3::BucketPolicy')
          .filter(({ properties }) => JSON.stringify(properties).includes('"aws:SecureTransport":"false"'))
          .flatMap(({ properties }) => refs(at(properties, 'Bucket'))),
      )
      return ofType(template, 'AWS::S3::Bucket')
        .map(({ id }) => id)
        .filter((id) => !guarded.has(id))
    },
  },
  {
    says: 'a function writes to a log group that ends',
    of: all(lambda),
    broken: (template) =>
      ofType(template, lambda)
        .filter(({ properties }) => {
          const log = named(template, 'AWS::Logs::LogGroup', at(properties, 'LoggingConfig', 'LogGroup'))
          return at(log?.properties, 'RetentionInDays') === undefined
        })
        .map(({ id }) => id),
  },
  each(
    'a log group has a retention',
    all('AWS::Logs::LogGroup'),
    (group) => at(group, 'RetentionInDays') === undefined,
  ),
  {
    says: 'a stack has at most 500 resources',
    of: ({ Resources }) => Object.keys(Resources),
    broken: (template) => (Object.keys(template.Resources).length > 500 ? ['template'] : []),
  },
]

/** Every limit, in the order of the flow. */
export const limits: readonly Limit[] = [...sources, ...keeping, ...caching, ...edge]

function each(
  says: string,
  of: (template: CloudTemplate) => readonly Named[],
  breaks: (properties: unknown) => boolean,
): Limit {
  return {
    says,
    of,
    broken: (template) =>
      of(template)
        .filter(({ properties }) => breaks(properties))
        .map(({ id }) => id),
  }
}

function all(type: string): (template: CloudTemplate) => readonly Named[] {
  return (template) => ofType(template, type)
}

function distributions(template: CloudTemplate): readonly Named[] {
  return ofType(template, 'AWS::CloudFront::Distribution').map(({ id, properties }) => ({
    id,
    properties: at(properties, 'DistributionConfig'),
  }))
}

/** Every behaviour, under the name of its distribution and its path. */
function behaviours(template: CloudTemplate): readonly Named[] {
  return distributions(template).flatMap(({ id, properties }) =>
    [at(properties, 'DefaultCacheBehavior'), ...list(at(properties, 'CacheBehaviors'))].map((behaviour) => ({
      id: `${id} ${text(at(behaviour, 'PathPattern')) || 'default'}`,
      properties: behaviour,
    })),
  )
}

function cachePolicies(template: CloudTemplate): readonly Named[] {
  return ofType(template, 'AWS::CloudFront::CachePolicy').map(({ id, properties }) => ({
    id,
    properties: at(properties, 'CachePolicyConfig'),
  }))
}

function edgeAssociations(template: CloudTemplate) {
  return behaviours(template).flatMap(({ id, properties }) =>
    list(at(properties, 'LambdaFunctionAssociations')).map((association) => ({
      distribution: id,
      arn: at(association, 'LambdaFunctionARN'),
    })),
  )
}

function edgeFunctions(template: CloudTemplate): readonly Named[] {
  return edgeAssociations(template).flatMap(({ arn }) => {
    const version = named(template, 'AWS::Lambda::Version', arn)
    return named(template, lambda, version ? at(version.properties, 'FunctionName') : arn) ?? []
  })
}

function asynchronousPermissions(template: CloudTemplate): readonly Named[] {
  return ofType(template, 'AWS::Lambda::Permission').filter(({ properties }) =>
    asynchronous.has(text(at(properties, 'Principal'))),
  )
}

function queueMappings(template: CloudTemplate): readonly Named[] {
  return ofType(template, 'AWS::Lambda::EventSourceMapping').filter(
    ({ properties }) => named(template, 'AWS::SQS::Queue', at(properties, 'EventSourceArn')) !== undefined,
  )
}

function streamMappings(template: CloudTemplate): readonly Named[] {
  return ofType(template, 'AWS::Lambda::EventSourceMapping').filter(
    ({ properties }) => !named(template, 'AWS::SQS::Queue', at(properties, 'EventSourceArn')),
  )
}

/** CDK cuts the host out of the URL's FunctionUrl attribute. */
function refsFunctionUrl(origin: unknown): boolean {
  return JSON.stringify(at(origin, 'DomainName') ?? '').includes('"FunctionUrl"')
}
