/** The console in AWS: static files in a bucket, and headers that keep foreign scripts out of its pages. */
import { join } from 'node:path'
import { CfnElement, Duration, Stack, Validations } from 'aws-cdk-lib'
import {
  AccessLevel,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  type IOrigin,
  ResponseHeadersPolicy,
  type ResponseSecurityHeadersBehavior,
} from 'aws-cdk-lib/aws-cloudfront'
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins'
import { type Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3'
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment'
import { Construct, type IConstruct } from 'constructs'
import { privateBucket } from '../../platform/constructs/bucket.construct.ts'
import { houseLog } from '../../platform/constructs/log.construct.ts'

export interface ConsoleProps {
  /**
   * Origins that scripts call besides their own: the console calls the API and the upload bucket, both pages call
   * playback.
   */
  readonly talksTo: { readonly console: readonly string[]; readonly player: readonly string[] }
}

export class Console extends Construct {
  readonly origin: IOrigin
  readonly headers: ResponseHeadersPolicy
  /** Headers of the player page, the only one that other sites may embed in a frame. */
  readonly embedHeaders: ResponseHeadersPolicy
  readonly #files: Bucket

  constructor(scope: Construct, id: string, { talksTo }: ConsoleProps) {
    super(scope, id)
    this.#files = privateBucket(this, 'Files', { encryption: BucketEncryption.S3_MANAGED })
    Validations.of(this.#files).acknowledge({
      id: 'AwsSolutions-S1',
      reason: "Public files, read by CloudFront alone: CloudFront's own log has every request.",
    })
    // With the list permission S3 answers 404 instead of 403 for a missing file.
    const originAccessLevels = [AccessLevel.READ, AccessLevel.LIST]
    this.origin = S3BucketOrigin.withOriginAccessControl(this.#files, { originAccessLevels })
    this.headers = new ResponseHeadersPolicy(this, 'Headers', {
      comment: 'headend console: own scripts only',
      securityHeadersBehavior: {
        ...pageSecurity(contentSecurityPolicy(talksTo.console, "'none'")),
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
      },
    })
    this.embedHeaders = new ResponseHeadersPolicy(this, 'EmbedHeaders', {
      comment: 'headend player page: in any frame',
      securityHeadersBehavior: pageSecurity(contentSecurityPolicy(talksTo.player, '*')),
    })
  }

  /** Uploads the built pages and `config.json`, which tells them the URLs of the API and of playback. */
  publish(dist: string, config: Readonly<Record<string, string>>): void {
    const logGroup = houseLog(this, 'PublishLog')
    const common = { destinationBucket: this.#files, logGroup, memoryLimit: 256, prune: false }
    const folder = join(dist, 'web')
    const files = new BucketDeployment(this, 'Assets', {
      ...common,
      // vite names these by content hash; older ones are kept for pages still open.
      sources: [Source.asset(join(folder, 'assets'))],
      destinationKeyPrefix: 'assets',
      cacheControl: [CacheControl.fromString('public, max-age=31536000, immutable')],
    })
    const pages = new BucketDeployment(this, 'Pages', {
      ...common,
      sources: [Source.asset(folder, { exclude: ['assets'] }), Source.jsonData('config.json', config)],
      cacheControl: [CacheControl.fromString('no-cache')],
    })
    // A page must not arrive before the scripts it references.
    pages.node.addDependency(files)
    this.#acknowledgePublisher(pages.handlerRole.node.scope ?? this)
  }

  /** Acknowledges findings of CDK's own copy function, which runs only at deployment. */
  #acknowledgePublisher(publisher: IConstruct): void {
    const { defaultChild } = this.#files.node
    const files = CfnElement.isCfnElement(defaultChild) ? Stack.of(this).getLogicalId(defaultChild) : ''
    const anyAction = ['s3:GetBucket*', 's3:GetObject*', 's3:List*', 's3:Abort*', 's3:DeleteObject*']
    const assets = 'arn:aws:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-us-east-1'
    const anyResource = [`<${files}.Arn>/*`, `${assets}/*`]
    const findings = [
      `IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]`,
      ...anyAction.map((action) => `IAM5[Action::${action}]`),
      ...anyResource.map((resource) => `IAM5[Resource::${resource}]`),
      'L1',
    ]
    const reason =
      "CDK's own deployment function: it copies CDK's assets to the console's bucket, at a deploy only."
    Validations.of(publisher).acknowledge(
      ...findings.map((finding) => ({ id: `AwsSolutions-${finding}`, reason })),
    )
  }
}

const pageSecurity = (csp: string): ResponseSecurityHeadersBehavior => ({
  contentSecurityPolicy: { contentSecurityPolicy: csp, override: true },
  contentTypeOptions: { override: true },
  referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
  strictTransportSecurity: { accessControlMaxAge: Duration.days(365), override: true },
})

function contentSecurityPolicy(talksTo: readonly string[], frames: "'none'" | '*'): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    // Players style their own subtitles.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    ['connect-src', "'self'", ...talksTo].join(' '),
    // Media Source Extensions play from a blob URL, and hls.js demuxes in a worker created from one.
    "media-src 'self' blob: data:",
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${frames}`,
  ].join('; ')
}
