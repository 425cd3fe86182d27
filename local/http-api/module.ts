/** API Gateway among the services: each HTTP API has a port. */
import { offered, type ServiceModule } from '../service-module.ts'
import { hex, ownText } from '../template/identity.ts'
import type { Identify, Identity, ResourceKind, Subject } from '../template/model.ts'
import { httpApiOptions } from './api-options.ts'
import { createHttpApi } from './http-api.ts'

const kinds: readonly ResourceKind[] = [
  {
    type: 'AWS::ApiGatewayV2::Api',
    here: 'runs',
    identify: api,
    partNotRun: ({ ProtocolType: protocol }) => (protocol === 'HTTP' ? undefined : String(protocol)),
    hasPort: true,
    hosts: ({ attribute }, { own }) =>
      own === undefined ? [] : [[new URL(attribute('ApiEndpoint')).hostname, own]],
  },
  {
    type: 'AWS::ApiGatewayV2::Stage',
    here: 'runs',
    identify: (subject) => ({ name: ownText(subject, 'StageName') ?? '$default' }),
  },
  { type: 'AWS::ApiGatewayV2::Integration', here: 'runs', identify: digits(7, 'IntegrationId') },
  { type: 'AWS::ApiGatewayV2::Route', here: 'runs', identify: digits(7, 'RouteId') },
  { type: 'AWS::ApiGatewayV2::Authorizer', here: 'runs', identify: digits(6, 'AuthorizerId') },
]

export const httpApi: ServiceModule = {
  name: 'http-api',
  kinds,
  async open(context) {
    const { template, log, credentials, authorize } = context
    const settings = { template, log, credentials, authorize, functions: offered(context, 'functions') }
    const apis = template
      .ofType('AWS::ApiGatewayV2::Api')
      .filter(({ properties }) => properties['ProtocolType'] === 'HTTP')
      .map((resource) => [resource.id, createHttpApi(httpApiOptions(settings, resource))] as const)
    return {
      ports: new Map(apis.map(([id, one]) => [id, (request, response) => one.handle(request, response)])),
    }
  },
}

function api(subject: Subject): Identity {
  const name = hex(subject, 10)
  return {
    name,
    attributes: { ApiId: name, ApiEndpoint: `https://${name}.execute-api.${subject.region}.amazonaws.com` },
  }
}

/** An id of so many digits that is an attribute, too. */
function digits(length: number, attribute: string): Identify {
  return (subject) => {
    const name = hex(subject, length)
    return { name, attributes: { [attribute]: name } }
  }
}
