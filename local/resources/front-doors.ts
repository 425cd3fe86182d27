/** The doors players, pages and CloudFront come in by: Function URLs, the HTTP API, the distribution. */

import { createDistribution, type Distribution } from '../cloudfront/index.ts'
import { LocalError } from '../errors.ts'
import { createFunctionUrl } from '../function-url/index.ts'
import type { Credentials, FunctionUrlDoor } from '../gateway/index.ts'
import { createHttpApi, type HttpApi } from '../http-api/index.ts'
import { text } from '../json-input.ts'
import type { Log } from '../lambda/index.ts'
import type { Resource, Template } from '../template/index.ts'
import { distributionOptions } from './distributions.ts'
import { httpApiOptions } from './http-apis.ts'
import { originConnections } from './origins.ts'
import type { Services } from './services.ts'

export interface DoorSettings {
  readonly template: Template
  readonly services: Services
  readonly credentials: Credentials
  readonly log: Log
}

export interface FrontDoors {
  /** By logical id. */
  readonly functionUrls: ReadonlyMap<string, FunctionUrlDoor>
  /** By logical id. */
  readonly httpApis: ReadonlyMap<string, HttpApi>
  readonly distribution: Distribution | undefined
}

/** Makes every front door of the template. */
export function openFrontDoors(settings: DoorSettings): FrontDoors {
  const { template, services, credentials, log } = settings
  const functions = services.lambda
  const urls = template.ofType('AWS::Lambda::Url').map((url) => [url.id, functionUrl(settings, url)] as const)
  const apis = template
    .ofType('AWS::ApiGatewayV2::Api')
    .filter(({ properties }) => properties['ProtocolType'] === 'HTTP')
  const distribution = only(template.ofType('AWS::CloudFront::Distribution'))
  const connect = originConnections(template, credentials)
  const keyValues = (arn: string) => services.keyValueStores.values(arn)
  const secretValue = (id: string) => services.secrets.value(id)
  return {
    functionUrls: new Map(urls),
    httpApis: new Map(
      apis.map((api) => [
        api.id,
        createHttpApi(
          httpApiOptions({ template, functions, log, credentials, authorize: services.iam.authorize }, api),
        ),
      ]),
    ),
    distribution:
      distribution &&
      createDistribution(
        distributionOptions(
          { template, iam: services.iam, functions, connect, keyValues, secretValue, log },
          distribution,
        ),
      ),
  }
}

function functionUrl(
  { template, services, log }: DoorSettings,
  { id, properties, attribute }: Resource,
): FunctionUrlDoor {
  const functionName = text(properties, 'TargetFunctionArn')
  const target = template.byArn(functionName)
  if (target === undefined)
    throw new LocalError('LAMBDA_URL_TARGET', `${id}: ${functionName} is no function of this template`)
  return createFunctionUrl({
    urlId: new URL(attribute('FunctionUrl')).hostname.split('.')[0] ?? id,
    functionName,
    functionArn: target.attribute('Arn'),
    authType: properties['AuthType'] === 'NONE' ? 'NONE' : 'AWS_IAM',
    invokeMode: properties['InvokeMode'] === 'RESPONSE_STREAM' ? 'RESPONSE_STREAM' : 'BUFFERED',
    functions: services.lambda,
    authorize: services.iam.authorize,
    log,
  })
}

/** CloudFront has one port here. */
function only(resources: readonly Resource[]): Resource | undefined {
  const [first, ...others] = resources
  if (others.length === 0) return first
  const names = resources.map(({ id }) => id).join(', ')
  throw new LocalError(
    'LOCAL_DOORS',
    `expected one ${first?.type}, got ${names}: this cloud has one port for it`,
  )
}
