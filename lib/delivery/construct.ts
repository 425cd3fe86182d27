/**
 * Delivery through one CloudFront distribution: manifests generated at the edge, segments by the packager behind Origin
 * Shield.
 */
import { Duration, SecretValue, Stack, Validations } from 'aws-cdk-lib'
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager'
import {
  AllowedMethods,
  type BehaviorOptions,
  CachedMethods,
  CachePolicy,
  Distribution,
  type Function as EdgeScript,
  FunctionEventType,
  FunctionUrlOriginAccessControl,
  HttpVersion,
  type IKeyValueStore,
  LambdaEdgeEventType,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  PriceClass,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront'
import { FunctionUrlOrigin, HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import type { FunctionUrl } from 'aws-cdk-lib/aws-lambda'
import type { IBucket } from 'aws-cdk-lib/aws-s3'
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import type { Packaging } from '../packaging/construct.ts'
import { HouseFunction } from '../platform/constructs/function.construct.ts'
import type { ViewerOrigin } from '../platform/constructs/viewer-api.construct.ts'
import type { Watch } from '../platform/constructs/watch.construct.ts'
import { originVerifyHeader } from '../platform/http/front-header.ts'
import { nearestShield } from '../platform/http/origin-shield.ts'
import { Console } from './front/console.construct.ts'
import { clockBehaviour, passwordRequest, viewerRequest } from './front/edge-scripts.construct.ts'
import { webAclOf } from './front/firewall.construct.ts'
import { areLiveManifestsAtEdge, type ShownChannels } from './front/live-manifests.construct.ts'
import {
  briefErrors,
  manifestCachePolicy,
  mediaCachePolicy,
  playbackHeaders,
  viewerApiCachePolicy,
  viewerApiHeaders,
} from './front/policies.construct.ts'
import type { RegionalManifests } from './front/regional-manifests.construct.ts'
import { logRequests } from './front/request-log.construct.ts'

export { RegionalManifests } from './front/regional-manifests.construct.ts'
export { sessionStore } from './front/session-store.construct.ts'

/** A custom domain name and its certificate (in us-east-1). */
export interface Domain {
  readonly name: string
  readonly certificateArn: string
}

export interface DeliveryProps {
  readonly dist: string
  readonly packaging: Packaging
  readonly manifests: RegionalManifests
  readonly channels: ShownChannels
  readonly apiUrl: string
  /** APIs of ours that players call through the distribution. */
  readonly viewerApis: readonly ViewerOrigin[]
  /** Keys of session tokens, and revoked sessions. */
  readonly sessions: IKeyValueStore
  /** Secret that proves to functions behind the distribution that a request came through it. */
  readonly frontSecret: ISecret
  /** @default the secret's current version */
  readonly frontVersion: string | undefined
  readonly logs: IBucket
  /** @default CloudFront's own name and certificate */
  readonly domain?: Domain | undefined
}

export class Delivery extends Construct {
  /** Base URL of playback and the console; no trailing slash. */
  readonly playbackUrl: string
  /** Base URL of licences; no trailing slash. */
  readonly licenceUrl: string
  readonly distributionId: string
  /** Name of the viewer-request function, which handles every playback request first. */
  readonly viewerFunction: string
  readonly watches: readonly Watch[]

  constructor(scope: Construct, id: string, props: DeliveryProps) {
    super(scope, id)
    const { packaging, apiUrl, logs, domain, dist } = props
    const live = areLiveManifestsAtEdge(this) ? props.channels : undefined
    const edge = edgeManifests(this, { dist, packaging, live })
    const uploads = `https://${packaging.upload.bucketRegionalDomainName}`
    const films = domain ? [`https://${domain.name}`] : []
    const console = new Console(this, 'Console', {
      talksTo: { console: [apiUrl, uploads, ...films], player: films },
    })
    const viewer = viewerRequest(this, dist, props.sessions)
    this.viewerFunction = viewer.functionName
    const { media, manifest } = this.#behaviours(props, { edge, live, viewer })

    const pages: BehaviorOptions = {
      origin: console.origin,
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
      cachePolicy: CachePolicy.CACHING_OPTIMIZED,
    }
    const webAcl = webAclOf(this)
    const distribution = new Distribution(this, 'Distribution', {
      comment: 'headend',
      defaultRootObject: 'index.html',
      defaultBehavior: { ...pages, responseHeadersPolicy: console.headers },
      // Order matters, and `*` matches slashes too: manifests are matched by extension before anything with /media/ in
      // it, or an asset named `media` could not be played in a session.
      additionalBehaviors: {
        '/time': clockBehaviour(this, dist, manifest.origin),
        '/embed.html': { ...pages, responseHeadersPolicy: console.embedHeaders },
        // A channel's Media Playlists lie beside its segments.
        '/media/*.m3u8': manifest,
        '/media/*': media,
        ...viewerApiBehaviours(this, props),
        '/s/*.m3u8': manifest,
        '/s/*.mpd': manifest,
        '/s/*/media/*': media,
        '/s/*': manifest,
        '/vod/*': manifest,
        '/live/*': manifest,
        '/recordings/*': manifest,
        '/presentations/*': manifest,
      },
      errorResponses: briefErrors,
      ...(webAcl !== undefined && { webAclId: webAcl }),
      httpVersion: HttpVersion.HTTP2_AND_3,
      // Edge locations in North America and Europe; viewers elsewhere are served from there at the lowest price.
      priceClass: PriceClass.PRICE_CLASS_100,
      // The cache hit rate is one of the additional metrics.
      publishAdditionalMetrics: true,
      ...(domain && {
        domainNames: [domain.name],
        certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn),
        minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      }),
    })
    logRequests(this, distribution, logs)
    acknowledgeFindings(distribution, domain)
    this.playbackUrl = `https://${domain?.name ?? distribution.distributionDomainName}`
    this.licenceUrl = `${this.playbackUrl}/licence`
    this.distributionId = distribution.distributionId
    console.publish(dist, { apiUrl, licenceUrl: this.licenceUrl, playbackUrl: this.playbackUrl })
    this.watches = distributionWatches(distribution)
  }

  #behaviours(
    { dist, packaging, manifests }: DeliveryProps,
    { edge, live, viewer }: EdgeParts & { readonly edge: HouseFunction; readonly viewer: EdgeScript },
  ) {
    const playback = {
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      allowedMethods: AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
      cachedMethods: CachedMethods.CACHE_GET_HEAD_OPTIONS,
      responseHeadersPolicy: playbackHeaders(this),
      functionAssociations: [{ eventType: FunctionEventType.VIEWER_REQUEST, function: viewer }],
    }
    const { originAccessControlId } = new FunctionUrlOriginAccessControl(this, 'FunctionUrls')
    const media: BehaviorOptions = {
      ...playback,
      origin: shielded(packaging.segments, { originAccessControlId }),
      cachePolicy: mediaCachePolicy(this),
      compress: false,
      edgeLambdas: [
        {
          eventType: LambdaEdgeEventType.ORIGIN_RESPONSE,
          functionVersion: mediaLength(this, dist).currentVersion,
        },
      ],
    }
    const manifest: BehaviorOptions = {
      ...playback,
      origin: shielded(manifests.url, {
        originAccessControlId,
        customHeaders: edgeConfiguration(packaging, live),
      }),
      cachePolicy: manifestCachePolicy(this),
      edgeLambdas: [{ eventType: LambdaEdgeEventType.ORIGIN_REQUEST, functionVersion: edge.currentVersion }],
    }
    return { media, manifest }
  }
}

