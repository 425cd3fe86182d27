/** `AWS::CloudFront::*Policy`: the template's own, and by their ids the ones AWS manages. */

import { LocalError } from '../../errors.ts'
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
import type { Template } from '../../template/model.ts'
import {
  type CachePolicy,
  type CorsPolicy,
  managedCachePolicy,
  managedOriginRequestPolicy,
  managedResponseHeadersPolicy,
  type OriginRequestPolicy,
  type ResponseHeadersPolicy,
  type Selection,
} from '../index.ts'

/** Seconds of a cache policy that leaves them out: a day, a year. */
const defaultTtlSeconds = 86_400
const maximumTtlSeconds = 31_536_000

export function cachePolicy(template: Template, id: string): CachePolicy {
  const own = configuration(template, 'CachePolicy', id)
  if (own === undefined) return managedCachePolicy(id) ?? unknownPolicy('cache policy', id)
  const key = record(own, 'ParametersInCacheKeyAndForwardedToOrigin')
  return {
    minTtlSeconds: optionalInteger(own, 'MinTTL') ?? 0,
    defaultTtlSeconds: optionalInteger(own, 'DefaultTTL') ?? defaultTtlSeconds,
    maxTtlSeconds: optionalInteger(own, 'MaxTTL') ?? maximumTtlSeconds,
    ...selections(key),
    gzip: flag(key, 'EnableAcceptEncodingGzip'),
    brotli: flag(key, 'EnableAcceptEncodingBrotli'),
  }
}

export function originRequestPolicy(template: Template, id: string): OriginRequestPolicy {
  const own = configuration(template, 'OriginRequestPolicy', id)
  if (own === undefined) return managedOriginRequestPolicy(id) ?? unknownPolicy('origin request policy', id)
  return selections(own)
}

export function responseHeadersPolicy(template: Template, id: string): ResponseHeadersPolicy {
  const own = configuration(template, 'ResponseHeadersPolicy', id)
  if (own === undefined)
    return managedResponseHeadersPolicy(id) ?? unknownPolicy('response headers policy', id)
  const cors = optionalRecord(own, 'CorsConfig')
  const custom = records(optionalRecord(own, 'CustomHeadersConfig') ?? {}, 'Items')
  const removed = records(optionalRecord(own, 'RemoveHeadersConfig') ?? {}, 'Items')
  return {
    ...(cors !== undefined && { cors: corsPolicy(cors) }),
    set: [
      ...securityHeaders(optionalRecord(own, 'SecurityHeadersConfig') ?? {}),
      ...custom.map((item) => ({
        name: text(item, 'Header'),
        value: text(item, 'Value'),
        override: flag(item, 'Override'),
      })),
    ],
    remove: removed.map((item) => text(item, 'Header')),
  }
}

function configuration(template: Template, kind: string, id: string): JsonRecord | undefined {
  const own = template.ofType(`AWS::CloudFront::${kind}`).find(({ name }) => name === id)
  return own && record(own.properties, `${kind}Config`)
}

function selections(config: JsonRecord): Pick<CachePolicy, 'headers' | 'queryStrings' | 'cookies'> {
  return {
    headers: selection(config, 'Header', 'Headers'),
    queryStrings: selection(config, 'QueryString', 'QueryStrings'),
    cookies: selection(config, 'Cookie', 'Cookies'),
  }
}

function selection(config: JsonRecord, kind: string, list: string): Selection {
  const part = optionalRecord(config, `${list}Config`) ?? {}
  const behaviour = optionalText(part, `${kind}Behavior`) ?? 'none'
  const names = texts(part, list)
  switch (behaviour) {
    case 'none':
      return { kind: 'none' }
    case 'whitelist':
      return { kind: 'only', names }
    case 'allExcept':
      return { kind: 'all-except', names }
    case 'all':
    case 'allViewer':
    case 'allViewerAndWhitelistCloudFront':
      return { kind: 'all' }
    default:
      throw new LocalError('CLOUDFRONT_BEHAVIOR', `${kind}Behavior: no such value: ${behaviour}`)
  }
}

function corsPolicy(cors: JsonRecord): CorsPolicy {
  const items = (name: string) => texts(optionalRecord(cors, name) ?? {}, 'Items')
  const maxAgeSeconds = optionalInteger(cors, 'AccessControlMaxAgeSec')
  return {
    allowCredentials: flag(cors, 'AccessControlAllowCredentials'),
    allowHeaders: items('AccessControlAllowHeaders'),
    allowMethods: items('AccessControlAllowMethods'),
    allowOrigins: items('AccessControlAllowOrigins'),
    exposeHeaders: items('AccessControlExposeHeaders'),
    originOverride: flag(cors, 'OriginOverride'),
    ...(maxAgeSeconds !== undefined && { maxAgeSeconds }),
  }
}

type SetHeader = ResponseHeadersPolicy['set'][number]

function securityHeaders(config: JsonRecord): readonly SetHeader[] {
  const header = (
    member: string,
    name: string,
    value: (part: JsonRecord) => string,
  ): readonly SetHeader[] => {
    const part = optionalRecord(config, member)
    return part === undefined ? [] : [{ name, value: value(part), override: flag(part, 'Override') }]
  }
  return [
    ...header('ContentSecurityPolicy', 'content-security-policy', (part) =>
      localSources(text(part, 'ContentSecurityPolicy')),
    ),
    ...header('ContentTypeOptions', 'x-content-type-options', () => 'nosniff'),
    ...header('FrameOptions', 'x-frame-options', (part) => text(part, 'FrameOption')),
    ...header('ReferrerPolicy', 'referrer-policy', (part) => text(part, 'ReferrerPolicy')),
    ...header('StrictTransportSecurity', 'strict-transport-security', strictTransport),
    ...header('XSSProtection', 'x-xss-protection', (part) =>
      flag(part, 'Protection') ? `1${flag(part, 'ModeBlock') ? '; mode=block' : ''}` : '0',
    ),
  ]
}

function strictTransport(part: JsonRecord): string {
  return [
    `max-age=${optionalInteger(part, 'AccessControlMaxAgeSec') ?? 0}`,
    ...(flag(part, 'IncludeSubdomains') ? ['includeSubDomains'] : []),
    ...(flag(part, 'Preload') ? ['preload'] : []),
  ].join('; ')
}

/** A bucket has a host of its own in AWS but a path here, and a path without its slash matches nothing below it. */
function localSources(policy: string): string {
  return policy.replaceAll(/(http:\/\/127\.0\.0\.1:\d+)\/[^\s;]*/g, '$1')
}

function unknownPolicy(kind: string, id: string): never {
  throw new LocalError(
    'CLOUDFRONT_POLICY',
    `${kind} ${id}: neither in the template nor one of AWS that is known here`,
  )
}
