import { beforeAll, describe, expect, it } from 'vitest'
import { brokenLimits, limits } from './limits.ts'
import {
  atEdge,
  bucket,
  cached,
  cachePolicy,
  distribution,
  encryption,
  errors,
  functionOrigin,
  names,
  plainFunction,
  queue,
  type Resources,
  resource,
  stream,
  trust,
} from './sound.ts'
import { headend, templateOf } from './synth.ts'
import type { CloudTemplate } from './template.ts'

describe('the stack', () => {
  let template: CloudTemplate
  beforeAll(() => {
    template = templateOf(headend().stacks)
  })

  it('breaks no limit of AWS', () => {
    expect(brokenLimits(template)).toEqual([])
  })

  it('has something that each limit speaks of', () => {
    const silent = limits.filter(({ of }) => of(template).length === 0).map(({ says }) => says)
    expect(silent).toEqual([])
  })
})

/** The smallest templates that break each limit, by what the limit says. */
const breaking: Readonly<Record<string, readonly Resources[]>> = {
  'an edge function runs on x86_64': [atEdge({ Architectures: ['arm64'] })],
  'an edge function ends within 30 s': [atEdge({ Timeout: 31 })],
  'an edge function has no environment variables': [atEdge({ Environment: { Variables: { A1: 'b' } } })],
  'an edge function runs on nodejs22.x': [atEdge({ Runtime: 'nodejs24.x' })],
  'an edge function has no layers, VPC, tracing, dead letters, image or reserved concurrency': [
    atEdge({ Layers: ['arn'] }),
    atEdge({ VpcConfig: {} }),
    atEdge({ TracingConfig: { Mode: 'Active' } }),
    atEdge({ ReservedConcurrentExecutions: 5 }),
  ],
  'an edge function is associated by a numbered version': [
    { ...atEdge({}), Version: resource('AWS::Lambda::Alias', { FunctionName: { Ref: 'Edge' } }) },
  ],
  'the role of an edge function trusts edgelambda.amazonaws.com': [
    { ...atEdge({}), Role: resource('AWS::IAM::Role', trust('lambda.amazonaws.com')) },
  ],
  'viewer events are CloudFront Functions or Lambda@Edge, not both, and one of each event': [
    {
      ...atEdge({}),
      ...distribution({
        FunctionAssociations: [{ EventType: 'viewer-request' }],
        LambdaFunctionAssociations: [{ EventType: 'viewer-response', LambdaFunctionARN: { Ref: 'Version' } }],
      }),
    },
    distribution({
      FunctionAssociations: [{ EventType: 'viewer-request' }, { EventType: 'viewer-request' }],
    }),
  ],
  'a CloudFront Function is at most 10 KB': [
    { Script: resource('AWS::CloudFront::Function', { FunctionCode: ' '.repeat(10_241) }) },
  ],
  'a CloudFront Function has one key value store': [
    {
      Script: resource('AWS::CloudFront::Function', {
        FunctionCode: '',
        FunctionConfig: { KeyValueStoreAssociations: [{}, {}] },
      }),
    },
  ],
  'a behaviour collapses requests: a cache policy of ours, or CachingOptimized': [
    distribution({ CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad' }),
    distribution({ CachePolicyId: undefined, ForwardedValues: { QueryString: true } }),
  ],
  'a cache policy has a minimum TTL of 1 s or more, or requests are not collapsed, unless it keeps nothing': [
    cachePolicy({ MinTTL: 0 }),
  ],
  'a cache policy has no cookie in its key, or requests are not collapsed': [
    cachePolicy({}, { CookiesConfig: { CookieBehavior: 'all' } }),
  ],
  'a cache policy has at most 10 query strings, by name': [
    cachePolicy({}, { QueryStringsConfig: { QueryStringBehavior: 'all' } }),
    cachePolicy({}, { QueryStringsConfig: { QueryStringBehavior: 'whitelist', QueryStrings: names(11) } }),
  ],
  'a distribution has at most 75 behaviours and 100 origins': [
    distribution({}, { CacheBehaviors: names(75).map((name) => ({ ...cached, PathPattern: name })) }),
    distribution({}, { Origins: names(101).map((Id) => ({ Id })) }),
  ],
  'errors are cached for 1 s at most': [
    distribution({}, { CustomErrorResponses: [] }),
    distribution({}, { CustomErrorResponses: errors(10) }),
  ],
  'a Function URL asks for IAM, so that CloudFront alone can call it': [
    { Url: resource('AWS::Lambda::Url', { AuthType: 'NONE' }) },
  ],
  'a Function URL origin has its access control and an Origin Shield': [
    distribution({}, { Origins: [{ ...functionOrigin, OriginAccessControlId: undefined }] }),
    distribution({}, { Origins: [{ ...functionOrigin, OriginShield: undefined }] }),
  ],
  'a Function URL behind access control takes no body: players do not send its hash': [
    distribution({ TargetOriginId: 'url', AllowedMethods: ['GET', 'POST'] }, { Origins: [functionOrigin] }),
  ],
  'a tumbling window allows no parallelization factor': [
    stream({ TumblingWindowInSeconds: 30, ParallelizationFactor: 2 }),
  ],
  'a stream gives a record up after a number of attempts, or a poison one stops its shard': [
    stream({ MaximumRetryAttempts: undefined }),
    stream({ MaximumRetryAttempts: -1 }),
  ],
  'what a stream gives up goes to an on-failure destination': [stream({ DestinationConfig: undefined })],
  'a batch reports its failures singly': [stream({ FunctionResponseTypes: [] })],
  'a queue hides a message for six times its function and has dead letters': [
    queue({ VisibilityTimeout: 59 }),
    queue({ RedrivePolicy: undefined }),
  ],
  'a function invoked asynchronously says where its failures go': [
    {
      ...plainFunction({}),
      Permission: resource('AWS::Lambda::Permission', {
        Principal: 'events.amazonaws.com',
        FunctionName: { 'Fn::GetAtt': ['Function', 'Arn'] },
      }),
    },
  ],
  'a function behind an HTTP API ends within 30 s': [
    {
      ...plainFunction({ Timeout: 31 }),
      Integration: resource('AWS::ApiGatewayV2::Integration', {
        IntegrationUri: { 'Fn::GetAtt': ['Function', 'Arn'] },
      }),
    },
  ],
  'a bucket is encrypted': [bucket({ BucketEncryption: undefined })],
  'a bucket under a customer key has bucket keys, or every object is a call to KMS': [
    bucket({ BucketEncryption: encryption({ SSEAlgorithm: 'aws:kms' }) }),
  ],
  'a bucket blocks public access in all four ways': [
    bucket({ PublicAccessBlockConfiguration: { BlockPublicAcls: true } }),
  ],
  'a bucket refuses what is not TLS': [{ ...bucket({}), Policy: resource('AWS::S3::BucketPolicy', {}) }],
  'a function writes to a log group that ends': [plainFunction({ LoggingConfig: undefined })],
  'a log group has a retention': [{ Log: resource('AWS::Logs::LogGroup', {}) }],
  'a stack has at most 500 resources': [
    Object.fromEntries(names(501).map((id) => [`R${id}`, resource('AWS::SNS::Topic', {})])),
  ],
}

describe('each limit', () => {
  it('has a template that breaks it', () => {
    expect(Object.keys(breaking).toSorted()).toEqual(limits.map(({ says }) => says).toSorted())
  })

  it.each(
    Object.entries(breaking).flatMap(([says, templates]) =>
      templates.map((Resources) => ({ says, Resources })),
    ),
  )('is held: $says', ({ says, Resources }) => {
    const broken = brokenLimits({ Resources })
    expect(broken).toHaveLength(1)
    expect(broken[0]).toMatch(/^\w+( default)?: /)
    expect(broken[0]?.endsWith(`: ${says}`)).toBe(true)
  })

  it.each([
    { name: 'edge function', Resources: atEdge({}) },
    { name: 'distribution', Resources: distribution({}, { Origins: [functionOrigin] }) },
    { name: 'cache policy', Resources: cachePolicy({}) },
    { name: 'queue', Resources: queue({}) },
    { name: 'stream', Resources: stream({}) },
    { name: 'bucket', Resources: bucket({}) },
    { name: 'function', Resources: plainFunction({}) },
  ])('says nothing of a sound $name', ({ Resources }) => {
    expect(brokenLimits({ Resources })).toEqual([])
  })
})
