/** What all HTTP APIs have in common: a stage with a limit and a log that holds no secret. */
import { Duration, Stack } from 'aws-cdk-lib'
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import { type HttpApi, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2'
import type { Construct } from 'constructs'
import type { Answers } from './function.construct.ts'
import { houseLog } from './log.construct.ts'

/** A stage and its limits. */
export interface StageOptions {
  readonly httpApi: HttpApi
  /** What all callers together may ask. */
  readonly perSecond: number
  /** What they may ask in one breath. @default perSecond */
  readonly burst?: number
  /** What its log says beside the usual. */
  readonly alsoLogged?: Readonly<Record<string, string>>
}

/** The stage of an API; its id and its log's begin with `name`, which is empty where a construct has one API. */
export function stageOf(
  scope: Construct,
  name: string,
  { httpApi, perSecond, burst = perSecond, alsoLogged }: StageOptions,
): HttpStage {
  return new HttpStage(scope, `${name}Stage`, {
    httpApi,
    stageName: '$default',
    autoDeploy: true,
    throttle: { rateLimit: perSecond, burstLimit: burst },
    accessLogSettings: {
      destination: new LogGroupLogDestination(
        // Groups of other names are listed one by one in a policy of the account's, which is soon full.
        houseLog(scope, `${name}AccessLog`, {
          logGroupName: `/aws/vendedlogs/${Stack.of(scope).stackName}/${scope.node.id}${name}`,
        }),
      ),
      format: AccessLogFormat.custom(JSON.stringify({ ...logged, ...alsoLogged })),
    },
  })
}

/** What an API counts. */
export function apiAnswers(httpApi: HttpApi): Answers {
  const options = { statistic: 'Sum', period: Duration.minutes(5) }
  return { asked: httpApi.metricCount(options), refused: httpApi.metricServerError(options) }
}

/** The path without its query: that may hold a token. */
const logged = {
  requestId: AccessLogField.contextRequestId(),
  time: AccessLogField.contextRequestTimeEpoch(),
  ip: AccessLogField.contextIdentitySourceIp(),
  method: AccessLogField.contextHttpMethod(),
  path: AccessLogField.contextPath(),
  status: AccessLogField.contextStatus(),
  latencyMs: AccessLogField.contextResponseLatency(),
}
