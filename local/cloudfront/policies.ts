/** Cache, origin request and response headers policies, and the ones AWS manages. */

/** Which of the viewer's values go into the cache key or on to the origin. */
export type Selection =
  | { readonly kind: 'none' }
  | { readonly kind: 'all' }
  | { readonly kind: 'only'; readonly names: readonly string[] }
  | { readonly kind: 'all-except'; readonly names: readonly string[] }

/** `AWS::CloudFront::CachePolicy`. */
export interface CachePolicy {
  readonly minTtlSeconds: number
  readonly defaultTtlSeconds: number
  readonly maxTtlSeconds: number
  readonly headers: Selection
  readonly queryStrings: Selection
  readonly cookies: Selection
  readonly gzip: boolean
  readonly brotli: boolean
}

/** `AWS::CloudFront::OriginRequestPolicy`; `allViewer` headers are `{kind: 'all'}`. */
export interface OriginRequestPolicy {
  readonly headers: Selection
  readonly queryStrings: Selection
  readonly cookies: Selection
}

/** `CorsConfig` of a response headers policy. */
export interface CorsPolicy {
  readonly allowCredentials: boolean
  readonly allowHeaders: readonly string[]
  readonly allowMethods: readonly string[]
  readonly allowOrigins: readonly string[]
  readonly exposeHeaders: readonly string[]
  readonly maxAgeSeconds?: number
  readonly originOverride: boolean
}

/** `AWS::CloudFront::ResponseHeadersPolicy`; security headers are `set` entries under their own names. */
export interface ResponseHeadersPolicy {
  readonly cors?: CorsPolicy
  readonly set: readonly { readonly name: string; readonly value: string; readonly override: boolean }[]
  readonly remove: readonly string[]
}

const none: Selection = { kind: 'none' }
const all: Selection = { kind: 'all' }

/** The cache policy AWS manages under this id. */
export function managedCachePolicy(id: string): CachePolicy | undefined {
  const optimized: CachePolicy = {
    minTtlSeconds: 1,
    defaultTtlSeconds: 86_400,
    maxTtlSeconds: 31_536_000,
    headers: none,
    queryStrings: none,
    cookies: none,
    gzip: true,
    brotli: true,
  }
  const disabled: CachePolicy = {
    ...optimized,
    minTtlSeconds: 0,
    defaultTtlSeconds: 0,
    maxTtlSeconds: 0,
    gzip: false,
    brotli: false,
  }
  const originControlled: CachePolicy = {
    ...optimized,
    minTtlSeconds: 0,
    defaultTtlSeconds: 0,
    headers: {
      kind: 'only',
      names: ['host', 'origin', 'x-http-method-override', 'x-http-method', 'x-method-override'],
    },
    cookies: all,
  }
  const policies: Readonly<Record<string, CachePolicy>> = {
    '658327ea-f89d-4fab-a63d-7e88639e58f6': optimized,
    'b2884449-e4de-46a7-ac36-70bc7f1ddd6d': { ...optimized, gzip: false, brotli: false },
    '4135ea2d-6df8-44a3-9df3-4b5a84be39ad': disabled,
    '83da9c7e-98b4-4e11-a168-04f0df8e2c65': originControlled,
    '4cc15a8a-d715-48a4-82b8-cc0b614638fe': { ...originControlled, queryStrings: all },
  }
  return policies[id]
}

function only(...names: string[]): Selection {
  return { kind: 'only', names }
}

/** The origin request policy AWS manages under this id. */
export function managedOriginRequestPolicy(id: string): OriginRequestPolicy | undefined {
  const cors = ['origin', 'access-control-request-headers', 'access-control-request-method']
  const policies: Readonly<Record<string, OriginRequestPolicy>> = {
    '216adef6-5c7f-47e4-b989-5492eafa07d3': { headers: all, queryStrings: all, cookies: all },
    'b689b0a8-53d0-40ab-baf2-68738e2966ac': {
      headers: { kind: 'all-except', names: ['host'] },
      queryStrings: all,
      cookies: all,
    },
    '59781a5b-3903-41f3-afcb-af62929ccde1': { headers: only('origin'), queryStrings: none, cookies: none },
    '88a5eaf4-2fd4-4709-b370-b4c650ea3fcf': { headers: only(...cors), queryStrings: none, cookies: none },
    'acba4595-bd28-49b8-b9fe-13317c0390fa': {
      headers: only('user-agent', 'referer'),
      queryStrings: none,
      cookies: none,
    },
  }
  return policies[id]
}

/** The response headers policy AWS manages under this id. */
export function managedResponseHeadersPolicy(id: string): ResponseHeadersPolicy | undefined {
  const simple: CorsPolicy = {
    allowCredentials: false,
    allowHeaders: [],
    allowMethods: [],
    allowOrigins: ['*'],
    exposeHeaders: [],
    originOverride: false,
  }
  const preflight: CorsPolicy = {
    ...simple,
    allowMethods: ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'],
    exposeHeaders: ['*'],
  }
  const security = [
    { name: 'x-xss-protection', value: '1; mode=block', override: false },
    { name: 'x-frame-options', value: 'SAMEORIGIN', override: false },
    { name: 'referrer-policy', value: 'strict-origin-when-cross-origin', override: false },
    { name: 'x-content-type-options', value: 'nosniff', override: true },
    { name: 'strict-transport-security', value: 'max-age=31536000', override: false },
  ]
  const policies: Readonly<Record<string, ResponseHeadersPolicy>> = {
    '60669652-455b-4ae9-85a4-c4c02393f86c': { cors: simple, set: [], remove: [] },
    '5cc3b908-e619-4b99-88e5-2cf7f45965bd': { cors: preflight, set: [], remove: [] },
    '67f7725c-6f97-4210-82d7-5512b31e9d03': { set: security, remove: [] },
    'e61eb60c-9c35-4d20-a928-2b84e02af89c': { cors: simple, set: security, remove: [] },
    'eaab4381-ed33-4a86-88ca-d9558dc6cd63': { cors: preflight, set: security, remove: [] },
  }
  return policies[id]
}
