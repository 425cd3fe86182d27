/** What CloudFront caches, under which key and for how long, and which headers every player is given. */
import { Duration } from 'aws-cdk-lib'
import {
  CacheCookieBehavior,
  CacheHeaderBehavior,
  CachePolicy,
  CacheQueryStringBehavior,
  type ErrorResponse,
  ResponseHeadersPolicy,
} from 'aws-cdk-lib/aws-cloudfront'
import type { Construct } from 'constructs'

// Collapsing of simultaneous requests ends where the minimum TTL is 0, so it is a second everywhere; cookies
// and a viewer's own headers are in no key.
const shared = {
  minTtl: Duration.seconds(1),
  // For an answer without Cache-Control, which none of ours is: nothing is kept for long by accident.
  defaultTtl: Duration.seconds(1),
  maxTtl: Duration.days(365),
  cookieBehavior: CacheCookieBehavior.none(),
  headerBehavior: CacheHeaderBehavior.none(),
}

/** Segments: the path says it all, and the packager says they never change. */
export function mediaCachePolicy(scope: Construct): CachePolicy {
  return new CachePolicy(scope, 'MediaCache', {
    ...shared,
    comment: 'headend media: by path alone',
    queryStringBehavior: CacheQueryStringBehavior.none(),
  })
}

/** Manifests: by path and the parameters they vary by, which the viewer-request function has put in order. */
export function manifestCachePolicy(scope: Construct): CachePolicy {
  return new CachePolicy(scope, 'ManifestCache', {
    ...shared,
    comment: 'headend manifests: by path and what they vary by',
    queryStringBehavior: CacheQueryStringBehavior.allowList(
      'aws.manifestfilter',
      'device',
      'end',
      'keyformat',
      'scheme',
      'start',
      'time_delay',
    ),
    enableAcceptEncodingGzip: true,
    enableAcceptEncodingBrotli: true,
  })
}

/**
 * What players ask functions: kept by nobody. The policy of origins can't ask for the viewer's country beside all the viewer sent, but what
 * a cache goes by is passed on, too.
 */
export function viewerApiCachePolicy(scope: Construct): CachePolicy {
  return new CachePolicy(scope, 'LicenceCache', {
    comment: 'headend licences: not kept',
    minTtl: Duration.seconds(0),
    defaultTtl: Duration.seconds(0),
    maxTtl: Duration.seconds(1),
    cookieBehavior: CacheCookieBehavior.none(),
    headerBehavior: CacheHeaderBehavior.allowList('Authorization', 'CloudFront-Viewer-Country'),
    queryStringBehavior: CacheQueryStringBehavior.allowList('token'),
  })
}

const playerHeaders = [
  'Authorization',
  'Cache-Control',
  'CMCD-Object',
  'CMCD-Request',
  'CMCD-Session',
  'CMCD-Status',
  'Content-Type',
  'If-Match',
  'If-Modified-Since',
  'If-None-Match',
  'If-Range',
  'Pragma',
  'Range',
]

/** Any page may play: what is protected is protected by its keys and its session, not by an origin. */
export function playbackHeaders(scope: Construct): ResponseHeadersPolicy {
  return new ResponseHeadersPolicy(scope, 'PlaybackHeaders', {
    comment: 'headend playback: any origin',
    corsBehavior: {
      accessControlAllowCredentials: false,
      accessControlAllowOrigins: ['*'],
      accessControlAllowMethods: ['GET', 'HEAD', 'OPTIONS'],
      // A star does not stand for Authorization (Fetch standard, "CORS non-wildcard request-header name"), and beside
      // names nobody promises that CloudFront takes it: what players send, by name.
      accessControlAllowHeaders: playerHeaders,
      // Date and Age let a player find the live edge; X-Cache lets the console show who answered.
      accessControlExposeHeaders: ['Age', 'Content-Length', 'Content-Range', 'Date', 'ETag', 'X-Cache'],
      accessControlMaxAge: Duration.days(1),
      // Preflights say it themselves, in the viewer-request function; nothing behind says anything of it.
      originOverride: false,
    },
    securityHeadersBehavior: {
      contentTypeOptions: { override: true },
      strictTransportSecurity: { accessControlMaxAge: Duration.days(365), override: true },
    },
  })
}

/** They share the console's origin: whatever a licence server or another answers, no browser shows it as a page of that. */
export function viewerApiHeaders(scope: Construct): ResponseHeadersPolicy {
  return new ResponseHeadersPolicy(scope, 'LicenceHeaders', {
    comment: 'headend licences: never a page',
    securityHeadersBehavior: {
      contentSecurityPolicy: {
        contentSecurityPolicy: "sandbox; default-src 'none'; frame-ancestors 'none'",
        override: true,
      },
      contentTypeOptions: { override: true },
      strictTransportSecurity: { accessControlMaxAge: Duration.days(365), override: true },
    },
  })
}

/** An error is kept for a second: long enough to collapse a crowd, short enough that a segment just made plays. */
export const briefErrors: ErrorResponse[] = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504].map(
  (httpStatus) => ({ httpStatus, ttl: Duration.seconds(1) }),
)
