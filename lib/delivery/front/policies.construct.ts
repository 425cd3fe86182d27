/** CloudFront cache policies (keys and TTLs) and response header policies. */
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

// CloudFront does not collapse simultaneous requests with a minimum TTL of 0, so it is one second; no cache key
// contains cookies or viewer headers.
const shared = {
  minTtl: Duration.seconds(1),
  // For a response without Cache-Control, which we never send: nothing is cached for long by accident.
  defaultTtl: Duration.seconds(1),
  maxTtl: Duration.days(365),
  cookieBehavior: CacheCookieBehavior.none(),
  headerBehavior: CacheHeaderBehavior.none(),
}

/** Segments are keyed by path alone; the packager marks them immutable. */
export function mediaCachePolicy(scope: Construct): CachePolicy {
  return new CachePolicy(scope, 'MediaCache', {
    ...shared,
    comment: 'headend media: by path alone',
    queryStringBehavior: CacheQueryStringBehavior.none(),
  })
}

/** Manifests are keyed by path and the parameters they vary by, normalised by the viewer-request function. */
export function manifestCachePolicy(scope: Construct): CachePolicy {
  return new CachePolicy(scope, 'ManifestCache', {
    ...shared,
    comment: 'headend manifests: by path and what they vary by',
    queryStringBehavior: CacheQueryStringBehavior.allowList(
      '_HLS_skip',
      'aws.manifestfilter',
      'device',
      'end',
      'keyformat',
      'patch',
      'scheme',
      'start',
      'time_delay',
    ),
    enableAcceptEncodingGzip: true,
    enableAcceptEncodingBrotli: true,
  })
}

/**
 * Responses of player APIs are not cached. An origin request policy cannot add the viewer's country to all viewer
 * headers, but whatever is in the cache key is forwarded too.
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

/** Allows playback from any origin: content is protected by its keys and sessions, not by origin. */
export function playbackHeaders(scope: Construct): ResponseHeadersPolicy {
  return new ResponseHeadersPolicy(scope, 'PlaybackHeaders', {
    comment: 'headend playback: any origin',
    corsBehavior: {
      accessControlAllowCredentials: false,
      accessControlAllowOrigins: ['*'],
      accessControlAllowMethods: ['GET', 'HEAD', 'OPTIONS'],
      // A `*` does not cover Authorization (Fetch standard, "CORS non-wildcard request-header name"), and CloudFront
      // does not document combining it with names: so the headers players send are listed by name.
      accessControlAllowHeaders: playerHeaders,
      // Date and Age let a player find the live edge; X-Cache lets the console show which cache responded.
      accessControlExposeHeaders: ['Age', 'Content-Length', 'Content-Range', 'Date', 'ETag', 'X-Cache'],
      accessControlMaxAge: Duration.days(1),
      // The viewer-request function answers preflights with these headers itself; the origins set none of them.
      originOverride: false,
    },
    securityHeadersBehavior: {
      contentTypeOptions: { override: true },
      strictTransportSecurity: { accessControlMaxAge: Duration.days(365), override: true },
    },
  })
}

/**
 * These APIs share the console's origin: no browser may render a response, of a licence server or any other, as a page
 * of it.
 */
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

/** Errors are cached for a second: long enough to collapse a crowd, short enough for a segment just created to play. */
export const briefErrors: ErrorResponse[] = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504].map(
  (httpStatus) => ({ httpStatus, ttl: Duration.seconds(1) }),
)