/** Nothing is cached; the API's own headers say which origins may call it. */
function viewerApiBehaviours(
  scope: Construct,
  { dist, viewerApis, frontSecret, frontVersion }: DeliveryProps,
): Record<string, BehaviorOptions> {
  const common = {
    viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
    allowedMethods: AllowedMethods.ALLOW_ALL,
    cachePolicy: viewerApiCachePolicy(scope),
    originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
    responseHeadersPolicy: viewerApiHeaders(scope),
    compress: false,
  }
  // A dynamic reference resolved by CloudFormation, so that no template contains the value.
  const shown = SecretValue.secretsManager(frontSecret.secretArn, {
    jsonField: 'key',
    ...(frontVersion !== undefined && { versionId: frontVersion }),
  }).unsafeUnwrap()
  return Object.fromEntries(
    viewerApis.map(({ pathPattern, domainName, asksForPassword = false }) => [
      pathPattern,
      {
        ...common,
        ...(asksForPassword && {
          functionAssociations: [
            { eventType: FunctionEventType.VIEWER_REQUEST, function: passwordRequest(scope, dist) },
          ],
        }),
        origin: new HttpOrigin(domainName, {
          protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
          readTimeout: Duration.seconds(30),
          customHeaders: { [originVerifyHeader]: shown },
        }),
      },
    ]),
  )
}

