/** CloudFront Functions of the distribution, each at the viewer's request. */
import { join } from 'node:path'
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Function as EdgeScript,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  type IKeyValueStore,
  type IOrigin,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront'
import type { Construct } from 'constructs'

/** Admits viewers to manifests and media. */
export const viewerRequest = (scope: Construct, dist: string, sessions: IKeyValueStore): EdgeScript =>
  new EdgeScript(scope, 'ViewerRequest', {
    ...scriptOf(dist, 'delivery/viewer-request'),
    comment: 'Checks and strips the session, puts the query in order',
    keyValueStore: sessions,
  })

/** Asks encoders for their password. */
export const passwordRequest = (scope: Construct, dist: string): EdgeScript =>
  new EdgeScript(scope, 'IngestRequest', {
    ...scriptOf(dist, 'channels/ingest-request'),
    comment: 'Asks encoders for their password',
  })

/** Answers with the time. The function answers all: `origin` is one that is there. */
export const clockBehaviour = (scope: Construct, dist: string, origin: IOrigin): BehaviorOptions => ({
  origin,
  viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
  allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
  // What a function of viewer requests answers is never cached.
  cachePolicy: CachePolicy.CACHING_OPTIMIZED,
  functionAssociations: [
    {
      eventType: FunctionEventType.VIEWER_REQUEST,
      function: new EdgeScript(scope, 'TimeRequest', {
        ...scriptOf(dist, 'delivery/time-request'),
        comment: 'Answers with the time',
      }),
    },
  ],
})

const scriptOf = (dist: string, name: string) => ({
  code: FunctionCode.fromFile({ filePath: join(dist, `lambdas/${name}/index.js`) }),
  runtime: FunctionRuntime.JS_2_0,
})
