/** The smallest sound templates, each with as much changed as a test says. */
import type { Resource } from './template.ts'

type Properties = Readonly<Record<string, unknown>>
export type Resources = Readonly<Record<string, Resource>>

export function resource(Type: string, Properties: Properties): Resource {
  return { Type, Properties }
}

/** As many names as asked, none twice. */
export const names = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `n${i}`)

const log: Resources = { Log: resource('AWS::Logs::LogGroup', { RetentionInDays: 30 }) }
const logged: Properties = { LoggingConfig: { LogGroup: { Ref: 'Log' } } }

export function plainFunction(changed: Properties): Resources {
  return { ...log, Function: resource('AWS::Lambda::Function', { ...logged, Timeout: 10, ...changed }) }
}

export const trust = (...services: readonly string[]): Properties => ({
  AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Principal: { Service: services } }] },
})

/** A distribution with an edge function on its default behaviour. */
export function atEdge(changed: Properties): Resources {
  return {
    ...log,
    ...distribution({
      LambdaFunctionAssociations: [{ EventType: 'origin-request', LambdaFunctionARN: { Ref: 'Version' } }],
    }),
    Version: resource('AWS::Lambda::Version', { FunctionName: { Ref: 'Edge' } }),
    Edge: resource('AWS::Lambda::Function', {
      ...logged,
      Runtime: 'nodejs22.x',
      Architectures: ['x86_64'],
      Timeout: 30,
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      ...changed,
    }),
    Role: resource('AWS::IAM::Role', trust('lambda.amazonaws.com', 'edgelambda.amazonaws.com')),
  }
}

/** CachingOptimized. */
export const cached: Properties = { CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6' }

export const errors = (ErrorCachingMinTTL: number): readonly Properties[] =>
  [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504].map((ErrorCode) => ({
    ErrorCode,
    ErrorCachingMinTTL,
  }))

export function distribution(behaviour: Properties, changed: Properties = {}): Resources {
  const DistributionConfig = {
    DefaultCacheBehavior: { ...cached, ...behaviour },
    CustomErrorResponses: errors(1),
    ...changed,
  }
  return { Distribution: resource('AWS::CloudFront::Distribution', { DistributionConfig }) }
}

export const functionOrigin: Properties = {
  Id: 'url',
  DomainName: { 'Fn::Select': [2, { 'Fn::Split': ['/', { 'Fn::GetAtt': ['Url', 'FunctionUrl'] }] }] },
  OriginAccessControlId: 'control',
  OriginShield: { Enabled: true, OriginShieldRegion: 'us-east-1' },
}

export function cachePolicy(changed: Properties, key: Properties = {}): Resources {
  const ParametersInCacheKeyAndForwardedToOrigin = {
    CookiesConfig: { CookieBehavior: 'none' },
    QueryStringsConfig: { QueryStringBehavior: 'whitelist', QueryStrings: names(10) },
    ...key,
  }
  const CachePolicyConfig = { MinTTL: 1, ParametersInCacheKeyAndForwardedToOrigin, ...changed }
  return { Policy: resource('AWS::CloudFront::CachePolicy', { CachePolicyConfig }) }
}

/** A queue that a function reads. */
export function queue(changed: Properties): Resources {
  return {
    ...plainFunction({}),
    Queue: resource('AWS::SQS::Queue', { VisibilityTimeout: 60, RedrivePolicy: {}, ...changed }),
    Mapping: resource('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
      FunctionName: { Ref: 'Function' },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    }),
  }
}

export function stream(changed: Properties): Resources {
  return {
    Mapping: resource('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/beats',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumRetryAttempts: 5,
      DestinationConfig: { OnFailure: { Destination: 'arn' } },
      ...changed,
    }),
  }
}

export const encryption = (ServerSideEncryptionByDefault: Properties): Properties => ({
  ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault }],
})

export function bucket(changed: Properties): Resources {
  return {
    Bucket: resource('AWS::S3::Bucket', {
      BucketEncryption: encryption({ SSEAlgorithm: 'AES256' }),
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      ...changed,
    }),
    Policy: resource('AWS::S3::BucketPolicy', {
      Bucket: { Ref: 'Bucket' },
      PolicyDocument: {
        Statement: [{ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
      },
    }),
  }
}