/** What the edge function prints manifests of. */
interface EdgeParts {
  /** @default those of channels are printed in the region */
  readonly live: ShownChannels | undefined
}

function edgeManifests(
  scope: Construct,
  { dist, packaging, live }: EdgeParts & Pick<DeliveryProps, 'dist' | 'packaging'>,
): HouseFunction {
  const edge = new HouseFunction(scope, 'ManifestEdge', {
    dist,
    bundle: live ? 'delivery/live-manifest-edge' : 'delivery/manifest-edge',
    description: 'Prints manifests at the edge',
    memoryMb: 512,
    timeout: Duration.seconds(20),
    edge: true,
  })
  packaging.grantReadTimelines(edge)
  packaging.grantReadIndex(edge)
  packaging.grantReadProtection(edge)
  live?.grantRead(edge)
  return edge
}

/** Runs for each cache miss of a segment, after the packager; without it HEAD responses would lack the length. */
const mediaLength = (scope: Construct, dist: string): HouseFunction =>
  new HouseFunction(scope, 'MediaLength', {
    dist,
    bundle: 'delivery/media-length',
    description: 'Says the length of media asked for by HEAD',
    memoryMb: 128,
    timeout: Duration.seconds(5),
    edge: true,
  })

/** Lambda@Edge has no environment variables: the function reads its configuration from the origin's headers. */
const edgeConfiguration = (
  { media, index }: Packaging,
  live: ShownChannels | undefined,
): Record<string, string> => ({
  'x-headend-media-bucket': media.bucketName,
  'x-headend-index-table': index.tableName,
  'x-headend-region': Stack.of(media).region,
  ...(live && { 'x-headend-channels-table': live.table.tableName }),
})

/**
 * An origin behind Origin Shield: cache misses worldwide go through one cache, in the region nearest to the function.
 */
function shielded(
  url: FunctionUrl,
  options: { readonly originAccessControlId: string; readonly customHeaders?: Record<string, string> },
) {
  return new FunctionUrlOrigin(url, {
    originShieldRegion: nearestShield(Stack.of(url).region),
    readTimeout: Duration.seconds(30),
    ...options,
  })
}

function acknowledgeFindings(distribution: Distribution, domain: Domain | undefined): void {
  Validations.of(distribution).acknowledge(
    {
      id: 'AwsSolutions-CFR1',
      reason: 'Where a title may be seen is a right of the title, not of the whole distribution.',
    },
    {
      id: 'AwsSolutions-CFR3',
      reason:
        'Requests are logged by standard logging v2, which can leave tokens out and stands in no distribution.',
    },
    {
      id: 'Annotation::@aws-cdk/aws-cloudfront-origins:listBucketSecurityRisk',
      reason: 'There is a default root object, and no query reaches the bucket: its list is never shown.',
    },
    {
      id: 'AwsSolutions-CFR2',
      reason:
        'Bounded paths, answered from cache, and licences, which want a token; a firewall is priced per request and is the choice of who deploys.',
    },
  )
  if (domain) return
  Validations.of(distribution).acknowledge({
    id: 'AwsSolutions-CFR4',
    reason: "CloudFront's own name leaves no choice of TLS; with a domain of one's own it is 1.2 or later.",
  })
}

function distributionWatches({ distributionId }: Distribution): readonly Watch[] {
  const rate = (metricName: string): Metric =>
    new Metric({
      namespace: 'AWS/CloudFront',
      metricName,
      // CloudFront publishes its metrics under both dimensions; CDK's own metrics set only the distribution and never
      // find a value.
      dimensionsMap: { DistributionId: distributionId, Region: 'Global' },
      statistic: 'Average',
      period: Duration.minutes(5),
    })
  return [
    {
      id: 'Playback5xx',
      title: 'Playback 5xx',
      advice:
        'Viewers get errors: see which of packager, manifests and licences fails. None of them: the edge function, which logs in the region it ran in, or the viewer function.',
      metric: rate('5xxErrorRate'),
      wrong: { above: 1 },
      unit: '%',
      periods: 2,
    },
    {
      id: 'CacheHitRate',
      title: 'Cache hits',
      advice:
        'More requests than usual reach the functions: look for a query or a path that differs by viewer.',
      metric: rate('CacheHitRate'),
      wrong: { below: 80 },
      unit: '%',
      // An hour and a half: on a quiet night the rate is low for some minutes.
      periods: 18,
    },
  ]
}
