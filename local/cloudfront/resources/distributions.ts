/** `AWS::CloudFront::Distribution` as the local CloudFront takes it. */

import { LocalError } from '../../errors.ts'
import type { Iam } from '../../iam/index.ts'
import {
  flag,
  type JsonRecord,
  optionalInteger,
  optionalRecord,
  optionalText,
  record,
  records,
  text,
  texts,
} from '../../json-input.ts'
import type { Functions, Log } from '../../lambda/index.ts'
import { account } from '../../service.ts'
import type { Resource, Template } from '../../template/model.ts'
import type {
  Behaviour,
  Connect,
  DistributionOptions,
  EdgeEventType,
  EdgeLambda,
  KeyValues,
  Origin,
  ViewerFunction,
} from '../index.ts'
import { cachePolicy, originRequestPolicy, responseHeadersPolicy } from './policies.ts'
import { withSecrets } from './secret-references.ts'

export interface DistributionSettings {
  readonly template: Template
  readonly iam: Iam
  readonly functions: Functions
  readonly connect: Connect
  /** What a CloudFront Function reads of the store with this ARN. */
  readonly keyValues: (arn: string) => KeyValues | undefined
  /** The current value of a secret. */
  readonly secretValue: (id: string) => string | undefined
  readonly log: Log
}

/** Everything the template says about a distribution. */
export function distributionOptions(settings: DistributionSettings, resource: Resource): DistributionOptions {
  const config = record(resource.properties, 'DistributionConfig')
  const behaviours = [
    ...records(config, 'CacheBehaviors').map((behaviour) =>
      behaviourOf(settings, behaviour, text(behaviour, 'PathPattern')),
    ),
    behaviourOf(settings, record(config, 'DefaultCacheBehavior'), '*'),
  ]
  const root = optionalText(config, 'DefaultRootObject')
  return {
    id: resource.name,
    arn: `arn:aws:cloudfront::${account}:distribution/${resource.name}`,
    domainName: resource.attribute('DomainName'),
    origins: records(config, 'Origins').map((origin) => originOf(settings, origin)),
    behaviours,
    errorResponses: records(config, 'CustomErrorResponses').map(errorResponse),
    functions: settings.functions,
    connect: settings.connect,
    log: settings.log,
    ...(root !== undefined && { defaultRootObject: root }),
  }
}

function behaviourOf(settings: DistributionSettings, config: JsonRecord, pathPattern: string): Behaviour {
  const { template } = settings
  const policyId = optionalText(config, 'CachePolicyId')
  if (policyId === undefined) {
    throw new LocalError(
      'CLOUDFRONT_POLICY',
      `behaviour ${pathPattern}: only cache policies are known here, not ForwardedValues`,
    )
  }
  const originRequest = optionalText(config, 'OriginRequestPolicyId')
  const responseHeaders = optionalText(config, 'ResponseHeadersPolicyId')
  const viewerRequest = viewerFunction(settings, config, 'viewer-request')
  const viewerResponse = viewerFunction(settings, config, 'viewer-response')
  const methods = texts(config, 'AllowedMethods')
  const cached = texts(config, 'CachedMethods')
  return {
    pathPattern,
    targetOriginId: text(config, 'TargetOriginId'),
    allowedMethods: methods.length === 0 ? ['GET', 'HEAD'] : methods,
    cachedMethods: cached.length === 0 ? ['GET', 'HEAD'] : cached,
    compress: flag(config, 'Compress'),
    cachePolicy: cachePolicy(template, policyId),
    edgeLambdas: records(config, 'LambdaFunctionAssociations').map((entry) => edgeLambda(settings, entry)),
    ...(originRequest !== undefined && { originRequestPolicy: originRequestPolicy(template, originRequest) }),
    ...(responseHeaders !== undefined && {
      responseHeadersPolicy: responseHeadersPolicy(template, responseHeaders),
    }),
    ...(viewerRequest !== undefined && { viewerRequest }),
    ...(viewerResponse !== undefined && { viewerResponse }),
  }
}

