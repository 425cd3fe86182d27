/** What this room's HTTP APIs have in common: a stage with a limit and a log that holds no secret. */
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import { type HttpApi, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2'
import type { Construct } from 'constructs'
import { houseLog } from '../platform/log.construct.ts'

/** The stage of an API; `perSecond` is what all callers together may ask. */
export function stageOf(
  scope: Construct,
  name: string,
  { httpApi, perSecond }: { readonly httpApi: HttpApi; readonly perSecond: number },
): HttpStage {
  return new HttpStage(scope, `${name}Stage`, {
    httpApi,
    stageName: '$default',
    autoDeploy: true,
    throttle: { rateLimit: perSecond, burstLimit: perSecond },
    accessLogSettings: {
      destination: new LogGroupLogDestination(houseLog(scope, `${name}AccessLog`)),
      format: accessLogFormat,
    },
  })
}

/** The path without its query: that may hold a token. */
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: AccessLogField.contextRequestId(),
    time: AccessLogField.contextRequestTimeEpoch(),
    ip: AccessLogField.contextIdentitySourceIp(),
    method: AccessLogField.contextHttpMethod(),
    path: AccessLogField.contextPath(),
    status: AccessLogField.contextStatus(),
    latencyMs: AccessLogField.contextResponseLatency(),
  }),
)
