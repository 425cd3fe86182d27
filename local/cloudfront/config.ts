/** A distribution as its front door needs it: the properties of `AWS::CloudFront::Distribution`, resolved. */

import type { Functions, Log } from '../lambda/index.ts'
import type { Caller } from '../service.ts'
import type { CachePolicy, OriginRequestPolicy, ResponseHeadersPolicy } from './policies.ts'

/** Where an origin is on this machine. */
export interface Connection {
  /** Base URL, path included (`http://127.0.0.1:8081/bucket`); the request's path is appended. */
  readonly url: string
  /** Added to the request, so that the endpoint knows the caller (the signature of origin access control). */
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Finds the origin behind a domain name; `caller` is the distribution when the origin has an origin access
 * control, otherwise undefined. A name that is not of this cloud gives undefined and is fetched by https.
 */
export type Connect = (domainName: string, caller: Caller | undefined) => Connection | undefined

export interface Origin {
  readonly id: string
  readonly domainName: string
  /** `OriginPath`, '' or `/…` without a slash at its end. */
  readonly path: string
  readonly kind: 's3' | 'custom'
  readonly customHeaders: Readonly<Record<string, string>>
  readonly originAccessControl: boolean
  readonly originShield: boolean
  readonly protocol: 'http' | 'https'
  readonly port: number
  /** `OriginReadTimeout`, 30 when absent in the template. */
  readonly readTimeoutSeconds: number
  readonly keepaliveTimeoutSeconds: number
  readonly sslProtocols: readonly string[]
}

/** What a CloudFront Function reads of its key value store. */
export interface KeyValues {
  get(key: string): string | undefined
  count(): number
}

/** A CloudFront Function of runtime cloudfront-js-2.0. */
export interface ViewerFunction {
  readonly name: string
  readonly code: string
  /** The associated store and its id. */
  readonly store?: { readonly id: string; readonly values: KeyValues }
}

export type EdgeEventType = 'viewer-request' | 'origin-request' | 'origin-response' | 'viewer-response'

/** A Lambda@Edge association. */
export interface EdgeLambda {
  readonly eventType: EdgeEventType
  /** ARN with its version. */
  readonly functionArn: string
  readonly includeBody: boolean
}

export interface Behaviour {
  /** `/vod/*`; the default behaviour has `*` and stands last. */
  readonly pathPattern: string
  readonly targetOriginId: string
  readonly allowedMethods: readonly string[]
  readonly cachedMethods: readonly string[]
  readonly compress: boolean
  readonly cachePolicy: CachePolicy
  readonly originRequestPolicy?: OriginRequestPolicy
  readonly responseHeadersPolicy?: ResponseHeadersPolicy
  readonly viewerRequest?: ViewerFunction
  readonly viewerResponse?: ViewerFunction
  readonly edgeLambdas: readonly EdgeLambda[]
}

/** `CustomErrorResponses`. */
export interface ErrorResponse {
  readonly errorCode: number
  /** 10 when absent in the template. */
  readonly cachingMinTtlSeconds?: number
  readonly responseCode?: number
  readonly responsePagePath?: string
}

export interface DistributionOptions {
  readonly id: string
  readonly arn: string
  /** `d111111abcdef8.cloudfront.net`, or what stands for it here. */
  readonly domainName: string
  readonly origins: readonly Origin[]
  /** In the order they are tried. */
  readonly behaviours: readonly Behaviour[]
  readonly defaultRootObject?: string
  readonly errorResponses: readonly ErrorResponse[]
  /** Runs Lambda@Edge functions. */
  readonly functions: Functions
  readonly connect: Connect
  readonly log: Log
  /** Memory for cached bodies; 256 MB when absent. */
  readonly cacheBytes?: number
  /** Epoch milliseconds; `Date.now` when absent. */
  readonly now?: () => number
}

/** What happened behind one behaviour. */
export interface BehaviourStats {
  readonly requests: number
  readonly hits: number
  readonly misses: number
  /** Requests that joined another's fetch. */
  readonly collapsed: number
  /** Fetches that went through Origin Shield. */
  readonly shieldRequests: number
  readonly originRequests: number
  readonly viewerFunctions: number
  readonly edgeInvocations: number
  readonly errors: number
}