function viewerFunction(
  { template, keyValues }: DistributionSettings,
  behaviour: JsonRecord,
  eventType: 'viewer-request' | 'viewer-response',
): ViewerFunction | undefined {
  const association = records(behaviour, 'FunctionAssociations').find(
    (entry) => entry['EventType'] === eventType,
  )
  if (association === undefined) return undefined
  const arn = text(association, 'FunctionARN')
  const script = template.ofType('AWS::CloudFront::Function').find(({ ref }) => ref === arn)
  if (script === undefined)
    throw new LocalError('CLOUDFRONT_FUNCTION', `${arn}: no function of this template`)
  const config = record(script.properties, 'FunctionConfig')
  const runtime = text(config, 'Runtime')
  if (runtime !== 'cloudfront-js-2.0') {
    throw new LocalError(
      'CLOUDFRONT_FUNCTION',
      `${script.id}: expected Runtime cloudfront-js-2.0, got ${runtime}`,
    )
  }
  const [associated] = records(config, 'KeyValueStoreAssociations')
  const storeArn = associated && text(associated, 'KeyValueStoreARN')
  const values = storeArn === undefined ? undefined : keyValues(storeArn)
  return {
    name: script.name,
    code: text(script.properties, 'FunctionCode'),
    ...(storeArn !== undefined &&
      values !== undefined && { store: { id: storeArn.split('/').at(-1) ?? '', values } }),
  }
}

/** CloudFront takes only numbered versions, of a function whose role both Lambda services may assume. */
function edgeLambda({ template, iam }: DistributionSettings, entry: JsonRecord): EdgeLambda {
  const functionArn = text(entry, 'LambdaFunctionARN')
  const target = template.byArn(functionArn)
  if (target === undefined || !/:\d+$/.test(functionArn)) {
    throw new LocalError(
      'CLOUDFRONT_EDGE_FUNCTION',
      `${functionArn}: expected a numbered version of a function of this template`,
    )
  }
  const role = template.byArn(text(target.properties, 'Role'))
  for (const service of ['lambda.amazonaws.com', 'edgelambda.amazonaws.com'])
    iam.assertAssumable(role?.id ?? '', service)
  return {
    eventType: edgeEventType(text(entry, 'EventType')),
    functionArn,
    includeBody: flag(entry, 'IncludeBody'),
  }
}

function edgeEventType(type: string): EdgeEventType {
  if (
    type === 'viewer-request' ||
    type === 'origin-request' ||
    type === 'origin-response' ||
    type === 'viewer-response'
  ) {
    return type
  }
  throw new LocalError('CLOUDFRONT_EDGE_FUNCTION', `EventType: no such value: ${type}`)
}

function originOf({ secretValue }: DistributionSettings, config: JsonRecord): Origin {
  const custom = optionalRecord(config, 'CustomOriginConfig')
  const protocol = custom?.['OriginProtocolPolicy'] === 'http-only' ? 'http' : 'https'
  const port = protocol === 'http' ? 'HTTPPort' : 'HTTPSPort'
  const headers = records(config, 'OriginCustomHeaders')
  const shield = optionalRecord(config, 'OriginShield')
  return {
    id: text(config, 'Id'),
    domainName: text(config, 'DomainName'),
    path: optionalText(config, 'OriginPath') ?? '',
    kind: custom === undefined ? 's3' : 'custom',
    customHeaders: Object.fromEntries(
      headers.map((header) => [
        text(header, 'HeaderName'),
        withSecrets(text(header, 'HeaderValue'), secretValue),
      ]),
    ),
    originAccessControl: (optionalText(config, 'OriginAccessControlId') ?? '') !== '',
    originShield: shield !== undefined && flag(shield, 'Enabled'),
    protocol,
    port: (custom && optionalInteger(custom, port)) ?? (protocol === 'http' ? 80 : 443),
    readTimeoutSeconds: (custom && optionalInteger(custom, 'OriginReadTimeout')) ?? 30,
    keepaliveTimeoutSeconds: (custom && optionalInteger(custom, 'OriginKeepaliveTimeout')) ?? 5,
    sslProtocols: custom === undefined ? [] : texts(custom, 'OriginSSLProtocols'),
  }
}

function errorResponse(config: JsonRecord): DistributionOptions['errorResponses'][number] {
  const ttl = optionalInteger(config, 'ErrorCachingMinTTL')
  const code = optionalInteger(config, 'ResponseCode')
  const path = optionalText(config, 'ResponsePagePath')
  return {
    errorCode: optionalInteger(config, 'ErrorCode') ?? 0,
    ...(ttl !== undefined && { cachingMinTtlSeconds: ttl }),
    ...(code !== undefined && { responseCode: code }),
    ...(path !== undefined && { responsePagePath: path }),
  }
}
